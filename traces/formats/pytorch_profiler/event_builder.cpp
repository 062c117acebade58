// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/pytorch_profiler/event_builder.h"

namespace vr::pytorch {

namespace {
constexpr std::size_t kDeepest = 64;  // containers within an event; real ones have four
}

bool EventBuilder::value(Json v) {
    if (in_event()) {
        Json& container = *path_.back();
        if (container.is_array()) {
            container.push_back(std::move(v));
        } else {
            container[keys_.back()] = std::move(v);
        }
    }
    return true;
}

bool EventBuilder::key(string_t& name) {
    if (in_event()) {
        keys_.back() = std::move(name);
    } else if (depth_ == 1) {
        top_key_ = std::move(name);
    }
    return true;
}

bool EventBuilder::open(Json container) {
    if (!in_event()) {
        const bool list = container.is_array();
        ++depth_;
        if (events_depth_ == 0 && list &&
            (depth_ == 1 || (depth_ == 2 && top_key_ == "traceEvents"))) {
            events_depth_ = depth_;
            seen_events_ = true;
        } else if (events_depth_ > 0 && depth_ == events_depth_ + 1 && !list) {
            event_ = std::move(container);
            path_ = {&event_};
            keys_ = {""};
            const BytePlace place = source_.place();
            place_ = {place.line, place.column > 1 ? place.column - 1 : 1, ""};
        }
        return true;
    }
    if (path_.size() >= kDeepest) {
        error_ = fmt::format("an event nests more than {} deep", kDeepest);
        return false;
    }
    Json& parent = *path_.back();
    Json* child = nullptr;
    if (parent.is_array()) {
        parent.push_back(std::move(container));
        child = &parent.back();
    } else {
        child = &(parent[keys_.back()] = std::move(container));
    }
    path_.push_back(child);
    keys_.emplace_back();
    return true;
}

bool EventBuilder::close() {
    if (in_event()) {
        path_.pop_back();
        keys_.pop_back();
        if (in_event()) {
            return true;
        }
        sink_(event_, place_);
    }
    if (depth_ == events_depth_) {
        events_depth_ = 0;
    }
    --depth_;
    return true;
}

bool EventBuilder::parse_error(std::size_t, const std::string&, const Json::exception& error) {
    error_ = error.what();
    const std::size_t colon = error_.find(": ");  // "[json.exception...] parse error at ...: why"
    error_ = colon == std::string::npos ? error_ : error_.substr(colon + 2);
    return false;
}

void EventBuilder::raise() const {
    const BytePlace place = source_.place();
    throw InputError(Diagnostic{source_.path(), place.line, place.column,
                                fmt::format("not JSON at byte {} ({})", place.byte, error_),
                                "a profile of torch.profiler",
                                "the file is cut, damaged, or of another format"});
}

}  // namespace vr::pytorch
