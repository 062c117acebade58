// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/tile_program/tile_program.h"

#include "models/transport/digest.h"

#include <algorithm>

#include "models/base/quantity.h"

namespace vr {

bool TileProgram::prefetches(std::int64_t tile, std::int64_t round,
                             const TileOperand& operand) const {
    const std::int64_t band = tile / (raster_rows * tiles_n);
    const std::int64_t band_begin = band * raster_rows * tiles_n;
    const std::int64_t rows = std::min(raster_rows, tiles_m - band * raster_rows);
    const std::int64_t wave = tile / groups * groups;
    const std::int64_t begin = std::max(wave, band_begin);
    const std::int64_t end = std::min(wave + groups, band_begin + rows * tiles_n);
    // Tiles of a band are numbered down its columns: the next in the same row is `rows` further.
    const bool by_row = operand.row.n == 0;
    const std::int64_t row_of_band = (tile - band_begin) % rows;
    const std::int64_t column_begin = tile - row_of_band;
    // What belongs to a column of tiles is the same for the rows of one product.
    std::int64_t same_begin = 0;
    std::int64_t same_end = rows;
    if (!by_row && !row_tiles.empty()) {
        const auto band_rows = row_tiles.begin() + band * raster_rows;
        const auto [low, high] =
            std::equal_range(band_rows, band_rows + rows, band_rows[row_of_band],
                             [](const RowTile& a, const RowTile& b) { return a.group < b.group; });
        same_begin = low - band_rows;
        same_end = high - band_rows;
    }
    const std::int64_t step = by_row ? rows : 1;
    const std::int64_t first = by_row ? begin : std::max(begin, column_begin + same_begin);
    const std::int64_t last = by_row ? end : std::min(end, column_begin + same_end);
    const std::int64_t before = (tile - first) / step;
    const std::int64_t sharing = before + divide_round_up(last - tile, step);
    return sharing > 1 && round % sharing == before;
}

std::vector<std::int32_t> DispatchRule::list_rows(
    const std::vector<std::vector<std::int64_t>>& experts) const {
    const auto size = by_token ? tokens * count : starts.back();
    std::vector<std::int32_t> list(static_cast<std::size_t>(size), -1);
    std::vector<std::int64_t> next(starts.begin(), starts.end() - 1);
    for (std::size_t token = 0; token < experts.size(); ++token) {
        for (std::size_t i = 0; i < experts[token].size(); ++i) {
            const std::int64_t expert = experts[token][i];
            if (expert < 0) {
                continue;  // another GPU's
            }
            const std::int64_t row = next[static_cast<std::size_t>(expert)]++;
            const std::size_t at = by_token ? token * static_cast<std::size_t>(count) + i
                                            : static_cast<std::size_t>(row);
            list[at] = static_cast<std::int32_t>(by_token ? row : static_cast<std::int64_t>(token));
        }
    }
    return list;
}

std::int64_t TileProgram::slot_bytes() const {
    std::int64_t bytes = shared_bytes;
    for (const TilePipeline& ring : pipelines) {
        bytes = std::max(bytes, ring.shared_base + ring.stages * ring.slot_bytes);
    }
    return bytes;
}

std::uint64_t TileProgram::code() const {
    DigestSink out;
    const auto push = [&](auto value) { out.push(static_cast<std::uint64_t>(value)); };
    push(function);
    push(row_function);
    push(input_type);
    push(second_type);
    push(output_type);
    push(blocks_per_group);
    push(chunk_columns);
    push(gated);
    for (const MatrixProduct& product : products) {
        push(product.instruction.kind);
        push(product.instruction.m);
        push(product.instruction.n);
    }
    for (const TileActor& actor : actors) {
        for (const TileInstruction& instruction : actor.code) {
            push(instruction.opcode);
            push(instruction.pipeline);
            push(instruction.operand);
        }
    }
    return out.value();
}

}  // namespace vr
