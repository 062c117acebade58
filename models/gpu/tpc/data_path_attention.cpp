// SPDX-License-Identifier: Apache-2.0
// The running softmax of attention, block of keys by block of keys, with sums in FP32. The output
// so far is multiplied again only when a row's largest score has grown by much (the lazy form that
// kernels for Blackwell use). Not modelled: the special-function unit's own exponential.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "models/gpu/tpc/data_path.h"
#include "models/gpu/tpc/element_access.h"
#include "models/numerics/row_functions.h"

namespace vr {

namespace {

// Probabilities are counted from a reference that may stay this much below the largest score: e^5.5
// = 245 still fits FP8 (448).
constexpr float kSlack = 5.5F;

}  // namespace

void DataPath::weigh_scores(std::uint32_t sm, const TileProgram& program, std::size_t score_product,
                            std::int64_t tile, std::int64_t round, std::int64_t score_slot,
                            std::int64_t weight_slot) {
    SmImage& image = sms_[sm];
    const AttentionTile& rule = program.attention;
    const MatrixProduct& scores = program.products[score_product];
    const MatrixProduct& output = program.products[score_product + 1];
    const RowTile& at = program.row_tile(tile);
    const std::int64_t first = at.first + scores.part * scores.rows;
    const std::vector<std::uint32_t>& sums =
        image.accumulators[static_cast<std::size_t>(scores.accumulator_base + score_slot)];
    std::vector<SmImage::RowState>& states = image.softmax[softmax_key(tile, scores)];
    states.resize(static_cast<std::size_t>(scores.rows));
    const TilePipeline& weights = program.pipelines[output.a.pipeline];
    const auto slot = static_cast<std::size_t>(output.part * weights.stages + weight_slot);
    image.rescale.resize(std::max(image.rescale.size(), slot + 1));
    std::vector<float>& factors = image.rescale[slot];
    factors.assign(static_cast<std::size_t>(scores.rows), 1.0F);
    std::uint8_t* out =
        image.shared.data() + weights.shared_base + weight_slot * weights.slot_bytes;
    const std::int64_t keys = rule.key_block;
    const AttentionSequence& sequence = rule.sequences[static_cast<std::size_t>(at.group)];
    std::memset(out, 0, static_cast<std::size_t>(scores.rows * output.a.pitch));
    for (std::int64_t row = 0; row < scores.rows && first + row < at.end; ++row) {
        const std::int64_t query = (first + row) / rule.rows_per_query - sequence.first_query;
        const std::int64_t hidden = rule.causal ? sequence.queries - 1 - query : 0;
        const std::int64_t seen = sequence.keys - hidden;
        const std::int64_t count = std::clamp<std::int64_t>(seen - round * keys, 0, keys);
        if (count == 0) {
            continue;
        }
        const std::uint32_t* score = &sums[static_cast<std::size_t>(row * scores.columns)];
        const auto value = [&](std::int64_t key) {
            return std::bit_cast<float>(score[key]) * rule.scale;
        };
        float largest = value(0);
        for (std::int64_t key = 1; key < count; ++key) {
            largest = std::max(largest, value(key));
        }
        SmImage::RowState& state = states[static_cast<std::size_t>(row)];
        if (state.sum == 0) {
            state.reference = largest;
        } else if (largest > state.reference + kSlack) {
            const float factor = exponential(state.reference - largest);
            factors[static_cast<std::size_t>(row)] = factor;
            state.sum *= factor;
            state.reference = largest;
        }
        for (std::int64_t key = 0; key < count; ++key) {
            const float weight = exponential(value(key) - state.reference);
            state.sum += weight;
            store_element(out + row * output.a.pitch, output.type, static_cast<std::size_t>(key),
                          weight);
        }
    }
}

void DataPath::rescale(const std::vector<float>& factors, std::vector<std::uint32_t>& sums) {
    const std::size_t columns = sums.size() / factors.size();
    for (std::size_t row = 0; row < factors.size(); ++row) {
        if (factors[row] == 1.0F) {
            continue;
        }
        for (std::size_t i = row * columns; i < (row + 1) * columns; ++i) {
            sums[i] = std::bit_cast<std::uint32_t>(std::bit_cast<float>(sums[i]) * factors[row]);
        }
    }
}

float DataPath::softmax_sum(const SmImage& image, std::int64_t key, std::int64_t row) {
    const float sum = image.softmax.at(key)[static_cast<std::size_t>(row)].sum;
    return sum == 0 ? 1.0F : sum;  // no key seen: the accumulators are zero
}

void DataPath::write_row_sums(SmImage& image, std::int64_t key, std::int64_t rows,
                              std::uint8_t* out) {
    const std::vector<SmImage::RowState>& states = image.softmax.at(key);
    for (std::int64_t row = 0; row < rows; ++row) {
        const SmImage::RowState& state = states[static_cast<std::size_t>(row)];
        std::memset(out + row * kRowSumBytes, 0, static_cast<std::size_t>(kRowSumBytes));
        std::memcpy(out + row * kRowSumBytes, &state.reference, sizeof(float));
        std::memcpy(out + row * kRowSumBytes + sizeof(float), &state.sum, sizeof(float));
    }
    image.softmax.erase(key);
}

}  // namespace vr
