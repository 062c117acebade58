// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/tile_program/program_problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace vr {

namespace {

bool is_wait(TileOpcode opcode) {
    return opcode == TileOpcode::kAcquire || opcode == TileOpcode::kWaitFull;
}

bool moves_box(TileOpcode opcode) {
    return opcode == TileOpcode::kLoad || opcode == TileOpcode::kStore;
}

/// Works on the slot of a pipeline that the actor waited for last.
bool needs_slot(TileOpcode opcode) {
    return moves_box(opcode) || opcode == TileOpcode::kFill || opcode == TileOpcode::kRelease ||
           opcode == TileOpcode::kReleaseAfterMultiply || opcode == TileOpcode::kFillAfterMultiply;
}

/// Contents go through the program's element function: at each kVector, in the slot of pipeline 0.
bool computes(const TileProgram& program) {
    return program.carries_data && program.function == TileFunction::kCustom;
}

class ActorCheck {
  public:
    ActorCheck(const TileProgram& program, const TileActor& actor)
        : program_(program), actor_(actor), held_(program.pipelines.size()) {}

    ProgramProblem run() {
        const auto& code = actor_.code;
        if (code.size() < 3 || code.front().opcode != TileOpcode::kForEachTile ||
            code[code.size() - 2].opcode != TileOpcode::kNextTile ||
            code.back().opcode != TileOpcode::kEnd) {
            return {fmt::format("actor '{}' is no loop over tiles", actor_.name),
                    "code that begins with kForEachTile and ends with kNextTile, kEnd"};
        }
        for (at_ = 1; at_ + 2 < code.size(); ++at_) {
            if (ProgramProblem problem = check(code[at_])) {
                return problem;
            }
        }
        if (in_loop_) {
            return wrong("a kLoop that never ends", "one kEndLoop for each kLoop");
        }
        return {};
    }

  private:
    [[nodiscard]] ProgramProblem wrong(const std::string& what, std::string allowed) const {
        return {fmt::format("actor '{}', instruction {}: {}", actor_.name, at_, what),
                std::move(allowed)};
    }
    ProgramProblem check(const TileInstruction& instruction) {
        const TileOpcode opcode = instruction.opcode;
        switch (opcode) {
            case TileOpcode::kForEachTile:
            case TileOpcode::kNextTile:
            case TileOpcode::kEnd:
                return wrong("a second loop over tiles", "one, which is the actor's whole code");
            case TileOpcode::kLoop:
                if (in_loop_ || instruction.count < 0 ||
                    (instruction.count == 0 && program_.row_tiles.empty())) {
                    return wrong(fmt::format("kLoop of {} rounds{}", instruction.count,
                                             in_loop_ ? " in a loop" : ""),
                                 "one loop at a time, of at least 1 round, or of 0 (those listed) "
                                 "where row_tiles are");
                }
                in_loop_ = true;
                return {};
            case TileOpcode::kEndLoop:
                if (!in_loop_) {
                    return wrong("kEndLoop without kLoop", "one for each kLoop");
                }
                in_loop_ = false;
                return {};
            case TileOpcode::kWriteShared:
                if (program_.products.empty()) {
                    break;
                }
                [[fallthrough]];
            case TileOpcode::kMultiply:
            case TileOpcode::kFillAfterMultiply:
                if (instruction.operand >= program_.products.size()) {
                    return wrong(fmt::format("product {}", instruction.operand),
                                 fmt::format("numbers below {} (TileProgram::products)",
                                             program_.products.size()));
                }
                break;
            case TileOpcode::kArrive:
            case TileOpcode::kAwait:
                if (instruction.operand >= program_.operands.size() ||
                    program_.blocks_per_group != 1) {
                    return wrong(fmt::format("a word of operand {}, groups of {} blocks",
                                             instruction.operand, program_.blocks_per_group),
                                 fmt::format("numbers below {}, groups of one block",
                                             program_.operands.size()));
                }
                break;
            case TileOpcode::kPrefetch:
                if (program_.products.empty() || instruction.operand >= program_.operands.size()) {
                    return wrong(fmt::format("a prefetch of operand {} with {} products",
                                             instruction.operand, program_.products.size()),
                                 fmt::format("numbers below {}, in a program with products",
                                             program_.operands.size()));
                }
                break;
            default:
                break;
        }
        if (instruction.count < 0) {
            return wrong(fmt::format("a count of {}", instruction.count), "0 or more");
        }
        if (is_wait(opcode) || needs_slot(opcode)) {
            return check_slot(instruction);
        }
        if (opcode == TileOpcode::kVector && computes(program_) && !held_.empty() && !held_[0]) {
            return wrong("an element function on a slot that it never waited for",
                         "kWaitFull on pipeline 0 before");
        }
        return {};
    }
    ProgramProblem check_slot(const TileInstruction& instruction) {
        const std::size_t pipeline = instruction.pipeline;
        if (pipeline >= program_.pipelines.size()) {
            return wrong(fmt::format("pipeline {}", pipeline),
                         fmt::format("numbers below {}", program_.pipelines.size()));
        }
        if (is_wait(instruction.opcode)) {
            held_[pipeline] = true;
            return {};
        }
        const TilePipeline& ring = program_.pipelines[pipeline];
        if (!held_[pipeline]) {
            return wrong(fmt::format("a slot of pipeline '{}' that it never waited for", ring.name),
                         "kAcquire or kWaitFull on that pipeline before");
        }
        return moves_box(instruction.opcode) ? check_box(instruction, ring) : ProgramProblem{};
    }
    ProgramProblem check_box(const TileInstruction& instruction, const TilePipeline& ring) const {
        if (instruction.operand >= program_.operands.size()) {
            return wrong(fmt::format("operand {}", instruction.operand),
                         fmt::format("numbers below {}", program_.operands.size()));
        }
        const TileOperand& operand = program_.operands[instruction.operand];
        const std::int64_t end = operand.shared_offset + operand.box_rows * operand.box_bytes;
        if (operand.path == MemoryPath::kTma &&
            (operand.shared_offset < 0 || end > ring.slot_bytes)) {
            return wrong(fmt::format("the box of operand '{}' takes bytes {} to {} of its slot",
                                     operand.name, operand.shared_offset, end),
                         fmt::format("bytes 0 to {} (slot_bytes of pipeline '{}')", ring.slot_bytes,
                                     ring.name));
        }
        return {};
    }

