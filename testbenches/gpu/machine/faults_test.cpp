// SPDX-License-Identifier: Apache-2.0
// One flipped bit: in memory, in shared memory, in tensor memory. It shows in exactly the elements
// that it must reach.
#include <algorithm>
#include <functional>
#include <set>

#include "app/platform/machine.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

struct Element {
    std::int64_t row, column;
    auto operator<=>(const Element&) const = default;
};
using Elements = std::set<Element>;

Elements changed(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b,
                 std::int64_t n) {
    Elements result;
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] != b[i]) {
            result.insert({static_cast<std::int64_t>(i) / n, static_cast<std::int64_t>(i) % n});
        }
    }
    return result;
}

Elements rectangle(std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
    Elements result;
    for (std::int64_t r = row; r < row + rows; ++r) {
        for (std::int64_t c = column; c < column + columns; ++c) {
            result.insert({r, c});
        }
    }
    return result;
}

// The answer with `flipped` inside a rectangle, and `plain` outside: a fault that one tile alone
// has seen.
std::vector<std::uint32_t> within(const std::vector<std::uint32_t>& plain,
                                  const std::vector<std::uint32_t>& flipped, const Elements& where,
                                  std::int64_t n) {
    std::vector<std::uint32_t> result = plain;
    for (const Element& e : where) {
        const auto i = static_cast<std::size_t>(e.row * n + e.column);
        result[i] = flipped[i];
    }
    return result;
}

struct Outcome {
    std::vector<std::uint32_t> plain;  // the reference without the fault
    std::vector<std::uint32_t> got;
};

Outcome run_with(MachineRig& rig, const std::function<void()>& fault) {
    Outcome outcome;
    outcome.plain = rig.reference();
    fault();
    rig.run();
    outcome.got = rig.codes(2);
    return outcome;
}

}  // namespace

TEST_CASE("a bit of A in memory changes one row, a bit of B one column") {
    for (const char* type : {"bf16", "fp8_e4m3"}) {
        for (const std::size_t side : {0U, 1U}) {
            MachineRig rig(gemm_trace(300, 200, 64, type, "fp32"));
            const std::int64_t row = 141;
            const Outcome o = run_with(rig, [&] {  // the sign of element 5
                const TensorPlace& place = rig.place(side);
                const std::uint64_t width = std::string(type) == "bf16" ? 2 : 1;
                rig.gpu().contents().flip_bit(place.base +
                                                  static_cast<std::uint64_t>(row * place.pitch) +
                                                  5 * width + width - 1,
                                              7);
            });
            INFO(type << " side " << side);
            CHECK((changed(o.plain, o.got, 200) ==
                   (side == 0 ? rectangle(row, 1, 0, 200) : rectangle(0, 300, row, 1))));
            CHECK((o.got == rig.reference()));
        }
    }
}

TEST_CASE("a bit of a block scale in memory changes one row or column") {
    for (const std::size_t side : {0U, 1U}) {
        MachineRig rig(gemm_trace(260, 300, 320, "nvfp4", "fp32"));
        const std::int64_t row = 201;
        const std::int64_t block = 7;
        const Outcome o = run_with(rig, [&] {
            const TensorPlace& place = rig.place(side);
            rig.gpu().contents().flip_bit(
                place.scale_base +
                    static_cast<std::uint64_t>(row / kScaleAtomRows * place.scale_pitch +
                                               block / 4 * kScaleAtomBytes +
                                               scale_offset(row % kScaleAtomRows, block % 4)),
                4);
        });
        INFO("side " << side);
        const Elements where = side == 0 ? rectangle(row, 1, 0, 300) : rectangle(0, 260, row, 1);
        const Elements seen = changed(o.plain, o.got, 300);
        CHECK(std::includes(where.begin(), where.end(), seen.begin(), seen.end()));
        CHECK(seen.size() * 100 > where.size() * 97);  // sixteen products may cancel to zero
        CHECK((o.got == rig.reference()));
    }
}

