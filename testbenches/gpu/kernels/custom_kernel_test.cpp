// SPDX-License-Identifier: Apache-2.0
// Question: is a custom operator the program of the kernel of its name, and is what cannot be run
// refused with operator, kernel and what is allowed?
#include "models/gpu/kernels/custom_kernel.h"

#include <catch2/catch.hpp>
#include <map>

#include "testbenches/gpu/support/load_gpu.h"

using namespace vr;
using namespace vr::testing;
using Catch::Matchers::Contains;

namespace {

// A streaming program; with `element` it says what becomes of data, with `broken` its consumer
// stores from a slot that it never waited for.
template <bool kElement, bool kBroken>
struct Stream final : CustomKernel {
    TileProgram program(const Workload& workload, OperatorIndex index,
                        const std::vector<TensorPlace>& places,
                        const KernelTarget& target) const override {
        TileProgram program = elementwise_program(workload, index, places, target);
        if (kElement) {
            program.function = TileFunction::kCustom;
            program.element = [](float x, float) { return x; };
        }
        if (kBroken) {
            program.actors[1].code.erase(program.actors[1].code.begin() + 1);
        }
        return program;
    }
    std::int64_t flops(const Workload&, const OperatorSpec&) const override { return 7; }
};
const Registration<Stream<true, false>, CustomKernel> kHalf(custom_kernels(), "half");
const Registration<Stream<false, false>, CustomKernel> kMute(custom_kernels(), "mute");
const Registration<Stream<true, true>, CustomKernel> kBroken(custom_kernels(), "broken");

/// One operator from tensor "in" to tensor "out".
struct Bench {
    GpuConfig config = load_gpu("tiny");
    Workload workload;

    Bench(const std::string& kernel, TensorType type, bool data) {
        for (const char* name : {"in", "out"}) {
            TensorSpec tensor;
            tensor.name = name;
            tensor.type = type;
            tensor.rows = 64;
            tensor.columns = 256;
            tensor.data = data ? TensorData::kProduced : TensorData::kNone;
            workload.tensors.push_back(tensor);
        }
        OperatorSpec op;
        op.id = "mine";
        op.kind = OperatorKind::kCustom;
        op.kernel = kernel;
        op.inputs = {TensorIndex{0}};
        op.output = TensorIndex{1};
        op.line = 4;
        workload.operators = {op};
    }
    TileProgram build() {
        const auto places = place_tensors(workload, GpuIndex{0},
                                          static_cast<std::uint64_t>(config.tensor_alignment.value),
                                          static_cast<std::uint64_t>(config.hbm4.capacity().value));
        return build_program(
            workload, OperatorIndex{0}, places,
            {config.sms, config.sm, config.crossbar.return_width.value, config.l2.capacity.value});
    }
};

}  // namespace

TEST_CASE("a custom operator gets the program and the FLOPs of the kernel of its name") {
    Bench bench("half", TensorType::kBf16, true);
    const TileProgram program = bench.build();
    CHECK(program.function == TileFunction::kCustom);
    CHECK(program.operands.size() == 2);
    CHECK(program.tiles() == 2);  // 32 KiB in chunks of 16 KiB
    CHECK(operator_flops(bench.workload, bench.workload.operators[0]) == 7);
}

TEST_CASE("what a custom operator cannot be is refused") {
    CHECK_THROWS_WITH(
        Bench("hall", TensorType::kBf16, false).build(),
        Contains("operator 'mine': unknown kernel 'hall'; allowed: broken, half, mute"));
    CHECK_THROWS_WITH(Bench("mute", TensorType::kBf16, true).build(),
                      Contains("kernel 'mute' has no function of them"));
    CHECK_NOTHROW(Bench("mute", TensorType::kBf16, false).build());
    CHECK_THROWS_WITH(Bench("half", TensorType::kFp8E4m3, true).build(),
                      Contains("kernel 'half' on data of type fp8_e4m3; allowed: bf16 or fp32"));
    CHECK_NOTHROW(Bench("half", TensorType::kFp8E4m3, false).build());
    CHECK_THROWS_WITH(Bench("broken", TensorType::kBf16, false).build(),
                      Contains("operator 'mine': the program of kernel 'broken' cannot run: actor "
                               "'consumer', instruction 3: a slot of pipeline 'buffers' that it "
                               "never waited for; allowed: kAcquire or kWaitFull"));
}

TEST_CASE("parts of a long run of reading blocks follow one another without a gap") {
    constexpr std::int64_t kRounds = 10;
    constexpr std::int64_t kUnderWay = 4;
    std::map<std::int64_t, std::int64_t> reached;  // block: its next round
    std::int64_t begin = 0;
    for (const std::int64_t length : {3, 10, 25}) {
        Bench bench("thread_read", TensorType::kBf16, false);
        bench.workload.operators[0].arguments = {
            {"threads", 32},          {"element_bytes", 8}, {"loads", 1},
            {"rounds", kRounds},      {"blocks", 3},        {"rounds_in_flight", 1},
            {"under_way", kUnderWay}, {"begin", begin},     {"length", length}};
        const TileProgram program = bench.build();
        REQUIRE(std::ssize(program.row_tiles) == program.tiles());
        std::int64_t sum = 0;
        for (const RowTile& tile : program.row_tiles) {
            const std::int64_t block = tile.at.front();
            if (begin > 0 || tile.first_round == 0) {
                CHECK(tile.first_round == reached[block]);
            }
            reached[block] = tile.end_round;
            sum += tile.end_round - tile.first_round;
        }
        CHECK(sum == kUnderWay * length);  // so many run at each time
        begin += length;
    }
    Bench bench("thread_read", TensorType::kBf16, false);
    bench.workload.operators[0].arguments = {{"under_way", 2}, {"length", 16}};
    CHECK_THROWS_WITH(bench.build(),
                      Contains("a length of 16 rounds; allowed: less than 16 times"));
    bench.workload.operators[0].arguments = {{"under_way", 2}, {"launches", 4}};
    CHECK_THROWS_WITH(bench.build(), Contains("launches"));
}
