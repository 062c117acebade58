// SPDX-License-Identifier: Apache-2.0
#include "models/vera/vera.h"

#include <bit>

#include "models/base/error.h"

namespace vr {

std::vector<std::pair<std::string, std::string>> VeraConfig::problems() const {
    std::vector<std::pair<std::string, std::string>> found;
    if (!std::has_single_bit(static_cast<std::uint64_t>(lpddr5x.access.value))) {
        found.emplace_back("lpddr5x.access",
                           fmt::format("{} B are no power of two", lpddr5x.access.value));
    }
    return found;
}

Vera::Vera(std::string path, const VeraConfig& config, const C2cConfig& c2c, std::size_t gpus,
           Attribution& attribution, EventRecord* events)
    : path_(path),
      config_(config),
      fabric_(path + ".fabric", gpus, config.lpddr5x.access, contents_, attribution),
      memory_(path + ".lpddr5x", config.lpddr5x, attribution, events) {
    units_ = {&fabric_, &memory_};
    for (std::size_t i = 0; i < gpus; ++i) {
        ends_.push_back(
            std::make_unique<C2cEnd>(gpus == 1 ? path + ".c2c" : fmt::format("{}.c2c{}", path, i),
                                     c2c, C2cSide::kHost, attribution, events));
        units_.push_back(ends_.back().get());
    }
}

Vera::~Vera() = default;

void Vera::state_hashes(Time now, std::vector<StateHash>& out) const {
    for (const Unit* unit : units_) {
        unit->state_hashes(now, out);
    }
    add_state_hash(out, path_ + ".contents", [&](StateHasher& to) { to(contents_); });
}

}  // namespace vr
