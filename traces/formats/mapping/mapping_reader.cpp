// SPDX-License-Identifier: Apache-2.0
// Reads mapping files: TOML, every problem with its line and column.
#include <toml++/toml.h>
#include <algorithm>
#include <initializer_list>
#include <set>
#include <sstream>

#include "models/base/error.h"
#include "traces/formats/mapping/operator_mapping.h"
#include "traces/formats/workload/line_object.h"

namespace vr {

class MappingReader {
  public:
    MappingReader(std::string file, OperatorMapping& out, std::vector<Diagnostic>& problems)
        : file_(std::move(file)), out_(out), problems_(problems) {}

    void read() {
        toml::table document;
        try {
            document = toml::parse_file(file_);
        } catch (const toml::parse_error& error) {
            problems_.push_back({file_, error.source().begin.line, error.source().begin.column,
                                 std::string(error.description()), "a mapping file in TOML",
                                 "the default is traces/formats/mapping/operators.toml"});
            return;
        }
        allow_only(document, {"types", "rule"});
        read_types(document);
        const toml::array* rules = document["rule"].as_array();
        if (rules == nullptr) {
            if (document.contains("rule")) {
                report(*document.get("rule"), "'rule' is no list", "[[rule]]");
            }
            return;
        }
        for (const toml::node& node : *rules) {
            if (const toml::table* table = node.as_table()) {
                read_rule(*table);
            } else {
                report(node, "a rule is no table", "[[rule]]");
            }
        }
    }

  private:
    using Rule = OperatorMapping::Rule;
    using RuleTensor = OperatorMapping::RuleTensor;

    void report(const toml::node& node, std::string what, std::string allowed,
                std::string hint = {}) {
        problems_.push_back({file_, node.source().begin.line, node.source().begin.column,
                             std::move(what), std::move(allowed), std::move(hint)});
    }

    void allow_only(const toml::table& table, std::initializer_list<std::string_view> keys) {
        for (const auto& [key, value] : table) {
            if (std::find(keys.begin(), keys.end(), key.str()) == keys.end()) {
                const std::vector<std::string> known(keys.begin(), keys.end());
                report(value, fmt::format("unknown key '{}'", key.str()),
                       workload_trace::listed(known), workload_trace::suggest(key.str(), known));
            }
        }
    }

    // The text of a key, or "" (reported where it is needed).
    std::string text(const toml::table& table, std::string_view key, bool needed,
                     std::string_view example) {
        const toml::node* node = table.get(key);
        if (node == nullptr) {
            if (needed) {
                report(table, fmt::format("key '{}' is missing", key),
                       fmt::format("{} = {}", key, example));
            }
            return "";
        }
        const auto value = node->value_exact<std::string>();
        if (!value || value->empty()) {
            report(*node, fmt::format("'{}' is no text", key), std::string(example));
            return "";
        }
        return *value;
    }

    std::optional<std::size_t> number(const toml::table& table, std::string_view key) {
        const toml::node* node = table.get(key);
        if (node == nullptr) {
            return std::nullopt;
        }
        const auto value = node->value_exact<std::int64_t>();
        if (!value || *value < 0 || *value > 1000) {
            report(*node, fmt::format("'{}' is no number of an input", key), "0 to 1000");
            return std::nullopt;
        }
        return static_cast<std::size_t>(*value);
    }

    static std::vector<std::string> words(const std::string& text) {
        std::istringstream stream(text);
        std::vector<std::string> out;
        for (std::string word; stream >> word;) {
            out.push_back(word);
        }
        return out;
    }

    void read_types(const toml::table& document) {
        static const std::vector<std::string> ours = {"fp32", "bf16", "fp8_e4m3", "nvfp4"};
        const toml::table* types = document["types"].as_table();
        if (types == nullptr) {
            return;
        }
        for (const auto& [name, node] : *types) {
            const auto value = node.value_exact<std::string>();
            if (!value || std::find(ours.begin(), ours.end(), *value) == ours.end()) {
                report(node, fmt::format("type '{}' has no type of ours", name.str()),
                       workload_trace::listed(ours));
            } else {
                out_.types_.emplace(name.str(), *value);  // an earlier file wins
            }
        }
    }

