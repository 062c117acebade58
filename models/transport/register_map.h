// SPDX-License-Identifier: Apache-2.0
// Register maps as data, and a block of registers that keeps to its map. The tables are generated
// from rtl/registers/*.toml. Not modelled: accesses of less than a word.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/transport/state_lines.h"
#include "models/transport/state_members.h"

namespace vr {

enum class RegisterAccess : std::uint8_t { kReadOnly, kReadWrite, kWriteOnly, kOneToClear };

struct RegisterDescription {
    std::string_view name;
    std::uint32_t offset = 0;
    RegisterAccess access = RegisterAccess::kReadOnly;
    std::uint32_t reset = 0;
    std::uint32_t mask = 0;  ///< bits that exist
};

struct RegisterMap {
    std::string_view name;
    std::uint32_t base = 0;
    std::uint32_t size = 0;
    std::span<const RegisterDescription> registers;
    [[nodiscard]] bool holds(std::uint32_t address) const { return address - base < size; }
};

/// Why an access is refused.
enum class RegisterFault : std::uint8_t { kNone, kUnmapped, kSize, kReadOnly, kWriteOnly, kValue };

/// The register at `offset` of the block, or null.
[[nodiscard]] const RegisterDescription* find_register(const RegisterMap& map,
                                                       std::uint32_t offset);
/// What a map says of an access, whatever the value.
[[nodiscard]] RegisterFault register_fault(const RegisterMap& map, std::uint32_t offset,
                                           std::uint32_t size, bool write);
/// The refusal in words: "command_front_end.status is read-only". Empty for kNone.
[[nodiscard]] std::string fault_text(const RegisterMap& map, std::uint32_t offset,
                                     RegisterFault fault);

/// Values of a block's registers, in the order of the map.
struct RegisterValues {
    std::vector<std::uint32_t> values;
    static constexpr auto state_lines() {
        return vr::state_lines(vr::fixed("values", &RegisterValues::values));
    }
};

/// A block of registers: software's accesses follow the map, hardware sets what it likes.
class RegisterBlock {
  public:
    explicit RegisterBlock(const RegisterMap& map) : map_(map) { reset(); }
    /// Puts every register to its reset value.
    void reset();
    /// A word, as software reads it. The access must be allowed.
    [[nodiscard]] std::uint32_t read(std::uint32_t offset) const { return get(offset); }
    /// A word, as software writes it: bits outside of the mask are dropped, ones clear where the
    /// access says so. The access must be allowed.
    void write(std::uint32_t offset, std::uint32_t value);
    /// As hardware sees it, whatever the access.
    [[nodiscard]] std::uint32_t get(std::uint32_t offset) const {
        return state_.values[index(offset)];
    }
    void set(std::uint32_t offset, std::uint32_t value) { state_.values[index(offset)] = value; }
    [[nodiscard]] const RegisterMap& map() const { return map_; }
    [[nodiscard]] const RegisterValues& state() const { return state_; }
    void restore(const RegisterValues& state) { state_ = state; }
    static constexpr auto state_members() { return vr::state_members(&RegisterBlock::state_); }

  private:
    [[nodiscard]] std::size_t index(std::uint32_t offset) const;
    const RegisterMap& map_;
    RegisterValues state_;
};

}  // namespace vr
