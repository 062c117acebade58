// SPDX-License-Identifier: Apache-2.0
// Kernels: tile shapes that fit the machine, tiles and boxes that cover the tensors exactly once.
#include "models/gpu/kernels/gemm_plan.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "models/base/error.h"
#include "models/base/random.h"
#include "testbenches/gpu/support/load_gpu.h"

using namespace vr;
using namespace vr::testing;

namespace {

Workload gemm(std::int64_t m, std::int64_t n, std::int64_t k, TensorType type, TensorType out) {
    Workload workload;
    workload.tensors = {{"a", type, m, k, TensorData::kNone, "", {}},
                        {"b", type, n, k, TensorData::kNone, "", {}},
                        {"d", out, m, n, TensorData::kNone, "", {}}};
    OperatorSpec op;
    op.id = "product";
    op.inputs = {TensorIndex{0}, TensorIndex{1}};
    op.output = TensorIndex{2};
    workload.operators = {op};
    return workload;
}

KernelTarget target_of(const GpuConfig& gpu) {
    return {gpu.sms, gpu.sm, gpu.crossbar.return_width.value};
}

TileProgram build(const Workload& workload, const GpuConfig& gpu) {
    const auto places = place_tensors(workload, GpuIndex{}, 4096, 1ULL << 40);
    return build_program(workload, OperatorIndex{0}, places, target_of(gpu));
}

// Rounds of the innermost loop of the actor that moves this operand.
std::int64_t rounds(const TileProgram& program, std::size_t operand) {
    for (const TileActor& actor : program.actors) {
        std::int64_t count = 1;
        for (const TileInstruction& instruction : actor.code) {
            count = instruction.opcode == TileOpcode::kLoop ? instruction.count : count;
            const bool moves =
                instruction.opcode == TileOpcode::kLoad || instruction.opcode == TileOpcode::kStore;
            if (moves && instruction.operand == operand) {
                return count;
            }
        }
    }
    return 0;
}

// How often each sector of the operand's tensor is moved by the whole kernel.
std::vector<int> coverage(const TileProgram& program, std::size_t number) {
    const TileOperand& operand = program.operands[number];
    const std::int64_t sectors = operand.row_bytes / 32;
    std::vector<int> counts(static_cast<std::size_t>(operand.tensor_rows * sectors));
    for (std::int64_t tile = 0; tile < program.tiles(); ++tile) {
        const TileProgram::Place place = program.place(tile);
        for (std::int64_t k = 0; k < rounds(program, number); ++k) {
            for (std::int64_t block = 0; block < program.blocks_per_group; ++block) {
                const auto at = [&](const TileForm& f) {
                    return f.m * place.m + f.n * place.n + f.k * k + f.block * block;
                };
                const std::int64_t row = at(operand.row);
                const std::int64_t byte = at(operand.byte);
                for (std::int64_t r = row;
                     r < std::min(row + operand.box_rows, operand.tensor_rows); ++r) {
                    for (std::int64_t b = byte;
                         b < std::min(byte + operand.box_bytes, operand.row_bytes); b += 32) {
                        ++counts[static_cast<std::size_t>(r * sectors + b / 32)];
                    }
                }
            }
        }
    }
    return counts;
}

struct Shape {
    std::int64_t m, n, k;
    TensorType type, out;
};

std::vector<Shape> random_shapes(int count) {
    SplitMix64 random(21);
    const auto below = [&](std::uint64_t n) {
        return static_cast<std::int64_t>(random.next() % n);
    };
    std::vector<Shape> shapes;
    for (int i = 0; i < count; ++i) {
        const TensorType types[] = {TensorType::kBf16, TensorType::kFp8E4m3, TensorType::kNvfp4};
        Shape shape;
        shape.m = 1 + below(i % 2 == 0 ? 130 : 900);
        shape.n = 1 + below(700);
        shape.k = 32 * (1 + below(24));
        shape.type = types[below(3)];
        shape.out = below(2) == 0 ? TensorType::kBf16 : TensorType::kFp32;
        shapes.push_back(shape);
    }
    return shapes;
}

}  // namespace

