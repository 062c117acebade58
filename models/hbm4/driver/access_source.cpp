// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/driver/access_source.h"

#include <algorithm>
#include <utility>

namespace vr {

namespace {
__extension__ using Wide = __int128;
}

bool parse_access_pattern(std::string_view word, AccessPattern& pattern) {
    constexpr std::string_view kWords[] = {"seq", "rand", "mixseq", "mixrand"};
    for (std::uint8_t i = 0; i < 4; ++i) {
        if (word == kWords[i]) {
            pattern = static_cast<AccessPattern>(i);
            return true;
        }
    }
    return false;
}

PatternSource::PatternSource(const Shape& shape) : shape_(shape), random_(shape.seed) {
    const bool mixed = shape.pattern == AccessPattern::kMixedSequential ||
                       shape.pattern == AccessPattern::kMixedRandom;
    if (shape.writes.under == 0) {
        shape_.writes = mixed ? Ratio{1, 3} : Ratio{0, 1};
    }
    if (shape.stride == 0) {
        shape_.stride = shape.bytes;
    }
}

bool PatternSource::next(MemoryAccess& access) {
    if (index_ == shape_.requests) {
        return false;
    }
    const bool random =
        shape_.pattern == AccessPattern::kRandom || shape_.pattern == AccessPattern::kMixedRandom;
    const std::uint64_t slots = shape_.region_bytes / shape_.stride;
    const std::uint64_t slot = (random ? random_.next() : index_) % slots;
    access.address = shape_.base + slot * shape_.stride;
    access.bytes = shape_.bytes;
    const auto i = static_cast<Wide>(index_);
    const Ratio& writes = shape_.writes;
    const Ratio& interval = shape_.interval;
    access.write = (i + 1) * writes.over / writes.under > i * writes.over / writes.under;
    access.arrival =
        static_cast<std::int64_t>((i * interval.over + interval.under - 1) / interval.under);
    ++index_;
    return true;
}

PatternStreams::PatternStreams(const std::vector<PatternSource::Shape>& shapes, std::uint64_t turn)
    : turn_(turn) {
    for (const PatternSource::Shape& shape : shapes) {
        Stream& stream = streams_.emplace_back(Stream{PatternSource(shape), {}, 0, false});
        stream.has_access = stream.source.next(stream.access);
    }
}

bool PatternStreams::next(MemoryAccess& access) {
    Stream* first = nullptr;
    for (Stream& stream : streams_) {
        if (stream.has_access &&
            (first == nullptr || std::pair(stream.access.arrival, stream.index / turn_) <
                                     std::pair(first->access.arrival, first->index / turn_))) {
            first = &stream;
        }
    }
    if (first == nullptr) {
        return false;
    }
    access = first->access;
    ++first->index;
    first->has_access = first->source.next(first->access);
    return true;
}

std::vector<PatternSource::Shape> sequential_streams(const std::vector<StreamStart>& starts,
                                                     std::uint64_t requests, std::uint32_t bytes) {
    std::vector<PatternSource::Shape> shapes;
    for (const StreamStart& start : starts) {
        PatternSource::Shape& shape = shapes.emplace_back();
        shape.requests = (requests + starts.size() - shapes.size()) / starts.size();
        shape.bytes = bytes;
        shape.base = start.base;
        shape.region_bytes = std::max<std::uint64_t>(shape.requests, 1) * bytes;
        shape.writes = {start.write ? 1 : 0, 1};
    }
    return shapes;
}

}  // namespace vr
