// SPDX-License-Identifier: Apache-2.0
// Rows to experts and back with real data: the routing in memory decides which rows move.
#include "app/platform/machine.h"
#include "testbenches/gpu/machine/operator_rig.h"

using namespace vr;
using namespace vr::testing;
using plain::Matrix;

namespace {

constexpr std::int64_t kTokens = 40;
constexpr std::int64_t kExperts = 16;
constexpr std::int64_t kChosen = 4;
constexpr std::int64_t kColumns = 200;

const std::string kRouting =
    tensor("logits", kTokens, kExperts, "fp32") +
    tensor("routing", kTokens, 2 * kChosen, "fp32", false) +
    R"({"op": "top_k", "id": "route", "input": "logits", "output": "routing", "count": 4, )"
    R"("normalise": true})"
    "\n";

// Tokens of each of the experts first to first + count - 1, in order.
std::vector<std::vector<std::int64_t>> chosen_tokens(std::int64_t first, std::int64_t count) {
    MachineRig rig(trace(kRouting));
    rig.run();
    const Matrix routing = contents(rig, 1);
    std::vector<std::vector<std::int64_t>> tokens(static_cast<std::size_t>(count));
    for (std::int64_t t = 0; t < kTokens; ++t) {
        for (std::int64_t i = 0; i < kChosen; ++i) {
            const auto expert = static_cast<std::int64_t>(routing.at(t, kChosen + i)) - first;
            if (expert >= 0 && expert < count) {
                tokens[static_cast<std::size_t>(expert)].push_back(t);
            }
        }
    }
    return tokens;
}

struct Layout {
    std::vector<std::int64_t> counts;
    std::vector<std::int64_t> starts;
    std::int64_t rows = 0;
    std::string keys;
};

Layout layout_of(const std::vector<std::vector<std::int64_t>>& tokens, std::int64_t alignment,
                 std::int64_t first) {
    Layout layout;
    for (const auto& of : tokens) {
        layout.counts.push_back(static_cast<std::int64_t>(of.size()));
        layout.starts.push_back(layout.rows);
        layout.rows = (layout.rows + layout.counts.back() + alignment - 1) / alignment * alignment;
    }
    layout.keys = fmt::format(R"("rows": [{}], "row_alignment": {}, "first_expert": {})",
                              fmt::join(layout.counts, ", "), alignment, first);
    return layout;
}

}  // namespace

TEST_CASE("permute gathers the rows of each expert's tokens") {
    for (const std::int64_t first : {0, 8}) {
        for (const std::int64_t alignment : {1, 16}) {
            const auto tokens = chosen_tokens(first, 8);
            const Layout layout = layout_of(tokens, alignment, first);
            const char* type = first == 0 ? "bf16" : "fp8_e4m3";
            MachineRig rig(trace(kRouting + tensor("x", kTokens, kColumns, type) +
                                 tensor("y", layout.rows, kColumns, type, false) +
                                 R"({"op": "permute", "id": "p", "input": "x", "routing": )"
                                 R"("routing", "output": "y", )" +
                                 layout.keys + "}"));
            rig.run();
            const Matrix x = contents(rig, 2);
            const Matrix y = contents(rig, 3);
            for (std::size_t e = 0; e < tokens.size(); ++e) {
                for (std::size_t i = 0; i < tokens[e].size(); ++i) {
                    const std::int64_t row = layout.starts[e] + static_cast<std::int64_t>(i);
                    for (std::int64_t c = 0; c < kColumns; ++c) {
                        REQUIRE(y.at(row, c) == x.at(tokens[e][i], c));
                    }
                }
            }
        }
    }
}

TEST_CASE("combine weighs and sums the rows of each token's experts") {
    for (const std::int64_t first : {0, 8}) {
        const std::int64_t count = first == 0 ? kExperts : 8;  // all experts, or the second half
        const auto tokens = chosen_tokens(first, count);
        const Layout layout = layout_of(tokens, 4, first);
        MachineRig rig(trace(kRouting + tensor("y", layout.rows, kColumns, "bf16") +
                             tensor("z", kTokens, kColumns, "bf16", false) +
                             R"({"op": "combine", "id": "c", "input": "y", "routing": "routing", )"
                             R"("output": "z", )" +
                             layout.keys + "}"));
        rig.run();
        const Matrix routing = contents(rig, 1);
        const Matrix y = contents(rig, 2);
        Matrix wanted = plain::zeros(kTokens, kColumns);
        for (std::size_t e = 0; e < tokens.size(); ++e) {
            for (std::size_t i = 0; i < tokens[e].size(); ++i) {
                const std::int64_t t = tokens[e][i];
                double weight = 0;
                for (std::int64_t n = 0; n < kChosen; ++n) {
                    if (routing.at(t, kChosen + n) ==
                        static_cast<double>(first) + static_cast<double>(e)) {
                        weight = routing.at(t, n);
                    }
                }
                REQUIRE(weight > 0);
                for (std::int64_t c = 0; c < kColumns; ++c) {
                    wanted.at(t, c) +=
                        weight * y.at(layout.starts[e] + static_cast<std::int64_t>(i), c);
                }
            }
        }
        CHECK(plain::distance(contents(rig, 3), wanted, 1e-2) < 1.01 / 256);
    }
}

TEST_CASE("counts that the routing does not give are refused") {
    auto tokens = chosen_tokens(0, 8);
    tokens[3].pop_back();
    const Layout layout = layout_of(tokens, 1, 0);
    MachineRig rig(trace(kRouting + tensor("x", kTokens, kColumns, "bf16") +
                         tensor("y", layout.rows, kColumns, "bf16", false) +
                         R"({"op": "permute", "id": "p", "input": "x", "routing": "routing", )"
                         R"("output": "y", )" +
                         layout.keys + "}"));
    REQUIRE_THROWS_WITH(rig.machine->run(), Catch::Contains("operator 'p': the routing sends"));
}
