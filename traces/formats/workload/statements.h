// SPDX-License-Identifier: Apache-2.0
// What the lines of a workload trace say, before names are resolved; and the two passes over it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/error.h"
#include "models/transport/workload.h"

namespace vr::workload_trace {

class LineObject;

/// A name used in a line, with its place.
struct Reference {
    std::string name;
    std::uint32_t column = 0;
};

/// A tensor line. The data path is as written.
struct TensorStatement {
    TensorSpec spec;
    std::uint32_t line = 0;
    std::uint32_t name_column = 0;
    std::uint32_t data_column = 0;
};

/// An operator line.
struct OperatorStatement {
    OperatorSpec spec;  ///< all but tensors and dependencies
    std::vector<Reference> inputs;
    Reference output;
    std::vector<Reference> depends;
    std::uint32_t id_column = 0;
};

/// The lines of a file.
struct Statements {
    std::string name;
    Submission submission = Submission::kGraph;
    std::int64_t tokens = 0;
    std::int64_t layers = 0;
    std::int64_t model_layers = 0;
    std::vector<TensorStatement> tensors;
    std::vector<OperatorStatement> operators;
};

/// First pass: lines into statements. Appends what is wrong to `problems`.
[[nodiscard]] Statements parse_statements(std::string_view text, const std::string& file,
                                          std::vector<Diagnostic>& problems);

/// An operator line ("op": ...). Reports what is wrong; nothing when the operator is unknown.
[[nodiscard]] std::optional<OperatorStatement> parse_operator(const LineObject& line);
/// Reads `id`, `depends`, `stream` and `gpu`, which every operator has.
void read_schedule(const LineObject& line, OperatorStatement& op);
/// Words of operators that are recorded and have no tensors.
[[nodiscard]] const std::vector<std::string>& recorded_words();
/// The line when it is such an operator.
[[nodiscard]] std::optional<OperatorStatement> read_recorded(const LineObject& line);

/// Second pass: names into indices, checks of shapes and types, dependencies, order. Appends to
/// `problems`; the workload is complete only when nothing was appended by either pass.
[[nodiscard]] Workload link_statements(const Statements& statements, const std::string& file,
                                       std::vector<Diagnostic>& problems);

/// What an operator demands of its tensors, or nothing when it is satisfied; fills in what follows
/// from their shapes. Used by the second pass.
[[nodiscard]] std::optional<Diagnostic> check_operands(OperatorSpec& op,
                                                       const std::vector<const TensorSpec*>& inputs,
                                                       const TensorSpec& output);

}  // namespace vr::workload_trace
