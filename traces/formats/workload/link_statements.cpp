// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <unordered_map>

#include "traces/formats/workload/dependencies.h"
#include "traces/formats/workload/line_object.h"
#include "traces/formats/workload/statements.h"

namespace vr::workload_trace {

namespace {

constexpr std::int64_t kNvfp4Block = 16;  // elements of a row that share one scale

class Linker {
  public:
    Linker(const Statements& statements, const std::string& file, std::vector<Diagnostic>& problems)
        : statements_(statements), file_(file), problems_(problems) {}

    Workload link() {
        workload_.name = statements_.name;
        workload_.submission = statements_.submission;
        workload_.tokens = statements_.tokens;
        workload_.layers = statements_.layers;
        workload_.model_layers = statements_.model_layers;
        add_tensors();
        name_operators();
        for (const OperatorStatement& statement : statements_.operators) {
            add_operator(statement);
        }
        if (statements_.operators.empty()) {
            report(0, 0, "the trace holds no operator, so there is nothing to run",
                   "at least one line with a key 'op'");
        }
        if (problems_.empty()) {
            order_operators();
        }
        return std::move(workload_);
    }

  private:
    using Names = std::unordered_map<std::string, std::uint32_t>;

    void report(std::uint32_t line, std::uint32_t column, std::string what, std::string allowed,
                std::string hint = {}) {
        problems_.push_back(
            {file_, line, column, std::move(what), std::move(allowed), std::move(hint)});
    }

    void add_tensors() {
        for (const TensorStatement& statement : statements_.tensors) {
            const auto number = static_cast<std::uint32_t>(workload_.tensors.size());
            const auto [place, fresh] = tensors_.emplace(statement.spec.name, number);
            if (!fresh && !statement.spec.name.empty()) {
                report(statement.line, statement.name_column,
                       fmt::format("tensor '{}' is declared twice", statement.spec.name),
                       "one line per tensor",
                       fmt::format("the first stands in line {}",
                                   statements_.tensors[place->second].line));
            }
            if (statement.spec.type == TensorType::kNvfp4 &&
                statement.spec.columns % kNvfp4Block != 0) {
                report(statement.line, statement.name_column,
                       fmt::format("nvfp4 tensor '{}' has {} columns", statement.spec.name,
                                   statement.spec.columns),
                       "a multiple of 16, the elements of one scale");
            }
            workload_.tensors.push_back(statement.spec);
            if (statement.spec.data == TensorData::kFile) {
                find_data(statement, workload_.tensors.back());
            }
        }
    }

    void find_data(const TensorStatement& statement, TensorSpec& spec) {
        namespace fs = std::filesystem;
        const fs::path given(spec.file);
        const fs::path path = given.is_absolute() ? given : fs::path(file_).parent_path() / given;
        std::error_code error;
        const auto size = fs::file_size(path, error);
        const std::int64_t scales =
            spec.type == TensorType::kNvfp4 ? spec.rows * (spec.columns / kNvfp4Block) : 0;
        const std::int64_t wanted = element_bytes(spec) + scales;
        if (error) {
            report(statement.line, statement.data_column,
                   fmt::format("data file '{}' of tensor '{}' cannot be read: {}", path.string(),
                               spec.name, error.message()),
                   "a readable file; relative paths start at the trace's folder");
        } else if (static_cast<std::int64_t>(size) != wanted) {
            report(statement.line, statement.data_column,
                   fmt::format("data file '{}' of tensor '{}' holds {} B", path.string(), spec.name,
                               size),
                   fmt::format("{} B: elements row by row, then block scales row by row", wanted));
        }
        spec.file = path.string();
    }

