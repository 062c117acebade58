// SPDX-License-Identifier: Apache-2.0
#include "models/base/cause_book.h"

#include <algorithm>

namespace vr {

std::uint32_t CauseBook::add(const Cause& cause) {
    std::vector<const detail::CauseLink*> fresh;
    std::uint32_t number = 0;
    for (const detail::CauseLink* link = cause.link_; link != nullptr; link = link->parent) {
        const auto found = known_.find(link);
        if (found != known_.end()) {
            number = found->second;
            break;
        }
        fresh.push_back(link);
    }
    for (auto link = fresh.rbegin(); link != fresh.rend(); ++link) {
        links_.push_back({Time{(*link)->until}, number, (*link)->tag});
        number = static_cast<std::uint32_t>(links_.size());
        known_.emplace(*link, number);
    }
    return number;
}

void CauseBook::close(const Attribution& attribution) {
    known_ = {};
    owners_.clear();
    for (std::size_t i = 0; i < attribution.owner_count(); ++i) {
        owners_.push_back(attribution.owner_name(static_cast<OwnerId>(i)));
    }
}

std::vector<BookedStep> CauseBook::steps(std::uint32_t chain, Time begin) const {
    std::vector<BookedStep> result;
    while (chain != 0 && links_[chain - 1].until > begin) {
        const Link& link = links_[chain - 1];
        const Time from = link.before == 0 ? Time{} : links_[link.before - 1].until;
        result.push_back(
            {static_cast<OwnerId>(link.tag), link.tag >> 8, std::max(from, begin), link.until});
        chain = link.before;
    }
    return result;
}

}  // namespace vr