TEST_CASE("tile shapes fit shared memory and tensor memory") {
    for (const char* platform : {"tiny", "rubin", "b200"}) {
        const GpuConfig gpu = load_gpu(platform);
        bool pair = false;
        bool single = false;
        for (const Shape& s : random_shapes(60)) {
            const TileProgram program = build(gemm(s.m, s.n, s.k, s.type, s.out), gpu);
            INFO(platform << " " << s.m << "x" << s.n << "x" << s.k);
            pair = pair || program.blocks_per_group == 2;
            single = single || program.blocks_per_group == 1;
            CHECK(program.shared_bytes <= gpu.sm.shared_memory.capacity.value);
            for (const TilePipeline& pipeline : program.pipelines) {
                CHECK(pipeline.shared_base + pipeline.stages * pipeline.slot_bytes <=
                      program.shared_bytes);
            }
            CHECK(program.pipelines[0].stages >= 2);
            const std::int64_t accumulators =
                program.pipelines[program.products.front().accumulator_pipeline].stages;
            CHECK(accumulators * program.products.front().columns <= gpu.sm.tensor_memory.columns);
            CHECK(program.products.front().rows / program.blocks_per_group <=
                  gpu.sm.tensor_memory.lanes);
            CHECK(program.groups * program.blocks_per_group <= gpu.sms);
        }
        CHECK(pair);
        CHECK(single);
    }
}

TEST_CASE("every tile of the walk is visited once") {
    SplitMix64 random(5);
    for (int i = 0; i < 200; ++i) {
        TileProgram program;
        program.tiles_m = 1 + static_cast<std::int64_t>(random.next() % 23);
        program.tiles_n = 1 + static_cast<std::int64_t>(random.next() % 23);
        program.raster_rows = 1 + static_cast<std::int64_t>(
                                      random.next() % static_cast<std::uint64_t>(program.tiles_m));
        std::set<std::pair<std::int64_t, std::int64_t>> seen;
        for (std::int64_t tile = 0; tile < program.tiles(); ++tile) {
            const TileProgram::Place place = program.place(tile);
            REQUIRE(place.m < program.tiles_m);
            REQUIRE(place.n < program.tiles_n);
            REQUIRE(seen.insert({place.m, place.n}).second);
        }
    }
}

TEST_CASE("of the groups that want one box at the same time, one prefetches it") {
    SplitMix64 random(8);
    const auto below = [&](std::int64_t n) {
        return static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(n));
    };
    TileOperand by_row;  // depends on the tile's row alone, as A does
    by_row.row.m = 1;
    TileOperand by_column;
    by_column.row.n = 1;
    std::int64_t prefetched = 0;
    for (int i = 0; i < 200; ++i) {
        TileProgram program;
        program.tiles_m = 1 + below(23);
        program.tiles_n = 1 + below(23);
        program.raster_rows = 1 + below(program.tiles_m);
        program.groups = 1 + below(std::min<std::int64_t>(program.tiles(), 60));
        for (std::int64_t m = 0; i % 2 == 1 && m < program.tiles_m; ++m) {  // several products
            const std::int64_t before = m == 0 ? 0 : program.row_tiles.back().group;
            RowTile row;
            row.group = before + (below(4) == 0 ? 1 + below(2) : 0);
            program.row_tiles.push_back(row);
        }
        const std::int64_t round = below(100);
        // Wave, band, row or column of tiles: how many want it and how many prefetch it.
        std::map<std::array<std::int64_t, 5>, std::pair<int, int>> boxes;
        for (std::int64_t tile = 0; tile < program.tiles(); ++tile) {
            const TileProgram::Place place = program.place(tile);
            const std::int64_t wave = tile / program.groups;
            const std::int64_t band = place.m / program.raster_rows;
            for (const auto& [key, operand] :
                 {std::pair{std::array{wave, band, place.m, std::int64_t{-1}, place.g}, &by_row},
                  std::pair{std::array{wave, band, std::int64_t{-1}, place.n, place.g},
                            &by_column}}) {
                ++boxes[key].first;
                boxes[key].second += program.prefetches(tile, round, *operand) ? 1 : 0;
            }
        }
        for (const auto& [key, count] : boxes) {
            REQUIRE(count.second == (count.first > 1 ? 1 : 0));
            prefetched += count.second;
        }
    }
    CHECK(prefetched > 1000);
}

