// SPDX-License-Identifier: Apache-2.0
// The attributes of one Chakra message, fetched by name with a check of their slot.
#pragma once

#include <execution_trace.pb.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/base/error.h"

namespace vr::chakra {

/// Where problems and warnings of one message go.
struct MessageContext {
    const std::string* file = nullptr;
    std::string place;  ///< "node 7 'name' (byte 1234)"
    std::vector<Diagnostic>* problems = nullptr;
    std::map<std::string, std::int64_t>* odd_slots = nullptr;  ///< warning text, count

    void problem(std::string what, std::string allowed, std::string hint = {}) const {
        problems->push_back(
            {*file, 0, 0, place + ": " + what, std::move(allowed), std::move(hint)});
    }
};

class Attributes {
  public:
    using List = google::protobuf::RepeatedPtrField<Attribute>;
    /// Reports attributes that stand twice, and ones without a value. Both must outlive this view.
    Attributes(const List& list, const MessageContext& context);

    [[nodiscard]] bool has(const std::string& name) const { return by_name_.count(name) > 0; }
    /// An integer in any integer slot. `slot` is the one that other readers look at: another one is
    /// noted. Absent: nothing. In a slot of another type, or negative where that has no meaning:
    /// reported.
    [[nodiscard]] std::optional<std::int64_t> integer(const std::string& name,
                                                      Attribute::ValueCase slot,
                                                      bool negative = false) const;
    [[nodiscard]] std::optional<bool> boolean(const std::string& name) const;
    [[nodiscard]] std::optional<std::string> text(const std::string& name) const;
    [[nodiscard]] std::vector<std::string> texts(const std::string& name) const;
    /// Names that nobody asked for.
    [[nodiscard]] std::vector<std::string> unread() const;

  private:
    const Attribute* find(const std::string& name) const;
    void wrong_slot(const Attribute& attribute, std::string_view allowed) const;
    const MessageContext& context_;
    std::map<std::string, const Attribute*> by_name_;
    mutable std::map<std::string, bool> read_;
};

/// "int64_val", ...: the slot's name in the schema.
[[nodiscard]] std::string_view slot_name(Attribute::ValueCase slot);

}  // namespace vr::chakra
