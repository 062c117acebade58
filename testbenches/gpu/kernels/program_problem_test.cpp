// SPDX-License-Identifier: Apache-2.0
// Question: is each tile program that SMs could not execute refused, with what and what is allowed?
#include "models/gpu/tile_program/program_problem.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <functional>

using namespace vr;
using Do = TileOpcode;

namespace {

constexpr std::int64_t kCapacity = 4096;

/// z = f(x, y), boxes of 256 B in two slots.
TileProgram good() {
    TileProgram program;
    program.tiles_m = program.raster_rows = program.groups = 3;
    for (const std::int64_t offset : {0, 256, 0}) {
        TileOperand& operand = program.operands.emplace_back();
        operand.name = fmt::format("box {}", program.operands.size());
        operand.box_rows = 4;
        operand.box_bytes = 64;
        operand.shared_offset = offset;
    }
    program.pipelines = {{"boxes", 2, 512, 0, false, 1, 1}};
    program.shared_bytes = 1024;
    program.carries_data = true;
    program.function = TileFunction::kCustom;
    program.actors = {{"producer",
                       false,
                       false,
                       {{Do::kForEachTile},
                        {Do::kAcquire},
                        {Do::kLoad, 0, 0},
                        {Do::kLoad, 0, 1},
                        {Do::kFill},
                        {Do::kNextTile},
                        {Do::kEnd}}},
                      {"consumer",
                       false,
                       true,
                       {{Do::kForEachTile},
                        {Do::kWaitFull},
                        {Do::kVector, 0, 0, 64},
                        {Do::kWriteShared, 0, 0, 256},
                        {Do::kStore, 0, 2},
                        {Do::kEndTile},
                        {Do::kNextTile},
                        {Do::kEnd}}}};
    return program;
}

void refused(const std::function<void(TileProgram&)>& change, const std::string& what,
             const std::string& allowed) {
    TileProgram program = good();
    change(program);
    const ProgramProblem problem = program_problem(program, kCapacity);
    INFO(problem.what << "; allowed: " << problem.allowed);
    CHECK(problem.what.find(what) != std::string::npos);
    CHECK(problem.allowed.find(allowed) != std::string::npos);
}

}  // namespace

TEST_CASE("a program that can run has no problem") {
    TileProgram program = good();
    CHECK_FALSE(program_problem(program, kCapacity));
    program.actors[0].code.insert(program.actors[0].code.begin() + 1, {{Do::kLoop, 0, 0, 4}});
    program.actors[0].code.insert(program.actors[0].code.end() - 2, {{Do::kEndLoop}});
    CHECK_FALSE(program_problem(program, kCapacity));
    CHECK_FALSE(program_problem(good(), 1024));
}

TEST_CASE("shapes and shared memory that do not fit are refused") {
    refused([](TileProgram& p) { p.tiles_n = 0; }, "3 x 0 tiles in bands of 3", "at least one");
    refused([](TileProgram& p) { p.groups = 0; }, "0 groups", "at least one");
    refused([](TileProgram& p) { p.blocks_per_group = 3; }, "of 3 blocks", "at most two");
    refused([](TileProgram& p) { p.shared_bytes = 1023; },
            "pipeline 'boxes': 2 slots of 512 B from byte 0", "within shared_bytes (1023)");
    refused([](TileProgram& p) { p.pipelines[0].stages = 0; }, "0 slots", "at least one slot");
    refused([](TileProgram& p) { p.pipelines[0].stages = 9, p.shared_bytes = 9 * 512; },
            "4608 B of shared memory", "at most 4096 B");
}

TEST_CASE("code that is no loop over tiles is refused") {
    const std::string loop = "begins with kForEachTile and ends with kNextTile, kEnd";
    refused([](TileProgram& p) { p.actors[0].code.clear(); }, "'producer' is no loop", loop);
    refused([](TileProgram& p) { p.actors[1].code.pop_back(); }, "'consumer' is no loop", loop);
    refused([](TileProgram& p) { p.actors[1].code.front() = {Do::kWaitFull}; }, "no loop", loop);
    refused([](TileProgram& p) { p.actors[0].code[4] = {Do::kEnd}; },
            "actor 'producer', instruction 4: a second loop over tiles", "one");
    refused(
        [](TileProgram& p) {
            p.actors[0].code[4] = {Do::kLoop, 0, 0, 2};
        },
        "a kLoop that never ends", "one kEndLoop for each kLoop");
    refused([](TileProgram& p) { p.actors[0].code[4] = {Do::kLoop}; }, "kLoop of 0 rounds",
            "where row_tiles are");
    refused([](TileProgram& p) { p.actors[0].code[4] = {Do::kEndLoop}; }, "kEndLoop without kLoop",
            "one for each");
    refused(
        [](TileProgram& p) {
            p.actors[0].code[1] = p.actors[0].code[2] = {Do::kLoop, 0, 0, 2};
        },
        "instruction 2: kLoop of 2 rounds in a loop", "one loop at a time");
    refused([](TileProgram& p) { p.actors[1].code[5] = {Do::kVector}; }, "kEndTile in 0 of 2",
            "in one");
    refused([](TileProgram& p) { p.actors[0].code[4] = {Do::kEndTile}; }, "kEndTile in 2 of 2",
            "in one");
}

TEST_CASE("instructions that name what is not there are refused") {
    refused([](TileProgram& p) { p.actors[0].code[1].pipeline = 1; },
            "actor 'producer', instruction 1: pipeline 1", "numbers below 1");
    refused([](TileProgram& p) { p.actors[1].code[4].operand = 3; }, "instruction 4: operand 3",
            "numbers below 3");
    refused([](TileProgram& p) { p.actors[1].code[2].count = -1; }, "a count of -1", "0 or more");
    refused([](TileProgram& p) { p.actors[1].code[2] = {Do::kMultiply}; }, "product 0",
            "numbers below 0 (TileProgram::products)");
    refused(
        [](TileProgram& p) {
            p.actors[0].code[2] = {Do::kPrefetch, 0, 1};
        },
        "a prefetch of operand 1 with 0 products", "in a program with products");
    refused([](TileProgram& p) { p.actors[0].code[1] = {Do::kWriteShared}; },
            "instruction 2: a slot of pipeline 'boxes' that it never waited for", "kAcquire");
    refused([](TileProgram& p) { p.operands[1].shared_offset = 257; },
            "the box of operand 'box 2' takes bytes 257 to 513 of its slot", "bytes 0 to 512");
}

TEST_CASE("boxes that an element function would not find are refused") {
    refused([](TileProgram& p) { p.operands[1].shared_offset = 128; }, "lie elsewhere in the slot",
            "a second load at 256");
    refused([](TileProgram& p) { p.operands[2].shared_offset = 256; }, "lie elsewhere",
            "the store at offset 0");
    refused([](TileProgram& p) { p.actors[1].code[3] = {Do::kVector}; }, "2 kVector instructions",
            "one, with the operations of all");
    refused([](TileProgram& p) { p.actors[1].code[2] = {Do::kFill}; }, "0 kVector instructions",
            "one, with");
    refused([](TileProgram& p) { p.actors[0].code[1] = {Do::kVector}; },
            "actor 'producer', instruction 1: an element function on a slot that it never waited "
            "for",
            "kWaitFull on pipeline 0");
    refused([](TileProgram& p) { p.output_type = TensorType::kFp32; },
            "an element function from bf16 to fp32", "one type");
    TileProgram timing_only = good();
    timing_only.carries_data = false;
    timing_only.operands[2].shared_offset = 256;
    CHECK_FALSE(program_problem(timing_only, kCapacity));
}
