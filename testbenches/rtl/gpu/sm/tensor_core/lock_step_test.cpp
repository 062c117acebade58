// SPDX-License-Identifier: Apache-2.0
// The SystemVerilog leaf gives the bits of the golden vectors and of the model, and a leaf that
// does not is caught at once.
#include <catch2/catch.hpp>
#include <vector>

#include "models/base/error.h"
#include "testbenches/rtl/gpu/sm/tensor_core/stimuli.h"

using namespace vr;
using namespace vr::testing;

TEST_CASE("every golden dot product and chain of FP4 and FP8 passes the leaf, bit for bit") {
    RtlContext context;
    const auto checked = leaf("fp_dot_step", context, LeafUse::kLockStep);
    std::uint64_t cases = 0;
    const std::vector<std::string> files = golden_files();
    for (const std::string& file : files) {
        const GoldenCount count = run_golden(*checked, file);
        INFO(count.first);
        CHECK(count.wrong == 0);
        cases += count.cases;
    }
    CHECK(files.size() == 13);
    CHECK(cases == 16'530);
    CHECK(checked->steps() == 21'880);
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
    for (const DotContract& contract : contracts()) {
        for (std::uint64_t index = 0; index < 500; ++index) {
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
    for (const Corner corner : {Corner::kZeroAccumulatorFloor, Corner::kZeroGroup,
                                Corner::kZeroSign, Corner::kInfiniteFp4Accumulator}) {
        INFO(corner_text(corner));
        CHECK(touched.has(corner));
    }
    CHECK(both->steps() > 400'000);
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

TEST_CASE("the golden vectors find the same fault without the model") {
    RtlContext context;
    const auto faulty = leaf("fault", context, LeafUse::kAlone);
    std::uint64_t wrong = 0;
    for (const std::string& file : golden_files()) {
        wrong += run_golden(*faulty, file, 16).wrong;
    }
    CHECK(wrong > 100);
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
    for (const char* name : {"rubin.bf16", "hopper.e4m3", "ada.e4m3", "blackwell_mma_sync.e4m3"}) {
        CHECK_FALSE(leaf_supports(*named_contract(name)));
    }
    CHECK_FALSE(leaf_supports(*make_contract(Architecture::kBlackwell, NumberFormat::kE4m3,
                                             NumberFormat::kE4m3, NumberFormat::kFp16)));
    CHECK(contracts().size() == 26);
}

TEST_CASE("an assertion of the SystemVerilog ends the run as a failed check") {
    RtlContext context;
    const auto alone = leaf("fp_dot_step", context, LeafUse::kAlone);
    LeafStep step;
    step.valid = true;
    step.kind = LeafKind::kFp4;  // without scales: Fp4HasScales_A
    step.groups = 1;
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