    void read_rule(const toml::table& table) {
        allow_only(table, {"match", "op", "set", "flops", "tensors"});
        Rule rule;
        rule.op = text(table, "op", true, "\"gemm\"");
        rule.match = patterns(table);
        const auto communication =
            std::find(kCollectiveNames.begin(), kCollectiveNames.end(), rule.op);
        if (communication != kCollectiveNames.end()) {
            rule.communication =
                static_cast<CollectiveKind>(communication - kCollectiveNames.begin());
            out_.rules_.push_back(std::move(rule));
            return;
        }
        rule.flops = words(text(table, "flops", false, "\"2 M N K\""));
        if (const toml::table* set = table["set"].as_table()) {
            for (const auto& [key, node] : *set) {
                rule.set.emplace_back(key.str(), text(*set, key.str(), true, "\"a text\""));
            }
        }
        std::set<std::string> named;
        if (const toml::array* tensors = table["tensors"].as_array()) {
            for (const toml::node& node : *tensors) {
                if (const toml::table* tensor = node.as_table()) {
                    rule.tensors.push_back(read_tensor(*tensor, named));
                } else {
                    report(node, "a tensor is no table", "{key = \"a\", input = 0, ...}");
                }
            }
        }
        if (rule.tensors.empty()) {
            report(table, fmt::format("the rule for '{}' has no tensors", rule.op),
                   "tensors = [{key = \"a\", input = 0, shape = \"M K\"}, ...]");
        }
        check_names(table, rule.flops, named);
        for (const RuleTensor& tensor : rule.tensors) {
            check_names(table, tensor.shape, named);
            check_names(table, tensor.as, named);
        }
        out_.rules_.push_back(std::move(rule));
    }

    std::vector<std::string> patterns(const toml::table& table) {
        std::vector<std::string> out;
        const toml::node* match = table.get("match");
        const toml::array* list = match == nullptr ? nullptr : match->as_array();
        for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
            if (const auto pattern = (*list)[i].value_exact<std::string>()) {
                out.push_back(*pattern);
            }
        }
        if (const auto single = table["match"].value_exact<std::string>()) {
            out.push_back(*single);
        }
        if (out.empty() || (list != nullptr && out.size() != list->size())) {
            report(match == nullptr ? static_cast<const toml::node&>(table) : *match,
                   "the rule matches no name", "match = [\"aten::mm\", ...]");
        }
        return out;
    }

    RuleTensor read_tensor(const toml::table& table, std::set<std::string>& named) {
        allow_only(table, {"key", "input", "shape", "as", "like", "type"});
        RuleTensor tensor;
        tensor.key = text(table, "key", true, "\"a\"");
        tensor.list = tensor.key.ends_with("[]");
        if (tensor.list) {
            tensor.key.resize(tensor.key.size() - 2);
        }
        tensor.input = number(table, "input");
        tensor.like = number(table, "like");
        tensor.type = text(table, "type", false, "\"bf16\"");
        tensor.shape = words(text(table, "shape", true, "\"M K\""));
        tensor.as = words(text(table, "as", false, "\"K M\""));
        if (!tensor.input && !tensor.like && tensor.type.empty()) {
            report(table, fmt::format("tensor '{}' has no type", tensor.key),
                   "input = NUMBER, like = NUMBER, or type = \"bf16\"");
        }
        if (tensor.input) {
            named.insert(tensor.shape.begin(), tensor.shape.end());
        }
        return tensor;
    }

    void check_names(const toml::node& at, const std::vector<std::string>& used,
                     const std::set<std::string>& named) {
        for (const std::string& name : used) {
            const bool number =
                std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
            if ((number && name.size() > 9) || (!number && named.count(name) == 0)) {
                report(at, fmt::format("dimension '{}' stands in no input of the rule", name),
                       workload_trace::listed({named.begin(), named.end()}));
            }
        }
    }

    std::string file_;
    OperatorMapping& out_;
    std::vector<Diagnostic>& problems_;
};

OperatorMapping OperatorMapping::load(const std::vector<std::string>& files) {
    OperatorMapping mapping;
    std::vector<Diagnostic> problems;
    for (const std::string& file : files) {
        MappingReader(file, mapping, problems).read();
    }
    if (!problems.empty()) {
        throw InputError(std::move(problems));
    }
    return mapping;
}

}  // namespace vr
