// SPDX-License-Identifier: Apache-2.0
#include "rtl/gpu/sm/tensor_core/leaf_multiplier.h"

#include <algorithm>
#include <span>
#include <utility>

#include "models/base/error.h"
#include "models/numerics/dot_product.h"

namespace vr {

namespace {

constexpr int kPatience = 1000;  // clocks without a result before a leaf counts as stuck

// The corners that a leaf reports; the others lie in the rule itself.
constexpr Corner kLeafCorners[] = {
    Corner::kZeroAccumulatorFloor,   Corner::kZeroGroup,   Corner::kZeroSign,
    Corner::kInfiniteFp4Accumulator, Corner::kZeroElement, Corner::kTf32Payload};

std::string corner_texts(Corners corners) {
    std::string out;
    for (const Corner corner : corner_list(corners)) {
        out += fmt::format("\n    {}", corner_text(corner));
    }
    return out.empty() ? " none" : out;
}

std::string hex_bytes(std::span<const std::uint8_t> bytes) {
    std::string out;
    for (const std::uint8_t byte : bytes) {
        out += fmt::format("{:02x}", byte);
    }
    return out;
}

// Rows of one step: K cut to its products.
OperandView step_view(const DotContract& contract, NumberFormat format, const OperandView& view,
                      std::int64_t first, std::int64_t count) {
    OperandView out = view;
    out.elements += first * packed_bits(format) / 8;
    out.k = count;
    if (contract.scale) {
        out.scales += first / contract.block;
    }
    return out;
}

// The model's step of every element: tiles where they are fast, else element by element.
Corners model_step(const DotContract& contract, const OperandView& a, const OperandView& b,
                   std::uint32_t* accumulators) {
    if (contract.accumulator_format() == NumberFormat::kFp32 &&
        contract.rule.accumulator == AccumulatorRule::kAligned) {
        return multiply_tile(contract, a, b, accumulators, b.rows);
    }
    Corners corners;
    const auto codes = [&](NumberFormat format, const OperandView& view, std::int64_t row) {
        std::vector<std::uint32_t> out;
        for (std::int64_t k = 0; k < view.k; ++k) {
            out.push_back(packed_code(view, format, row, k));
        }
        return out;
    };
    const auto scales = [&](const OperandView& view, std::int64_t row) {
        std::vector<std::uint32_t> out;
        for (std::int64_t k = 0; contract.scale && k < view.k; k += contract.block) {
            out.push_back(view.scales[row * view.scale_row_bytes + k / contract.block]);
        }
        return out;
    };
    for (std::int64_t i = 0; i < a.rows; ++i) {
        const auto x = codes(contract.a, a, i);
        const auto x_scales = scales(a, i);
        for (std::int64_t j = 0; j < b.rows; ++j) {
            const auto y = codes(contract.b, b, j);
            const auto y_scales = scales(b, j);
            std::uint32_t& c = accumulators[i * b.rows + j];
            c = dot_step(contract, {x, x_scales}, {y, y_scales}, c, corners);
        }
    }
    return corners;
}

}  // namespace

LeafMultiplier::LeafMultiplier(std::string name, std::unique_ptr<DotLeaf> leaf, LeafUse use)
    : name_(std::move(name)), leaf_(std::move(leaf)), use_(use) {}

void LeafMultiplier::differ(const Slice& slice, std::size_t element, std::uint32_t got) const {
    const auto columns = static_cast<std::size_t>(slice.b.rows);
    const LeafRow& a = slice.a_rows[element / columns];
    const LeafRow& b = slice.b_rows[element % columns];
    std::string text = fmt::format(
        "lock step: {}: RTL and model differ at clock {} of the leaf\n"
        "  {}, products {} to {} of row {} x column {} of the tile\n  a = {}\n  b = {}\n",
        name_, leaf_->clocks(), slice.contract->name, slice.first_k, slice.first_k + slice.a.k - 1,
        element / columns, element % columns, hex_bytes(a.bytes), hex_bytes(b.bytes));
    if (slice.contract->scale) {
        text += fmt::format("  scales of a = {}\n  scales of b = {}\n", hex_bytes(a.scales),
                            hex_bytes(b.scales));
    }
    throw CheckFailed(text +
                      fmt::format("  c = {:08x}\n  expected {:08x} (model), got {:08x} (RTL)",
                                  slice.before[element], slice.expected[element], got));
}

void LeafMultiplier::take(const Slice& slice, const LeafResult& result, std::size_t& received,
                          std::uint32_t* accumulators, std::int64_t stride,
                          Corners& corners) const {
    if (!result.valid) {
        return;
    }
    if (received == slice.before.size()) {
        throw CheckFailed(fmt::format("lock step: {}: the leaf gave a result too many at clock {}",
                                      name_, leaf_->clocks()));
    }
    if (use_ == LeafUse::kLockStep && result.d != slice.expected[received]) {
        differ(slice, received, result.d);
    }
    const auto columns = static_cast<std::size_t>(slice.b.rows);
    accumulators[static_cast<std::int64_t>(received / columns) * stride +
                 static_cast<std::int64_t>(received % columns)] = result.d;
    corners.add(result.corners);
    ++received;
}

Corners LeafMultiplier::multiply(const DotContract& contract, const OperandView& a,
                                 const OperandView& b, std::uint32_t* accumulators,
                                 std::int64_t stride) {
    ensure(leaf_supports(contract), "{}: the leaf does not compute {}", name_, contract.name);
    ensure(a.k == b.k, "operands of {} and {} elements along K", a.k, b.k);
    Corners corners = a.k > 0 ? contract.rule.assumptions : Corners{};
    const auto length = static_cast<std::int64_t>(contract.rule.products_per_step);
    for (std::int64_t first = 0; first < a.k; first += length) {
        const std::int64_t count = std::min(length, a.k - first);
        Slice slice{&contract,
                    first,
                    step_view(contract, contract.a, a, first, count),
                    step_view(contract, contract.b, b, first, count),
                    {},
                    {},
                    {},
                    {}};
        slice.a_rows = leaf_rows(contract, contract.a, slice.a);
        slice.b_rows = leaf_rows(contract, contract.b, slice.b);
        for (std::int64_t i = 0; i < a.rows; ++i) {
            slice.before.insert(slice.before.end(), accumulators + i * stride,
                                accumulators + i * stride + b.rows);
        }
        Corners model_corners;
        if (use_ == LeafUse::kLockStep) {
            slice.expected = slice.before;
            model_corners = model_step(contract, slice.a, slice.b, slice.expected.data());
        }
        Corners leaf_corners;
        std::size_t received = 0;
        LeafStep step = leaf_form(contract, count);
        for (std::size_t i = 0; i < slice.a_rows.size(); ++i) {
            step.a = slice.a_rows[i].bytes;
            step.a_scales = slice.a_rows[i].scales;
            for (std::size_t j = 0; j < slice.b_rows.size(); ++j) {
                step.b = slice.b_rows[j].bytes;
                step.b_scales = slice.b_rows[j].scales;
                step.c = slice.before[i * slice.b_rows.size() + j];
                take(slice, leaf_->clock(step), received, accumulators, stride, leaf_corners);
                ++steps_;
            }
        }
        for (int waited = 0; received < slice.before.size(); ++waited) {
            if (waited == kPatience) {
                throw Stalled(fmt::format(
                    "{}: the leaf gave no result for {} clocks; {} of {} "
                    "steps are unanswered",
                    name_, kPatience, slice.before.size() - received, slice.before.size()));
            }
            const std::size_t before = received;
            take(slice, leaf_->clock({}), received, accumulators, stride, leaf_corners);
            waited = received != before ? 0 : waited;
        }
        for (const Corner corner : kLeafCorners) {
            if (use_ == LeafUse::kLockStep &&
                model_corners.has(corner) != leaf_corners.has(corner)) {
                throw CheckFailed(fmt::format(
                    "lock step: {}: RTL and model name different open corners at clock {} of the "
                    "leaf\n  {}, from product {}\n  model:{}\n  RTL:{}",
                    name_, leaf_->clocks(), contract.name, first, corner_texts(model_corners),
                    corner_texts(leaf_corners)));
            }
        }
        corners.add(leaf_corners);
    }
    return corners;
}

}  // namespace vr
