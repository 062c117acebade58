// SPDX-License-Identifier: Apache-2.0
// Which experts tokens choose: counts are conserved, limits of groups hold, seeds repeat.
#include <numeric>

#include "testbenches/traces/generate/generate_rig.h"
#include "traces/generate/routing.h"

using namespace vr;
using namespace vr::testing;

namespace {

std::int64_t sum(const std::vector<std::int64_t>& rows) {
    return std::accumulate(rows.begin(), rows.end(), std::int64_t{0});
}

}  // namespace

TEST_CASE("choices are conserved and a token takes no expert twice") {
    const Mixture mixture = model("deepseek-v3").mixture;
    for (const RoutingDraw draw : {RoutingDraw::kRandom, RoutingDraw::kEven}) {
        for (const std::int64_t tokens : {1, 31, 2048, 5000}) {
            const RoutedTokens all = route_tokens(mixture, tokens, 0, 256, draw, 1, 3);
            CHECK(sum(all.rows) == tokens * 8);
            CHECK(all.received == tokens);
            // One token: eight different experts, in at most four groups of 32.
            const RoutedTokens one = route_tokens(mixture, 1, 0, 256, draw, 7, 3);
            std::int64_t groups = 0;
            for (std::size_t g = 0; g < 8; ++g) {
                const auto first = one.rows.begin() + static_cast<std::ptrdiff_t>(32 * g);
                groups += *std::max_element(first, first + 32) > 0 ? 1 : 0;
            }
            CHECK(*std::max_element(one.rows.begin(), one.rows.end()) == 1);
            CHECK((draw == RoutingDraw::kEven || groups <= 4));
        }
    }
}

TEST_CASE("even routing spreads choices to within one, and tokens over GPUs") {
    Mixture mixture = model("deepseek-v3").mixture;
    for (const std::int64_t k : {8, 6}) {  // 6 does not divide 256
        mixture.per_token = k;
        for (const std::int64_t tokens : {64, 100, 2048}) {
            const RoutedTokens all = route_tokens(mixture, tokens, 0, 8, RoutingDraw::kEven, 1, 3);
            const auto [least, most] = std::minmax_element(all.rows.begin(), all.rows.end());
            INFO(k << " " << tokens);
            CHECK(*most - *least <= 1);
        }
    }
    mixture.per_token = 8;
    // 2048 tokens x 8 / 256: each expert 64; no token takes two experts of one GPU of 32.
    CHECK(route_tokens(mixture, 2048, 0, 8, RoutingDraw::kEven, 1, 3).received == 8 * 64);
}

TEST_CASE("random routing is uniform, repeats by its seed, differs by seed and layer") {
    const Mixture mixture = model("deepseek-v3").mixture;
    const std::int64_t tokens = 64000;  // 2000 choices for each expert on average
    const auto draw = [&](std::uint64_t seed, std::int64_t layer) {
        return route_tokens(mixture, tokens, 0, 8, RoutingDraw::kRandom, seed, layer);
    };
    const RoutedTokens a = draw(1, 3);
    CHECK(a.rows == draw(1, 3).rows);
    CHECK(a.rows != draw(2, 3).rows);
    CHECK(a.rows != draw(1, 4).rows);
    double squares = 0;
    for (const std::int64_t rows : a.rows) {
        squares += static_cast<double>((rows - 2000) * (rows - 2000)) / 2000;
    }
    // Sum of 256 squares, each about 1 or less: beyond 340 one time in ten thousand.
    CHECK(squares < 340);
    CHECK(squares > 100);
    // A token misses all 8 experts of a GPU unless it keeps their group (1 / 2) and then takes one
    // of them: 1 - C(120, 8) / C(128, 8) = 0.4115.
    CHECK(static_cast<double>(a.received) / static_cast<double>(tokens) ==
          Approx(0.4115 / 2).epsilon(0.02));
    // The first tokens choose the same, however many there are.
    const RoutedTokens few = route_tokens(mixture, 10, 0, 8, RoutingDraw::kRandom, 1, 3);
    for (std::size_t e = 0; e < few.rows.size(); ++e) {
        CHECK(few.rows[e] <= a.rows[e]);
    }
}

TEST_CASE("the rows of a share are those of its experts") {
    for (const Precision precision : {Precision::kFp8, Precision::kNvfp4}) {
        LayerRequest request = request_of(Phase::kDecode, precision, 64, 256);
        request.expert_parallel = 32;
        const Workload w = generate_workload(model("deepseek-v3"), request).workload;
        const RoutedTokens routed =
            route_tokens(model("deepseek-v3").mixture, 64 * 32, 0, 8, RoutingDraw::kRandom, 1, 3);
        std::vector<std::size_t> indices(w.tensors.size());
        std::iota(indices.begin(), indices.end(), std::size_t{0});
        const std::vector<std::int64_t> here(routed.rows.begin(), routed.rows.begin() + 8);
        for (const char* id : {"expert_gate_up", "expert_down"}) {
            CHECK(find(w, id).rows == here);
            CHECK(find(w, id).row_alignment == (precision == Precision::kNvfp4 ? 128 : 1));
        }
        const TensorSpec& received =
            w.tensors[*std::find_if(indices.begin(), indices.end(), [&](std::size_t i) {
                return w.tensors[i].name == "received";
            })];
        CHECK(received.rows == find(w, "expert_gate_up").group_starts().back());
        // Every choice of this GPU's own tokens comes back.
        const OperatorSpec& combine = find(w, "combine");
        CHECK(std::accumulate(combine.rows.begin(), combine.rows.end(), std::int64_t{0}) == 64 * 8);
        CHECK(combine.rows.size() == 256);
        CHECK(w.tensors[combine.inputs[0].value].rows == 64 * 8);
        CHECK(w.tensors[combine.output.value].rows == 64);
        // What is received waits for the router; what is returned for the experts.
        const auto waits = [&](const std::string& id, const std::string& before) {
            for (const OperatorIndex i : find(w, id).depends) {
                if (w.operators[i.value].id == before) {
                    return true;
                }
            }
            return false;
        };
        CHECK(waits("expert_gate_up", "top_k"));
        CHECK(waits("combine", "expert_down"));
    }
}