TEST_CASE("products prefetch into L2 but those side by side") {
    const GpuConfig gpu = load_gpu("rubin");
    const auto prefetches = [&](OperatorKind kind) {
        Workload workload = gemm(4096, 1024, 512, TensorType::kFp8E4m3, TensorType::kBf16);
        OperatorSpec& op = workload.operators[0];
        op.kind = kind;
        op.rows = {4000, 96};
        workload.tensors[1].rows = kind == OperatorKind::kGroupedGemm ? 2048 : 1024;
        if (kind == OperatorKind::kBatchedGemm) {
            op.groups = 2;
            workload.tensors[1].columns = 256;
            op.input_columns = {256, 0};
            op.output_columns = {512, 0};
        }
        std::ptrdiff_t count = 0;
        for (const TileActor& actor : build(workload, gpu).actors) {
            count += std::count_if(actor.code.begin(), actor.code.end(),
                                   [](const auto& i) { return i.opcode == TileOpcode::kPrefetch; });
        }
        return count;
    };
    CHECK(prefetches(OperatorKind::kGemm) == 2);
    CHECK(prefetches(OperatorKind::kGroupedGemm) == 2);
    CHECK(prefetches(OperatorKind::kBatchedGemm) == 0);
}

TEST_CASE("boxes cover the output once and each operand once per tile that needs it") {
    for (const char* platform : {"tiny", "rubin"}) {
        const GpuConfig gpu = load_gpu(platform);
        for (const Shape& s : random_shapes(24)) {
            const TileProgram program = build(gemm(s.m, s.n, s.k, s.type, s.out), gpu);
            INFO(platform << " " << s.m << "x" << s.n << "x" << s.k);
            const auto all = [&](std::size_t operand, std::int64_t times) {
                const auto counts = coverage(program, operand);
                return !counts.empty() &&
                       std::all_of(counts.begin(), counts.end(), [&](int n) { return n == times; });
            };
            CHECK(all(0, program.tiles_n));
            CHECK(all(1, program.tiles_m));
            CHECK(all(2, 1));
            if (program.operands.size() == 5) {
                CHECK(all(3, program.tiles_n));
                CHECK(all(4, program.tiles_m));
            }
        }
    }
}

TEST_CASE("a shape that leaves SMs idle is not taken when a smaller tile is faster") {
    const GpuConfig gpu = load_gpu("rubin");
    const KernelTarget target = target_of(gpu);
    // 28 x 8 tiles of the pair's largest shape: two full waves of the best rate.
    const TileShape large =
        choose_gemm_shape({28 * 256}, 8 * 256, 1, 8192, TensorType::kFp8E4m3, target);
    CHECK(large.blocks == 2);
    CHECK(large.columns == 256);
    // 128 rows and 2112 columns: 9 tiles of 256 columns, or 33 of 64.
    const TileShape thin = choose_gemm_shape({64}, 2112, 1, 7168, TensorType::kFp8E4m3, target);
    CHECK(thin.columns < 256);
    CHECK(thin.rows == 64);
}

TEST_CASE("a machine without room for two stages is refused with the key to change") {
    const GpuConfig gpu = load_gpu("tiny", {"gpu.sm.shared_memory.capacity=64 KiB"});
    CHECK_THROWS_WITH(build(gemm(512, 512, 512, TensorType::kBf16, TensorType::kBf16), gpu),
                      Catch::Matchers::Contains("gpu.sm.shared_memory.capacity"));
}