    const TileProgram& program_;
    const TileActor& actor_;
    std::vector<bool> held_;  ///< by pipeline: the actor has waited for a slot
    std::size_t at_ = 0;
    bool in_loop_ = false;
};

ProgramProblem check_shape(const TileProgram& program) {
    if (program.tiles_m < 1 || program.tiles_n < 1 || program.raster_rows < 1 ||
        program.groups < 1 || program.blocks_per_group < 1 || program.blocks_per_group > 2) {
        return {fmt::format("{} x {} tiles in bands of {}, {} groups of {} blocks", program.tiles_m,
                            program.tiles_n, program.raster_rows, program.groups,
                            program.blocks_per_group),
                "at least one of each, at most two blocks in a group"};
    }
    const auto ends =
        std::count_if(program.actors.begin(), program.actors.end(), [](const TileActor& actor) {
            return std::any_of(actor.code.begin(), actor.code.end(), [](const TileInstruction& i) {
                return i.opcode == TileOpcode::kEndTile;
            });
        });
    if (ends != 1) {
        return {fmt::format("kEndTile in {} of {} actors", ends, program.actors.size()),
                "in one, which ends each tile"};
    }
    return {};
}

ProgramProblem check_memory(const TileProgram& program, std::int64_t shared_limit) {
    for (const TilePipeline& ring : program.pipelines) {
        const std::int64_t end = ring.shared_base + ring.stages * ring.slot_bytes;
        if (ring.stages < 1 || ring.slot_bytes < 0 || ring.shared_base < 0 ||
            end > program.shared_bytes) {
            return {
                fmt::format("pipeline '{}': {} slots of {} B from byte {} on", ring.name,
                            ring.stages, ring.slot_bytes, ring.shared_base),
                fmt::format("at least one slot, within shared_bytes ({})", program.shared_bytes)};
        }
    }
    if (program.shared_bytes > shared_limit) {
        return {fmt::format("{} B of shared memory for a block", program.shared_bytes),
                fmt::format("at most {} B", shared_limit)};
    }
    return {};
}

// An element function takes both boxes from the slot of pipeline 0 and writes over the first.
ProgramProblem check_data(const TileProgram& program) {
    const auto& operands = program.operands;
    if (operands.size() < 2 || program.pipelines.empty()) {
        return {fmt::format("{} operands, {} pipelines for an element function", operands.size(),
                            program.pipelines.size()),
                "a load or two, then a store, through pipeline 0"};
    }
    const std::int64_t box = operands[0].box_rows * operands[0].box_bytes;
    const bool second = operands.size() == 2 || operands[1].shared_offset == box;
    if (operands.front().shared_offset != 0 || operands.back().shared_offset != 0 || !second) {
        return {"boxes of an element function lie elsewhere in the slot",
                fmt::format("the first load and the store at offset 0, a second load at {}", box)};
    }
    std::ptrdiff_t vectors = 0;
    for (const TileActor& actor : program.actors) {
        vectors +=
            std::count_if(actor.code.begin(), actor.code.end(),
                          [](const TileInstruction& i) { return i.opcode == TileOpcode::kVector; });
    }
    if (vectors != 1) {
        return {fmt::format("{} kVector instructions for an element function", vectors),
                "one, with the operations of all: it is applied there"};
    }
    if (program.input_type != program.output_type) {
        return {
            fmt::format("an element function from {} to {}", tensor_type_name(program.input_type),
                        tensor_type_name(program.output_type)),
            "one type: results replace the first load's elements"};
    }
    return {};
}

}  // namespace

ProgramProblem program_problem(const TileProgram& program, std::int64_t shared_limit) {
    if (ProgramProblem problem = check_shape(program)) {
        return problem;
    }
    if (ProgramProblem problem = check_memory(program, shared_limit)) {
        return problem;
    }
    for (const TileActor& actor : program.actors) {
        if (ProgramProblem problem = ActorCheck(program, actor).run()) {
            return problem;
        }
    }
    return computes(program) ? check_data(program) : ProgramProblem{};
}

}  // namespace vr