TEST_CASE("a bit in shared memory reaches one row or column of one tile") {
    // Single SMs: each holds its own copy of the operands.
    for (const bool of_a : {true, false}) {
        MachineRig rig(gemm_trace(128, 128, 128, "fp8_e4m3", "fp32"));
        const TileProgram& program = rig.gpu().programs()[0];
        REQUIRE(program.blocks_per_group == 1);
        REQUIRE(program.tiles_n == 2);
        const std::int64_t row = 33;  // of the box
        TensorBytes a = rig.bytes(0);
        TensorBytes b = rig.bytes(1);
        TensorBytes& struck = of_a ? a : b;
        struck.elements[static_cast<std::size_t>(row * struck.row_bytes + 9)] ^= 0x80;
        const std::vector<std::uint32_t> flipped = rig.reference_of(a, b);
        DataFault fault;
        fault.site = FaultSite::kSharedMemory;
        fault.occurrence = 1;  // both boxes of the first slot are there
        fault.byte = static_cast<std::uint64_t>((of_a ? 0 : program.operands[1].shared_offset) +
                                                row * 128 + 9);
        fault.bit = 7;
        const Outcome o = run_with(rig, [&] { rig.gpu().data_path().plant(fault); });
        const Elements where = of_a ? rectangle(row, 1, 0, program.products.front().columns)
                                    : rectangle(0, 128, row, 1);
        CHECK((changed(o.plain, o.got, 128) == where));
        CHECK((o.got == within(o.plain, flipped, where, 128)));
    }
}

TEST_CASE("B in the shared memory of one SM of a pair serves both SMs") {
    MachineRig rig(gemm_trace(256, 256, 128, "fp8_e4m3", "fp32"));
    const TileProgram& program = rig.gpu().programs()[0];
    REQUIRE(program.blocks_per_group == 2);
    REQUIRE(program.products.front().columns == 256);
    const Outcome o = run_with(rig, [&] {
        DataFault fault;
        fault.sm = 1;  // holds columns 128 to 255
        fault.occurrence = 1;
        fault.byte = static_cast<std::uint64_t>(program.operands[1].shared_offset + 3 * 128);
        fault.bit = 7;
        rig.gpu().data_path().plant(fault);
    });
    CHECK((changed(o.plain, o.got, 256) == rectangle(0, 256, 131, 1)));
}

TEST_CASE("a bit of a scale in tensor memory changes one row of a tile") {
    MachineRig rig(gemm_trace(256, 256, 256, "nvfp4", "fp32"));
    const TileProgram& program = rig.gpu().programs()[0];
    REQUIRE(program.blocks_per_group == 2);
    TensorBytes a = rig.bytes(0);
    const std::int64_t row = 128 + 17;  // row 17 of the second SM
    const std::int64_t block = 6;
    a.scales[static_cast<std::size_t>(row * a.scale_row_bytes + block)] ^= 1U << 4;
    const std::vector<std::uint32_t> flipped = rig.reference_of(a, rig.bytes(1));
    const Outcome o = run_with(rig, [&] {
        DataFault fault;
        fault.site = FaultSite::kTensorMemoryScale;
        fault.sm = 1;
        fault.byte =
            static_cast<std::uint64_t>(block / 4 * kScaleAtomBytes + scale_offset(17, block % 4));
        fault.bit = 4;
        rig.gpu().data_path().plant(fault);
    });
    CHECK((changed(o.plain, o.got, 256) == rectangle(row, 1, 0, 256)));
    CHECK((o.got == flipped));
}

TEST_CASE("a bit of an accumulator changes that element alone") {
    for (const char* out : {"fp32", "bf16"}) {
        MachineRig rig(gemm_trace(256, 256, 128, "bf16", out));
        const TileProgram& program = rig.gpu().programs()[0];
        REQUIRE(program.blocks_per_group == 2);
        const Outcome o = run_with(rig, [&] {
            DataFault fault;
            fault.site = FaultSite::kTensorMemory;
            fault.sm = 1;
            fault.byte =
                static_cast<std::uint64_t>((40 * program.products.front().columns + 7) * 4 + 3);
            fault.bit = 7;
            rig.gpu().data_path().plant(fault);
        });
        CHECK((changed(o.plain, o.got, 256) == Elements{{128 + 40, 7}}));
        const auto i = static_cast<std::size_t>(168 * 256 + 7);
        CHECK((o.got[i] ^ o.plain[i]) == (std::string(out) == "fp32" ? 0x80000000U : 0x8000U));
    }
}

TEST_CASE("a fault at an occurrence that never comes changes nothing") {
    MachineRig rig(gemm_trace(128, 128, 128, "fp8_e4m3", "fp32"));
    const Outcome o = run_with(rig, [&] {
        DataFault fault;
        fault.occurrence = 1000;
        rig.gpu().data_path().plant(fault);
    });
    CHECK((o.plain == o.got));
}
