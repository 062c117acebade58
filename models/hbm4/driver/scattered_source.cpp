// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/driver/scattered_source.h"

#include <utility>

namespace vr {

bool ScatteredSource::read(std::vector<MemoryAccess>& group) {
    group.clear();
    MemoryAccess access;
    while (group.size() < group_ && inner_.next(access)) {
        group.push_back(access);
    }
    return !group.empty();
}

bool ScatteredSource::next(MemoryAccess& access) {
    if (place_ == current_.size()) {
        std::vector<MemoryAccess> group;
        while (waiting_.size() < window_ && read(group)) {
            waiting_.push_back(std::move(group));
        }
        if (waiting_.empty()) {
            return false;
        }
        std::swap(waiting_[random_.next() % waiting_.size()], waiting_.back());
        current_ = std::move(waiting_.back());
        waiting_.pop_back();
        place_ = 0;
    }
    access = current_[place_++];
    return true;
}

}  // namespace vr
