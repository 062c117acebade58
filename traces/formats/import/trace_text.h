// SPDX-License-Identifier: Apache-2.0
// Collects lines of our own format while a foreign trace is read, remembers where each came from,
// and has our own reader check them: so an imported trace obeys every rule of a written one.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "models/base/error.h"
#include "models/transport/workload.h"

namespace vr {

/// Where something stands in a foreign file.
struct ForeignPlace {
    std::uint32_t line = 0;  ///< 0: the file has no lines
    std::uint32_t column = 0;
    std::string text;  ///< put before a message: "node 7 (byte 1234)"
};

class TraceText {
  public:
    /// `file` names the foreign file in messages; `name` becomes the workload's name.
    TraceText(std::string file, const std::string& name);
    void add(const std::string& line, ForeignPlace place);
    /// The id to use for an operator of this name: the name, made unique with `number`.
    [[nodiscard]] std::string unique_id(const std::string& name, std::uint64_t number);
    /// Reads the lines. Throws InputError with the places of the foreign file.
    [[nodiscard]] Workload finish() const;

  private:
    std::string file_;
    std::string text_;
    std::vector<ForeignPlace> places_;  // by line - 1
    std::set<std::string> ids_;
};

}  // namespace vr
