// SPDX-License-Identifier: Apache-2.0
// One-line parameter declarations. A unit's config struct lists its fields in parameters(visitor);
// parsing, range check, ledger, documentation and printing all come from these lines.
//
//     struct L2Config {
//         std::int64_t slices{};
//         Bytes capacity{};
//         CacheConfig tags{};
//         bool promote{};
//         template <class Visitor>
//         void parameters(Visitor& p) {
//             p("slices", slices, {"1", "4096"}, "L2 slices of the whole GPU");
//             p("capacity", capacity, {"64 KiB", "1 GiB"}, "L2 capacity of the whole GPU");
//             p.optional("promote", promote, "false", {}, "fetch 256 B blocks on a miss");
//             p.group("tags", tags);
//         }
//     };
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

namespace vr {

/// What a parameter may be. For quantities and integers: two texts, lowest and highest, inclusive,
/// with units
/// ({"1 ns", "1 us"}); for text: the list of allowed words; empty: anything of the type.
struct Allowed {
    Allowed() = default;
    Allowed(std::initializer_list<std::string_view> texts) : values(texts) {}
    explicit Allowed(std::vector<std::string_view> texts) : values(std::move(texts)) {}
    std::vector<std::string_view> values;
};

}  // namespace vr
