// SPDX-License-Identifier: Apache-2.0
#include "models/transport/register_map.h"

#include <algorithm>

#include "models/base/error.h"

namespace vr {

const RegisterDescription* find_register(const RegisterMap& map, std::uint32_t offset) {
    const auto found = std::find_if(
        map.registers.begin(), map.registers.end(),
        [&](const RegisterDescription& description) { return description.offset == offset; });
    return found == map.registers.end() ? nullptr : &*found;
}

RegisterFault register_fault(const RegisterMap& map, std::uint32_t offset, std::uint32_t size,
                             bool write) {
    const RegisterDescription* found = find_register(map, offset & ~3U);
    if (found == nullptr) {
        return RegisterFault::kUnmapped;
    }
    if (size != 4 || offset % 4 != 0) {
        return RegisterFault::kSize;
    }
    if (write && found->access == RegisterAccess::kReadOnly) {
        return RegisterFault::kReadOnly;
    }
    if (!write && found->access == RegisterAccess::kWriteOnly) {
        return RegisterFault::kWriteOnly;
    }
    return RegisterFault::kNone;
}

std::string fault_text(const RegisterMap& map, std::uint32_t offset, RegisterFault fault) {
    const RegisterDescription* found = find_register(map, offset & ~3U);
    const std::string name = found == nullptr ? fmt::format("{} + {:#x}", map.name, offset)
                                              : fmt::format("{}.{}", map.name, found->name);
    switch (fault) {
        case RegisterFault::kNone:
            return "";
        case RegisterFault::kUnmapped:
            return name + " is no register";
        case RegisterFault::kSize:
            return name + " takes whole words only";
        case RegisterFault::kReadOnly:
            return name + " is read-only";
        case RegisterFault::kWriteOnly:
            return name + " is write-only";
        case RegisterFault::kValue:
            return name + " does not take this value";
    }
    return "";
}

void RegisterBlock::reset() {
    state_.values.clear();
    for (const RegisterDescription& description : map_.registers) {
        state_.values.push_back(description.reset);
    }
}

std::size_t RegisterBlock::index(std::uint32_t offset) const {
    const RegisterDescription* found = find_register(map_, offset);
    ensure(found != nullptr, "{} has no register at {:#x}", map_.name, offset);
    return static_cast<std::size_t>(found - map_.registers.data());
}

void RegisterBlock::write(std::uint32_t offset, std::uint32_t value) {
    const std::size_t i = index(offset);
    const RegisterDescription& description = map_.registers[i];
    std::uint32_t& kept = state_.values[i];
    switch (description.access) {
        case RegisterAccess::kReadOnly:
            break;
        case RegisterAccess::kReadWrite:
        case RegisterAccess::kWriteOnly:
            kept = value & description.mask;
            break;
        case RegisterAccess::kOneToClear:
            kept &= ~value;
            break;
    }
}

}  // namespace vr
