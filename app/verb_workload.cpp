// SPDX-License-Identifier: Apache-2.0
// `vrsim workload MODEL`: a workload trace of one GPU's share of decoder layers.
#include <algorithm>
#include <filesystem>

#include "app/checked_file.h"
#include "app/console.h"
#include "app/paths.h"
#include "app/report/text.h"
#include "app/verbs.h"
#include "models/transport/operator_work.h"
#include "traces/formats/workload/workload_reader.h"
#include "traces/formats/workload/workload_writer.h"
#include "traces/generate/generate_workload.h"

namespace vr {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> known_models() {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(tree_path("traces/models"), ignored)) {
        if (entry.path().extension() == ".json") {
            names.push_back(entry.path().stem().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

ModelConfig find_model(const std::string& name) {
    if (name.ends_with(".json")) {
        return read_model_config(name, name);
    }
    const std::vector<std::string> names = known_models();
    if (std::find(names.begin(), names.end(), name) == names.end()) {
        const std::string nearest = nearest_name(name, names);
        throw UsageError(
            fmt::format("workload: unknown model '{}'; allowed: {}, or a path ending in .json{}",
                        name, fmt::join(names, ", "),
                        nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
    }
    ModelConfig config = read_model_config(tree_path("traces/models/" + name + ".json"), name);
    config.file = "traces/models/" + name + ".json";  // the same text wherever the tree lies
    return config;
}

std::string summary(const GeneratedWorkload& made, const std::string& file) {
    std::int64_t flops = 0;
    for (const OperatorSpec& op : made.workload.operators) {
        flops += tensor_flops(made.workload, op);
    }
    return fmt::format(
        "{}\n  {} operators on {} tensors, no problem\n  products     {}\n  weights      {}\n"
        "  cache        {}\n\n  next\n    vrsim run {}\n",
        made.workload.name, made.workload.operators.size(), made.workload.tensors.size(),
        amount_text(flops, "FLOP"), amount_text(made.weight_bytes, "B"),
        amount_text(made.cache_bytes, "B"), file);
}

}  // namespace

ExitCode verb_workload(const CommandLine& line) {
    const Console console(line.common);
    refuse_overwriting("workload", line.output, line.force);
    const GeneratedWorkload made = generate_workload(find_model(line.model), line.layers);
    CheckedFile out(line.output, "--output");
    const Workload back = read_workload(out.write(made.text)).workload;
    ensure(write_workload(back) == write_workload(made.workload),
           "the trace in '{}' reads back to another workload", line.output);
    out.accept();
    console.print(summary(made, line.output));
    return ExitCode::kComplete;
}

}  // namespace vr
