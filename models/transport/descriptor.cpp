// SPDX-License-Identifier: Apache-2.0
#include "models/transport/descriptor.h"

#include <algorithm>
#include <bit>

namespace vr {

namespace {

__extension__ using Wide = __int128;

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 62;

Diagnostic problem(const Descriptor& descriptor, const std::string& what,
                   const std::string& allowed, const std::string& hint = {}) {
    return {"", 0, 0, fmt::format("descriptor {}: {}", descriptor.id, what), allowed, hint};
}

// Lowest and highest offset that a dimension adds.
std::pair<Wide, Wide> reach(const Descriptor& descriptor, std::size_t d) {
    const DescriptorDimension& dimension = descriptor.dimensions[d];
    Wide low = 0;
    Wide high = static_cast<Wide>(dimension.count - 1);
    if (d == descriptor.indexed) {
        const auto [least, most] =
            std::minmax_element(descriptor.index->begin(), descriptor.index->end());
        low = *least;
        high = *most;
    }
    const Wide a = low * dimension.stride;
    const Wide b = high * dimension.stride;
    return {std::min(a, b), std::max(a, b)};
}

void check_extent(const Descriptor& descriptor, std::vector<Diagnostic>& found) {
    Wide total = static_cast<Wide>(descriptor.bytes);
    Wide low = static_cast<Wide>(descriptor.base);
    Wide high = low + total;
    for (std::size_t d = 0; d < Descriptor::kDimensions; ++d) {
        total *= descriptor.dimensions[d].count;
        if (total > static_cast<Wide>(kMostBytes)) {
            found.push_back(problem(descriptor, "more than 2^62 bytes in all", "at most 2^62 bytes",
                                    "split it into several descriptors"));
            return;
        }
        const auto [least, most] = reach(descriptor, d);
        low += least;
        high += most;
    }
    if (low < 0 || high > (static_cast<Wide>(1) << 64)) {
        found.push_back(problem(descriptor, "addresses outside 64 bits", "0 to 2^64 - 1",
                                "check base, strides and index"));
    }
}

}  // namespace

std::uint64_t Descriptor::items() const {
    std::uint64_t n = 1;
    for (const DescriptorDimension& dimension : dimensions) {
        n *= dimension.count;
    }
    return n;
}

std::uint64_t Descriptor::address(std::uint64_t item) const {
    std::uint64_t at = base;
    for (std::size_t d = 0; d < kDimensions; ++d) {
        const std::uint64_t step = item % dimensions[d].count;
        item /= dimensions[d].count;
        const std::uint64_t index_step =
            d == indexed ? static_cast<std::uint64_t>((*index)[step]) : step;
        at += index_step * static_cast<std::uint64_t>(dimensions[d].stride);
    }
    return at;
}

std::vector<Diagnostic> problems(const Descriptor& descriptor) {
    std::vector<Diagnostic> found;
    if (descriptor.bytes == 0) {
        found.push_back(problem(descriptor, "items of 0 bytes", "1 byte or more"));
    }
    bool counts = true;
    for (std::size_t d = 0; d < Descriptor::kDimensions; ++d) {
        if (descriptor.dimensions[d].count == 0) {
            counts = false;
            found.push_back(problem(descriptor, fmt::format("dimension {} has count 0", d),
                                    "1 or more", "an unused dimension has count 1"));
        }
    }
    bool indices = true;
    if (descriptor.indexed == Descriptor::kNoIndex) {
        if (descriptor.index != nullptr) {
            found.push_back(problem(descriptor, "an index list without an indexed dimension",
                                    "dimension 0 to 3", "set `indexed`"));
        }
    } else if (descriptor.indexed >= Descriptor::kDimensions) {
        indices = false;
        found.push_back(
            problem(descriptor, fmt::format("indexed dimension {}", descriptor.indexed), "0 to 3"));
    } else if (const std::size_t entries =
                   descriptor.index == nullptr ? 0 : descriptor.index->size();
               entries != descriptor.dimensions[descriptor.indexed].count || entries == 0) {
        indices = false;
        found.push_back(problem(
            descriptor, fmt::format("an index list of {} entries", entries),
            fmt::format("{}, the count of dimension {}",
                        descriptor.dimensions[descriptor.indexed].count, descriptor.indexed)));
    }
    if (descriptor.pacing.numerator < 0 || descriptor.pacing.denominator <= 0) {
        found.push_back(problem(descriptor,
                                fmt::format("pacing {}/{} fs", descriptor.pacing.numerator,
                                            descriptor.pacing.denominator),
                                "a numerator of 0 or more, a denominator of 1 or more"));
    }
    if (descriptor.credit_bytes != 0 && descriptor.credit_bytes < descriptor.bytes) {
        found.push_back(problem(descriptor,
                                fmt::format("credits for {} bytes", descriptor.credit_bytes),
                                fmt::format("0 (no limit), or {} and more", descriptor.bytes),
                                "an item could never be issued"));
    }
    for (auto it = descriptor.predecessors.begin(); it != descriptor.predecessors.end(); ++it) {
        if (*it == descriptor.id) {
            found.push_back(problem(descriptor, "it waits for itself", "other descriptors"));
        } else if (std::find(descriptor.predecessors.begin(), it, *it) != it) {
            found.push_back(problem(descriptor, fmt::format("predecessor {} twice", *it), "once"));
        }
    }
    if (counts && indices) {
        check_extent(descriptor, found);
    }
    return found;
}

void validate(const Descriptor& descriptor) {
    std::vector<Diagnostic> found = problems(descriptor);
    if (!found.empty()) {
        throw InputError(std::move(found));
    }
}

void append_timing_words(const std::vector<Descriptor>& list, Words& words) {
    words.push_back(list.size());
    for (const Descriptor& one : list) {
        words.insert(words.end(),
                     {one.base, one.bytes, one.indexed, static_cast<std::uint64_t>(one.direction),
                      static_cast<std::uint64_t>(one.pacing.numerator),
                      static_cast<std::uint64_t>(one.pacing.denominator), one.credit_group,
                      one.credit_bytes});
        for (const DescriptorDimension& dimension : one.dimensions) {
            words.push_back(dimension.count);
            words.push_back(static_cast<std::uint64_t>(dimension.stride));
        }
        if (one.index != nullptr) {
            for (const std::int64_t step : *one.index) {
                words.push_back(static_cast<std::uint64_t>(step));
            }
        }
        words.push_back(one.predecessors.size());
        for (const std::uint64_t id : one.predecessors) {
            const auto found = std::find_if(
                list.begin(), list.end(), [id](const Descriptor& other) { return other.id == id; });
            ensure(found != list.end(), "descriptor {} waits for {}, outside the list", one.id, id);
            words.push_back(static_cast<std::uint64_t>(found - list.begin()));
        }
    }
}

DescriptorCursor::DescriptorCursor(const Descriptor& descriptor, std::uint64_t granule)
    : descriptor_(&descriptor), granule_(granule), items_(descriptor.items()) {
    ensure(granule == 0 || std::has_single_bit(granule), "granule {} is no power of two", granule);
    seek(0);
}

std::uint64_t DescriptorCursor::offset(std::size_t dimension) const {
    const std::uint32_t step = at_[dimension];
    const std::uint64_t steps = dimension == descriptor_->indexed
                                    ? static_cast<std::uint64_t>((*descriptor_->index)[step])
                                    : step;
    return steps * static_cast<std::uint64_t>(descriptor_->dimensions[dimension].stride);
}

void DescriptorCursor::next_item() {
    used_ = 0;
    ++item_;
    for (std::size_t d = 0; d < Descriptor::kDimensions; ++d) {
        address_ -= offset(d);
        at_[d] = at_[d] + 1 == descriptor_->dimensions[d].count ? 0 : at_[d] + 1;
        address_ += offset(d);
        if (at_[d] != 0) {
            return;
        }
    }
}

void DescriptorCursor::seek(std::uint64_t item) {
    ensure(item <= items_, "item {} of {}", item, items_);
    item_ = item;
    used_ = 0;
    address_ = descriptor_->base;
    for (std::size_t d = 0; d < Descriptor::kDimensions; ++d) {
        const std::uint32_t count = descriptor_->dimensions[d].count;
        at_[d] = static_cast<std::uint32_t>(item % count);
        item /= count;
        address_ += offset(d);
    }
}

}  // namespace vr
