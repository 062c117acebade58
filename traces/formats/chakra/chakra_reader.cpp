// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/chakra/chakra_reader.h"

#include <google/protobuf/stubs/logging.h>

#include <filesystem>
#include <set>
#include <unordered_map>

#include "traces/formats/chakra/message_file.h"
#include "traces/formats/chakra/node_reader.h"
#include "traces/formats/import/trace_text.h"
#include "traces/formats/workload/line_writer.h"

namespace vr {

namespace {

constexpr std::size_t kMostProblems = 100;  // of a file that is wrong throughout

class Reader {
  public:
    Reader(const std::string& path, OperatorMapping& mapping)
        : path_(path), file_(path), nodes_(mapping, context_, notes_) {
        context_.file = &path_;
        context_.problems = &problems_;
        context_.odd_slots = &odd_slots_;
    }

    ChakraTrace read() {
        // The library writes to standard error where a text is no UTF-8; the parse fails as well.
        google::protobuf::SetLogHandler(nullptr);
        read_metadata();
        std::string bytes;
        while (problems_.size() < kMostProblems && file_.next(bytes)) {
            read_node(bytes);
        }
        if (lines_.empty() && problems_.empty()) {
            problems_.push_back({path_, 0, 0,
                                 fmt::format("no node follows the metadata: the file ends at byte "
                                             "{}",
                                             file_.begin()),
                                 "at least one node", "a trace without work cannot be run"});
        }
        TraceText text = with_dependencies();
        if (!problems_.empty()) {
            throw InputError(std::move(problems_));
        }
        ChakraTrace trace;
        trace.workload = text.finish();
        for (const auto& [warning, count] : odd_slots_) {
            notes_.warnings.push_back(fmt::format("{} ({} times)", warning, count));
        }
        nodes_.finish();
        trace.notes = std::move(notes_);
        return trace;
    }

  private:
    void read_metadata() {
        std::string bytes;
        if (!file_.next(bytes)) {
            throw InputError(Diagnostic{path_, 0, 0, "the file is empty: it ends at byte 0",
                                        "metadata and at least one node",
                                        "a trace without work cannot be run"});
        }
        context_.place = "metadata (byte 0)";
        chakra::GlobalMetadata metadata;
        if (!metadata.ParseFromString(bytes)) {
            context_.problem("the message cannot be parsed", "GlobalMetadata of the Chakra schema",
                             "the file is damaged, or no Chakra execution trace");
            throw InputError(std::move(problems_));
        }
        const chakra::Attributes attributes(metadata.attr(), context_);
        name_ = attributes.text("vr.name").value_or("");
        if (name_.empty()) {
            name_ = std::filesystem::path(path_).stem().string();
        }
        tensors_ = attributes.texts("vr.tensors");
    }

    void read_node(const std::string& bytes) {
        chakra::Node node;
        context_.place = fmt::format("message at byte {}", file_.begin());
        if (!node.ParseFromString(bytes)) {
            context_.problem("the message cannot be parsed", "Node of the Chakra schema",
                             "the file is damaged, or no Chakra execution trace");
            return;
        }
        context_.place = fmt::format("node {} '{}' at byte {}", node.id(),
                                     node.name().substr(0, 60), file_.begin());
        if (!numbers_.emplace(node.id(), lines_.size()).second) {
            context_.problem("a second node with this id", "an id of its own for every node");
        }
        chakra::NodeLine line = nodes_.read(node);
        line.place = context_.place;
        line.depends.assign(node.data_deps().begin(), node.data_deps().end());
        line.depends.insert(line.depends.end(), node.ctrl_deps().begin(), node.ctrl_deps().end());
        if (!line.id.empty() && !ids_.insert(line.id).second) {
            context_.problem(fmt::format("a second operator with the id '{}'", line.id),
                             "an id of its own for every operator");
        }
        lines_.push_back(std::move(line));
    }

    TraceText with_dependencies() {
        TraceText text(path_, name_);
        for (const std::string& tensor : tensors_) {
            if (tensor.find('\n') != std::string::npos) {
                context_.place = "metadata (byte 0)";
                context_.problem("an item of 'vr.tensors' has a line end", "one JSON object");
                continue;
            }
            text.add(tensor, {0, 0, "metadata (byte 0)"});
        }
        for (const chakra::NodeLine& line : lines_) {
            std::vector<std::string> names;
            context_.place = line.place;
            for (const std::uint64_t id : line.depends) {
                const auto found = numbers_.find(id);
                if (found == numbers_.end()) {
                    context_.problem(fmt::format("it depends on node {}, which is not there", id),
                                     "ids of nodes of this file");
                } else {
                    names.push_back(lines_[found->second].id);
                }
            }
            for (const std::string& tensor : line.tensors) {
                text.add(tensor, {0, 0, line.place});
            }
            std::string op = line.op;
            if (!names.empty() && op.ends_with('}')) {
                LineWriter depends;
                depends.texts("depends", names);
                op.back() = ',';
                op += " " + depends.take().substr(1);
            }
            text.add(op, {0, 0, line.place});
        }
        return text;
    }

    std::string path_;
    chakra::MessageFile file_;
    chakra::MessageContext context_;
    ImportNotes notes_;
    chakra::NodeReader nodes_;
    std::vector<Diagnostic> problems_;
    std::map<std::string, std::int64_t> odd_slots_;
    std::string name_;
    std::vector<std::string> tensors_;
    std::vector<chakra::NodeLine> lines_;
    std::unordered_map<std::uint64_t, std::size_t> numbers_;
    std::set<std::string> ids_;
};

}  // namespace

ChakraTrace read_chakra(const std::string& path, OperatorMapping& mapping) {
    return Reader(path, mapping).read();
}

}  // namespace vr
