// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/sm/translation/translations.h"

#include <algorithm>

namespace vr {

bool Translations::hit(std::uint64_t address) {
    if (entries_ == 0) {
        return true;
    }
    const std::uint64_t page = address / page_;
    const auto from_last = std::find(held_.rbegin(), held_.rend(), page);
    const bool found = from_last != held_.rend();
    if (found) {
        std::rotate(from_last.base() - 1, from_last.base(), held_.end());
        return true;
    }
    if (held_.size() == entries_) {
        held_.erase(held_.begin());
    }
    held_.push_back(page);
    return false;
}

}  // namespace vr