    void name_operators() {
        for (std::uint32_t i = 0; i < statements_.operators.size(); ++i) {
            const OperatorStatement& statement = statements_.operators[i];
            const auto [place, fresh] = operators_.emplace(statement.spec.id, i);
            if (!fresh && !statement.spec.id.empty()) {
                report(statement.spec.line, statement.id_column,
                       fmt::format("operator id '{}' is used twice", statement.spec.id),
                       "an id of its own for every operator",
                       fmt::format("the first stands in line {}",
                                   statements_.operators[place->second].spec.line));
            }
        }
    }

    std::optional<std::uint32_t> find(const Names& names, const Reference& reference,
                                      std::string_view kind, std::uint32_t line) {
        const auto found = names.find(reference.name);
        if (found != names.end()) {
            return found->second;
        }
        if (!reference.name.empty()) {  // an empty name was reported when it was read
            std::vector<std::string> known;
            for (const auto& [name, number] : names) {
                known.push_back(name);
            }
            std::sort(known.begin(), known.end());
            report(line, reference.column, fmt::format("no {} '{}'", kind, reference.name),
                   fmt::format("one of the {}s of this file", kind),
                   suggest(reference.name, known));
        }
        return std::nullopt;
    }

    void add_operator(const OperatorStatement& statement) {
        OperatorSpec& op = workload_.operators.emplace_back(statement.spec);
        for (const Reference& reference : statement.depends) {
            if (const auto before = find(operators_, reference, "operator", statement.spec.line)) {
                op.depends.push_back({*before});
            }
        }
        if (is_recorded(op.kind)) {
            return;
        }
        bool complete = true;
        std::vector<const TensorSpec*> inputs;
        for (const Reference& reference : statement.inputs) {
            const auto tensor = find(tensors_, reference, "tensor", statement.spec.line);
            complete = complete && tensor.has_value();
            if (tensor) {
                op.inputs.push_back({*tensor});
                inputs.push_back(&workload_.tensors[*tensor]);
            }
        }
        const auto output = find(tensors_, statement.output, "tensor", statement.spec.line);
        complete = complete && output.has_value();
        if (complete) {
            op.output = {*output};
            check(statement, op, inputs, workload_.tensors[*output]);
        }
    }

    void check(const OperatorStatement& statement, OperatorSpec& op,
               const std::vector<const TensorSpec*>& inputs, const TensorSpec& output) {
        const auto sized = [](const TensorSpec& tensor) { return tensor.rows > 0; };
        if (!sized(output) || !std::all_of(inputs.begin(), inputs.end(),
                                           [&](const TensorSpec* t) { return sized(*t); })) {
            return;  // the shape itself was reported
        }
        if (auto problem = check_operands(op, inputs, output)) {
            report(statement.spec.line, statement.id_column,
                   fmt::format("operator '{}': {}", statement.spec.id, problem->what),
                   problem->allowed, problem->hint);
        }
    }

    void order_operators() {
        add_data_flow(workload_);
        std::vector<std::uint32_t> cycle;
        const auto order = topological_order(workload_, cycle);
        if (!order) {
            std::string path;
            for (const std::uint32_t i : cycle) {
                path += fmt::format("{} (line {}) -> ", workload_.operators[i].id,
                                    workload_.operators[i].line);
            }
            report(workload_.operators[cycle.front()].line, 0,
                   fmt::format("operators wait for each other: {}{}", path,
                               workload_.operators[cycle.front()].id),
                   "dependencies without a cycle, counting those through tensors",
                   "take one 'depends' of these lines away");
            return;
        }
        reorder(workload_, *order);
        for (const ContentFault& fault : spread_contents(workload_)) {
            report(workload_.operators[fault.operator_number].line, 0, fault.what,
                   "operators that either carry data throughout or are timing only", fault.hint);
        }
    }

    const Statements& statements_;
    const std::string& file_;
    std::vector<Diagnostic>& problems_;
    Workload workload_;
    Names tensors_;
    Names operators_;
};

}  // namespace

Workload link_statements(const Statements& statements, const std::string& file,
                         std::vector<Diagnostic>& problems) {
    return Linker(statements, file, problems).link();
}

}  // namespace vr::workload_trace
