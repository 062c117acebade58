// SPDX-License-Identifier: Apache-2.0
// The SystemVerilog leaf gives the bits of the golden vectors and of the model, and a leaf that
// does not is caught at once.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <iostream>
#include <map>
#include <vector>

#include "models/base/error.h"
#include "models/numerics/contract_switches.h"
#include "testbenches/rtl/gpu/sm/tensor_core/golden.h"
#include "testbenches/rtl/gpu/sm/tensor_core/operand_class.h"
#include "testbenches/rtl/gpu/sm/tensor_core/stimuli.h"

using namespace vr;
using namespace vr::testing;

TEST_CASE("every golden dot product, chain and measured row passes the leaf, bit for bit") {
    RtlContext context;
    const auto checked = leaf("fp_dot_step", context, LeafUse::kLockStep);
    std::uint64_t cases = 0;
    const std::vector<std::string> files = golden_files();
    for (const std::string& file : files) {
        const GoldenCount count = run_golden(*checked, file);
        INFO(count.first);
        CHECK(count.wrong == 0);
        CHECK(count.cases >= 80);
        cases += count.cases;
    }
    CHECK(files.size() == 65);
    CHECK(cases == 83'580);
    CHECK(checked->steps() == 114'880);
}

TEST_CASE("the leaf gives both published readings of a group that sums to zero") {
    RtlContext context;
    const auto checked = leaf("fp_dot_step", context, LeafUse::kLockStep);
    for (const bool takes_part : {true, false}) {
        const GoldenCount count = run_zero_groups(*checked, takes_part);
        INFO(count.first);
        CHECK(count.cases == 180);
        CHECK(count.wrong == 0);
    }
}

TEST_CASE("golden integers pass the leaf, wrapping and clamping") {
    RtlContext context;
    const auto alone = leaf("fp_dot_step", context, LeafUse::kAlone);
    const GoldenCount count = run_integers(alone->leaf());
    INFO(count.first);
    CHECK(count.cases == 600);
    CHECK(count.wrong == 0);
}

TEST_CASE("random tiles: leaf and model agree in every step, specials and remainders included") {
    RtlContext context;
    const auto both = leaf("fp_dot_step", context, LeafUse::kLockStep);
    const auto alone = leaf("fp_dot_step", context, LeafUse::kAlone);
    ModelMultiplier model;
    Corners touched;
    std::uint64_t nans = 0;
    std::uint64_t infinities = 0;
    std::uint64_t subnormals = 0;
    std::vector<DotContract> rules = contracts();
    const std::vector<DotContract> switched = switched_contracts();
    rules.insert(rules.end(), switched.begin(), switched.end());
    for (const DotContract& contract : rules) {
        for (std::uint64_t index = 0; index < 200; ++index) {
            RandomTile tile(contract, index);
            RandomTile other(contract, index);
            RandomTile third(contract, index);
            INFO(contract.name << ", tile " << index << ": " << tile.rows << " x " << tile.columns
                               << " x " << tile.k);
            const Corners corners = tile.through(model);
            CHECK(corners == other.through(*both));
            CHECK(corners == third.through(*alone));
            CHECK((tile.accumulators == other.accumulators));
            CHECK((tile.accumulators == third.accumulators));
            touched.add(corners);
            for (const std::uint32_t code : tile.accumulators) {
                const std::uint32_t magnitude = code & 0x7fffffffU;
                nans += magnitude > 0x7f800000U ? 1 : 0;
                infinities += magnitude == 0x7f800000U ? 1 : 0;
                subnormals += magnitude != 0 && magnitude < 0x00800000U ? 1 : 0;
            }
        }
    }
    // The stimuli reach what they are meant to reach.
    CHECK(nans > 500);
    CHECK(infinities > 500);
    CHECK(subnormals > 50);
    for (const Corner corner :
         {Corner::kZeroAccumulatorFloor, Corner::kZeroGroup, Corner::kZeroSign,
          Corner::kInfiniteFp4Accumulator, Corner::kZeroElement, Corner::kTf32Payload}) {
        INFO(corner_text(corner));
        CHECK(touched.has(corner));
    }
    CHECK(both->steps() > 100'000);
}

TEST_CASE("random integers: leaf and model agree, wrapping and clamping", "[coverage]") {
    RtlContext context;
    const auto alone = leaf("fp_dot_step", context, LeafUse::kAlone);
    SplitMix64 random(3);
    using F = NumberFormat;
    std::map<std::pair<F, OperandClass>, std::uint64_t> seen;
    std::uint64_t over = 0;
    std::uint64_t under = 0;
    for (const auto& [a, b] : {std::pair{F::kInt8, F::kInt8}, std::pair{F::kUint8, F::kInt8},
                               std::pair{F::kUint8, F::kUint8}, std::pair{F::kTi16, F::kTi16}}) {
        const std::size_t most = kLeafBytes * 8 / static_cast<std::size_t>(packed_bits(a));
        for (int i = 0; i < 500; ++i) {
            const std::size_t count = 1 + random.next() % most;
            std::vector<std::uint32_t> x;
            std::vector<std::uint32_t> y;
            const auto code = [&](F format) {
                const auto kind = kOperandClasses[random.next() % kOperandClasses.size()];
                const std::uint32_t out = code_of(format, kind, random).value_or(0);
                ++seen[{format, class_of(format, out)}];
                return out;
            };
            for (std::size_t k = 0; k < count; ++k) {
                x.push_back(code(a));
                y.push_back(code(b));
            }
            // Near the ends of 32 bits more often than not.
            auto c = static_cast<std::uint32_t>(random.next());
            if (random.next() % 4 != 0) {
                c = (c & 1U) != 0 ? 0x7fffffffU - (c & 0xffffU) : 0x80000000U + (c & 0xffffU);
            }
            const auto wrapped = dot_integer(a, x, b, y, c, IntegerOverflow::kWrap);
            const auto clamped = dot_integer(a, x, b, y, c, IntegerOverflow::kClamp);
            CHECK(integer_step(alone->leaf(), a, x, b, y, c, IntegerOverflow::kWrap) == wrapped);
            CHECK(integer_step(alone->leaf(), a, x, b, y, c, IntegerOverflow::kClamp) == clamped);
            over += wrapped != clamped && clamped == 0x7fffffffU ? 1 : 0;
            under += wrapped != clamped && clamped == 0x80000000U ? 1 : 0;
        }
    }
    CHECK(over > 50);
    CHECK(under > 50);
    std::cout << "integers, none of which is aligned:\n";
    for (const F format : {F::kInt8, F::kUint8, F::kTi16}) {
        for (const OperandClass kind : kOperandClasses) {
            if (!code_of(format, kind, random)) {
                continue;
            }
            const std::uint64_t count = seen[{format, kind}];
            std::cout << fmt::format("{:<17}{:<12}{:>9}\n", properties(format).name,
                                     class_name(kind), count);
            CHECK(count > 100);
        }
    }
}

TEST_CASE("a leaf that cuts terms too early is caught, with inputs, expected, got and clock") {
    for (const char* name : {"rubin.e4m3", "rubin.nvfp4", "blackwell.mxf8_e4m3"}) {
        RtlContext context;
        const auto faulty = leaf("fault", context, LeafUse::kLockStep);
        const DotContract contract = *named_contract(name);
        std::string message;
        std::uint64_t tiles = 0;
        for (; tiles < 50 && message.empty(); ++tiles) {
            try {
                (void)RandomTile(contract, tiles).through(*faulty);
            } catch (const CheckFailed& error) {
                CHECK(error.exit_code() == ExitCode::kCheckFailed);
                message = error.what();
            }
        }
        INFO(name << ", tile " << tiles << ": " << message);
        CHECK_THAT(message, Catch::StartsWith("lock step: test: RTL and model differ at clock "));
        CHECK_THAT(message, Catch::Contains(name));
        CHECK_THAT(message, Catch::Contains("\n  a = ") && Catch::Contains("\n  b = "));
        CHECK_THAT(message, Catch::Contains("\n  c = "));
        CHECK_THAT(message, Catch::Contains("expected ") && Catch::Contains("got "));
    }
}

TEST_CASE("the digest of a leaf's state follows its inputs, and nothing else") {
    const auto digest = [](std::uint64_t last) {
        RtlContext context;
        const auto alone = leaf("fp_dot_step", context, LeafUse::kAlone);
        const DotContract contract = *named_contract("rubin.e4m3");
        (void)RandomTile(contract, 0).through(*alone);
        (void)RandomTile(contract, last).through(*alone);
        return alone->leaf().digest();
    };
    const std::uint64_t expected = digest(1);
    // Nor memory as somebody left it, which the next objects take.
    for (const int left : {0x00, 0xa5, 0xff}) {
        std::vector<std::vector<unsigned char>> blocks;
        for (std::size_t size = 16; size < 65536; size += 16) {
            blocks.emplace_back(size, static_cast<unsigned char>(left));
        }
        blocks.clear();
        CHECK(digest(1) == expected);
    }
    CHECK(digest(1) != digest(2));
}

TEST_CASE("what the leaf does not compute is told before it is asked") {
    for (const std::string& name : contract_names()) {
        INFO(name);
        CHECK(leaf_supports(*named_contract(name)));
    }
    // More than 64 bytes an operand.
    for (const char* name : {"rubin.bf16", "rubin.tf32"}) {
        const DotContract contract = *named_contract(name);
        CHECK_FALSE(leaf_supports(with_switches(contract, parse_rule_switches("K=64,L=64"))));
    }
    DotContract contract = *named_contract("hopper.e4m3");
    contract.rule.renormalise_products = true;
    CHECK_FALSE(leaf_supports(contract));
    CHECK_THROWS_AS(leaf_form(contract, 1), InternalError);
    CHECK_THROWS_AS(leaf_form(NumberFormat::kFp64, NumberFormat::kFp64, IntegerOverflow::kWrap, 1),
                    InternalError);
    CHECK(contracts().size() == 71);
    CHECK(all_contracts().size() == 287);
}

TEST_CASE("an assertion of the SystemVerilog ends the run as a failed check") {
    RtlContext context;
    const auto alone = leaf("fp_dot_step", context, LeafUse::kAlone);
    LeafStep step;
    step.valid = true;
    step.kind = LeafKind::kGroups;  // without scales: GroupsAreFp4_A
    step.count = 1;
    CHECK_THROWS_WITH(alone->leaf().clock(step),
                      Catch::Contains("fp_dot_step.sv:") && Catch::Contains("the RTL stopped"));
}

namespace {

// A leaf that never answers.
class SilentLeaf final : public DotLeaf {
  public:
    LeafResult clock(const LeafStep&) override {
        ++clocks_;
        return {};
    }
    [[nodiscard]] std::int64_t clocks() const override { return clocks_; }
    [[nodiscard]] std::uint64_t digest() override { return 0; }

  private:
    std::int64_t clocks_ = 0;
};

}  // namespace

TEST_CASE("a leaf that never answers ends the run as stalled") {
    LeafMultiplier silent("test", std::make_unique<SilentLeaf>(), LeafUse::kLockStep);
    const DotContract contract = *named_contract("blackwell.nvfp4");
    RandomTile tile(contract, 0);
    CHECK_THROWS_AS(tile.through(silent), Stalled);
}
