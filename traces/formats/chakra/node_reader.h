// SPDX-License-Identifier: Apache-2.0
// What one Chakra node is for us: a line of our format, and its share of the totals.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "traces/formats/chakra/attributes.h"
#include "traces/formats/import/trace_totals.h"
#include "traces/formats/import/unmapped_names.h"
#include "traces/formats/mapping/operator_mapping.h"

namespace vr::chakra {

/// A node as lines of our format; dependencies are added when all nodes are known.
struct NodeLine {
    std::string id;  ///< of the operator
    std::vector<std::string> tensors;
    std::string op;
    std::vector<std::uint64_t> depends;  ///< node ids
    std::string place;
};

class NodeReader {
  public:
    NodeReader(OperatorMapping& mapping, const MessageContext& context, ImportNotes& notes)
        : mapping_(mapping), context_(context), notes_(notes) {}

    [[nodiscard]] NodeLine read(const Node& node);
    /// Adds what can only be said at the end of the file.
    void finish();

  private:
    [[nodiscard]] std::string id_of(const Node& node);
    [[nodiscard]] Time duration_of(const Node& node, const Attributes& attributes) const;
    void read_own(const Node& node, const Attributes& attributes, NodeLine& line);
    void read_compute(const Node& node, const Attributes& attributes, NodeLine& line);
    bool read_mapped(const Node& node, const Attributes& attributes, NodeLine& line,
                     std::string& why);
    void read_memory(const Node& node, const Attributes& attributes, NodeLine& line);
    void read_communication(const Node& node, const Attributes& attributes, NodeLine& line);
    void write_replay(const Node& node, NodeLine& line, Time duration, std::int64_t flops,
                      std::int64_t bytes, bool host);
    [[nodiscard]] std::uint32_t stream_of(const Attributes& attributes) const;
    OperatorMapping& mapping_;
    const MessageContext& context_;
    ImportNotes& notes_;
    UnmappedNames unmapped_;
    std::set<std::string> ids_;
    std::map<std::string, std::int64_t> unread_;  // attribute, nodes
};

}  // namespace vr::chakra
