// SPDX-License-Identifier: Apache-2.0
// Moves between memory and shared memory, element functions, planted faults.
#include "models/gpu/tpc/data_path.h"

#include <algorithm>
#include <cstring>

#include "models/base/error.h"
#include "models/gpu/tpc/element_access.h"
#include "models/numerics/row_functions.h"

namespace vr {

DataPath::DataPath(SparseMemory& memory, std::size_t sms, std::string architecture,
                   AccumulationRuleConfig changes)
    : memory_(memory),
      sms_(sms),
      architecture_(std::move(architecture)),
      changes_(std::move(changes)) {}

void DataPath::strike(FaultSite site, std::uint32_t sm, std::uint64_t occurrence,
                      std::uint8_t* bytes, std::size_t size) {
    for (const DataFault& fault : faults_) {
        if (fault.site == site && fault.sm == sm && fault.occurrence == occurrence) {
            ensure(fault.byte < size, "planted fault at byte {} of {}", fault.byte, size);
            bytes[fault.byte] = static_cast<std::uint8_t>(bytes[fault.byte] ^ (1U << fault.bit));
        }
    }
}

void DataPath::land(std::uint32_t sm, const TileProgram& program, const TileOperand& operand,
                    const MemoryBox& box, std::uint64_t shared_address) {
    SmImage& image = sms_[sm];
    const auto bytes = static_cast<std::size_t>(program.slot_bytes());
    if (image.shared.size() < bytes) {
        image.shared.resize(bytes);
    }
    const auto pitch = static_cast<std::uint64_t>(operand.box_bytes);
    std::uint8_t* slot = image.shared.data() + shared_address;
    std::memset(slot, 0, static_cast<std::size_t>(operand.box_rows) * pitch);
    for (std::int64_t row = 0; row < box.rows; ++row) {
        memory_.read(box.address + static_cast<std::uint64_t>(row * box.pitch),
                     {slot + static_cast<std::uint64_t>(row) * pitch,
                      static_cast<std::size_t>(box.row_bytes)});
    }
    strike(FaultSite::kSharedMemory, sm, image.landings++, image.shared.data(),
           image.shared.size());
}

void DataPath::store(std::uint32_t sm, const TileOperand& operand, const MemoryBox& box,
                     std::uint64_t shared_address) {
    const std::uint8_t* slot = sms_[sm].shared.data() + shared_address;
    for (std::int64_t row = 0; row < box.rows; ++row) {
        memory_.write(box.address + static_cast<std::uint64_t>(row * box.pitch),
                      {slot + row * operand.box_bytes, static_cast<std::size_t>(box.row_bytes)});
    }
}

namespace {

float apply_one(TileFunction function, float a, float b) {
    switch (function) {
        case TileFunction::kAdd:
            return a + b;
        case TileFunction::kMultiply:
            return a * b;
        case TileFunction::kRelu:
            return a > 0 ? a : 0.0F;
        case TileFunction::kSilu:
            return silu(a);
        case TileFunction::kCopy:
        case TileFunction::kCustom:
        case TileFunction::kMatrixMultiply:
        case TileFunction::kRows:
        case TileFunction::kAttention:
        case TileFunction::kCombine:
            break;
    }
    return a;
}

}  // namespace

void DataPath::apply(std::uint32_t sm, const TileProgram& program, std::uint64_t first,
                     std::uint64_t second, std::uint64_t result, std::int64_t bytes) {
    std::uint8_t* shared = sms_[sm].shared.data();
    const auto count = static_cast<std::size_t>(bytes * 8 / element_bits(program.input_type));
    constexpr std::size_t kTwoLoadsAndStore = 3;
    const std::size_t inputs = program.operands.size() - 1;
    const bool custom = program.function == TileFunction::kCustom;
    const bool two = custom ? program.operands.size() >= kTwoLoadsAndStore
                            : program.function == TileFunction::kAdd ||
                                  program.function == TileFunction::kMultiply;
    for (std::size_t i = 0; i < count; ++i) {
        const float a = load_element(shared + first, program.input_type, i);
        const float b = two ? load_element(shared + second, program.input_type, i) : 0.0F;
        float value = custom ? program.element(a, b) : apply_one(program.function, a, b);
        for (std::size_t n = 2; program.function == TileFunction::kAdd && n < inputs; ++n) {
            value += load_element(shared + first + n * (second - first), program.input_type, i);
        }
        store_element(shared + result, program.input_type, i, value);
    }
}

}  // namespace vr
