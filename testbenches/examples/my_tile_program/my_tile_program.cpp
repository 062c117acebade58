// SPDX-License-Identifier: Apache-2.0
// A tile program written out: row r of z is row r of x plus 2 times row r mod P of a table of P.
#include <algorithm>
#include "models/gpu/kernels/slot_builder.h"
#include "models/gpu/kernels/thread_kernels.h"
using namespace vr;
using Do = TileOpcode;

class MyTileProgram final : public CustomKernel {
    TileProgram program(const Workload& workload, OperatorIndex index,
                        const std::vector<TensorPlace>& places,
                        const KernelTarget& target) const override {
        SlotBuilder b(workload, index, places, target);
        const TensorSpec& x = b.tensor(b.spec.inputs.front());
        const TensorSpec& table = b.tensor(b.spec.inputs.back());
        const TensorSpec& z = b.tensor(b.spec.output);
        KernelArguments arguments(b.spec);
        const std::int64_t rows = arguments.get("rows", 8, 1, 256);  // of a tile
        arguments.finish();                                          // refuses all others
        if (b.spec.inputs.size() != 2 || x.rows != z.rows || table.rows % rows != 0 ||
            x.columns != z.columns || table.columns != z.columns || x.type != z.type ||
            table.type != z.type) {
            throw InputError(Diagnostic{"", b.spec.line, 0, b.spec.id + ": inputs do not fit z",
                                        "x of z's shape, a table of whole tiles", ""});
        }
        const std::int64_t row_bytes = places[b.spec.output.value].row_bytes;
        const std::int64_t bytes = rows * row_bytes;  // of a box
        b.add("load x", b.spec.inputs[0], rows, row_bytes);
        TileOperand& second = b.add("load table", b.spec.inputs[1], rows, row_bytes);
        second.row_modulo = table.rows;  // tile m takes rows m x rows mod P on
        second.shared_offset = bytes;    // behind x
        b.add("store z", b.spec.output, rows, row_bytes).shared_offset = 0;  // in x's place
        TileProgram& p = b.program;
        p.tiles_m = p.raster_rows = divide_round_up(z.rows, rows);
        p.groups = std::min(p.tiles_m, target.sms);  // each takes every groups-th tile
        p.pipelines = {{"boxes", 4, 2 * bytes, 0, false, 1, 1}};
        p.shared_bytes = 4 * 2 * bytes;
        p.input_type = p.output_type = z.type;
        p.function = TileFunction::kCustom;
        p.element = [](float one, float two) { return one + 2 * two; };
        const auto for_each_tile = [&p](const char* name, std::vector<TileInstruction> code) {
            code.insert(code.begin(), TileInstruction{Do::kForEachTile});
            code.insert(code.end(), {{Do::kNextTile}, {Do::kEnd}});
            p.actors.push_back({name, false, p.actors.size() == 1, std::move(code)});
        };
        for_each_tile("producer",
                      {{Do::kAcquire}, {Do::kLoad, 0, 0}, {Do::kLoad, 0, 1}, {Do::kFill}});
        for_each_tile("consumer", {{Do::kWaitFull},
                                   {Do::kVector, 0, 0, rows * z.columns},
                                   {Do::kWriteShared, 0, 0, bytes},
                                   {Do::kStore, 0, 2},
                                   {Do::kEndTile}});
        return p;
    }
    std::int64_t flops(const Workload& workload, const OperatorSpec& spec) const override {
        const TensorSpec& z = workload.tensors[spec.output.value];
        return 2 * z.rows * z.columns;
    }
};
const Registration<MyTileProgram, CustomKernel> kRegistered(custom_kernels(), "my_tile_program");
