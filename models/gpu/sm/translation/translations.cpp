// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/sm/translation/translations.h"

#include <algorithm>

namespace vr {

Time Translations::there(std::uint64_t address, Time at, Time fetched) {
    if (entries_ == 0) {
        return at;
    }
    const std::uint64_t page = address / page_;
    const auto from_last = std::find_if(held_.rbegin(), held_.rend(),
                                        [&](const Held& held) { return held.page == page; });
    if (from_last != held_.rend()) {
        std::rotate(from_last.base() - 1, from_last.base(), held_.end());
        return std::max(at, held_.back().there);
    }
    if (held_.size() == entries_) {
        held_.erase(held_.begin());
    }
    held_.push_back({page, fetched});
    return fetched;
}

}  // namespace vr
