// SPDX-License-Identifier: Apache-2.0
// From the names and shapes in imported traces to our operators, by a table that users extend
// (operators.toml says how). Not modelled: strides and layouts of recorded tensors.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/transport/recorded_work.h"

namespace vr {

/// A recorded operand; no `dims` and no `type` when it is no tensor.
struct SourceTensor {
    std::vector<std::int64_t> dims;
    std::string type;  ///< as recorded, e.g. "c10::BFloat16"
};

/// A recorded operator with its operands.
struct SourceOperator {
    std::string name;
    std::vector<SourceTensor> inputs;
};

/// One tensor of an operator of ours.
struct MappedTensor {
    std::string key;    ///< of the line, e.g. "a"
    bool list = false;  ///< the key holds a list
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::string type;  ///< our word
};

/// What a recorded operator is for us. FLOPs and bytes are counted from the record.
struct MappedOperator {
    std::string op;
    std::vector<std::pair<std::string, std::string>> set;  ///< further keys, text values
    std::vector<MappedTensor> tensors;
    std::int64_t flops = 0;
    std::int64_t bytes = 0;           ///< of the recorded operands that we keep, and results
    std::int64_t left_out_bytes = 0;  ///< of recorded tensors that our operator does not have
};

/// Result of a look-up: `mapped`, or why not.
struct MappingResult {
    std::optional<MappedOperator> mapped;
    std::string why;  ///< "no rule", "no shapes are recorded", ...
};

/// Lines of our format for an operator: its tensors, then itself.
struct MappedLines {
    std::vector<std::string> tensors;
    std::string op;
};
[[nodiscard]] MappedLines mapped_lines(const MappedOperator& mapped, const std::string& id,
                                       const std::vector<std::string>& depends,
                                       std::uint32_t stream, std::uint32_t gpu);

class OperatorMapping {
  public:
    /// Loads the files; rules of the first come first. Throws InputError with every problem.
    [[nodiscard]] static OperatorMapping load(const std::vector<std::string>& files);

    /// Whether a rule for an operator with tensors has this name.
    [[nodiscard]] bool knows(std::string_view name) const;
    /// Our operator for a recorded one. Results are remembered by name and shapes.
    [[nodiscard]] const MappingResult& map(const SourceOperator& source);
    /// The communication that a kernel of this name is.
    [[nodiscard]] std::optional<CollectiveKind> communication(std::string_view name) const;
    [[nodiscard]] std::size_t rules() const { return rules_.size(); }

  private:
    friend class MappingReader;
    struct RuleTensor {
        std::string key;
        bool list = false;
        std::optional<std::size_t> input;
        std::optional<std::size_t> like;
        std::string type;
        std::vector<std::string> shape;
        std::vector<std::string> as;
    };
    struct Rule {
        std::vector<std::string> match;
        std::string op;
        std::vector<std::pair<std::string, std::string>> set;
        std::vector<std::string> flops;  // factors: numbers and names of dimensions
        std::vector<RuleTensor> tensors;
        std::optional<CollectiveKind> communication;
    };
    using Dimensions = std::map<std::string, std::int64_t>;
    [[nodiscard]] const Rule* find(std::string_view name) const;
    [[nodiscard]] MappingResult apply(const Rule& rule, const SourceOperator& source) const;
    [[nodiscard]] std::string bind(const RuleTensor& tensor, const SourceTensor& given,
                                   Dimensions& dimensions) const;
    std::vector<Rule> rules_;
    std::map<std::string, std::string, std::less<>> types_;
    std::map<std::string, MappingResult, std::less<>> remembered_;
};

/// Whether a text matches a pattern in which * stands for any run of characters.
[[nodiscard]] bool matches_pattern(std::string_view text, std::string_view pattern);
/// Bytes of one element of a recorded type ("c10::Half": 2); 0 when it is not known.
[[nodiscard]] std::int64_t recorded_element_bytes(std::string_view type);

}  // namespace vr
