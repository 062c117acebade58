// SPDX-License-Identifier: Apache-2.0
#include "app/file_roles.h"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <vector>

#include "app/report/result_file.h"
#include "models/base/error.h"

namespace vr {

namespace {

namespace fs = std::filesystem;

struct Role {
    std::string option;
    std::string path;
};

std::vector<Role> inputs(const CommandLine& line) {
    const auto is_file = [](const std::string& name) { return name.ends_with(".toml"); };
    std::vector<Role> found;
    if (!line.trace.empty()) {
        found.push_back({line.verb == "fw"        ? "--trace"
                         : line.verb == "convert" ? "IN"
                                                  : "TRACE",
                         line.trace});
    }
    if (is_file(line.common.platform)) {
        found.push_back({"--platform", line.common.platform});
    }
    if (is_file(line.device)) {
        found.push_back({"--device", line.device});
    }
    for (const std::string& set : line.common.sets) {  // a file of faults, say
        const std::size_t equals = set.find('=');
        if (equals != std::string::npos && set.substr(0, equals).ends_with(".file")) {
            std::string path = set.substr(equals + 1);
            std::erase(path, '"');  // a text may stand in quotes
            found.push_back({"--set", path});
        }
    }
    for (const std::string& mapping : line.mappings) {
        found.push_back({"--mapping", mapping});
    }
    if (!line.firmware.empty()) {
        found.push_back({"ELF", line.firmware});
    }
    if (line.model.ends_with(".json")) {
        found.push_back({"MODEL", line.model});
    }
    if (line.verb == "numerics") {
        for (const std::string& file : line.names) {
            found.push_back({"FILE", file});
        }
    }
    return found;
}

std::vector<Role> outputs(const CommandLine& line) {
    std::vector<Role> found;
    const auto add = [&](const char* option, const std::string& path) {
        if (!path.empty()) {
            found.push_back({option, path});
        }
    };
    add("--json", line.common.json == "-" ? "" : line.common.json);
    add("--events", line.common.events);
    add("--waves", line.common.waves);
    add("--csv", line.csv);
    add("--markdown", line.markdown);
    add(line.verb == "convert" ? "OUT" : "--output", line.output);
    return found;
}

// Where nothing exists yet, the paths tell.
bool same_file(const std::string& a, const std::string& b) {
    std::error_code error;
    if (fs::equivalent(a, b, error)) {
        // What is no regular file, a terminal say, can be written by many.
        return fs::is_regular_file(a, error);
    }
    const auto plain = [](const std::string& path) {
        std::error_code ignored;
        return fs::weakly_canonical(fs::absolute(result_target(path), ignored), ignored);
    };
    return plain(a) == plain(b) && !fs::exists(a, error);
}

}  // namespace

void check_file_roles(const CommandLine& line) {
    const std::vector<Role> read = inputs(line);
    const std::vector<Role> written = outputs(line);
    for (std::size_t i = 0; i < written.size(); ++i) {
        const auto& [option, path] = written[i];
        const std::string partial = partial_path(path);
        for (const Role& input : read) {
            if (same_file(path, input.path)) {
                throw UsageError(
                    fmt::format("{}: {} {} would overwrite the input {} {}; give {} another file",
                                line.verb, option, path, input.option, input.path, option));
            }
            if (same_file(partial, input.path)) {
                throw UsageError(fmt::format(
                    "{}: {} {} is written as {} first, which is the input {}; give {} another file",
                    line.verb, option, path, partial, input.option, option));
            }
        }
        for (std::size_t j = 0; j < written.size(); ++j) {
            const Role& other = written[j];
            if (i < j && same_file(path, other.path)) {
                throw UsageError(
                    fmt::format("{}: {} {} and {} {} are the same file; give each its own",
                                line.verb, option, path, other.option, other.path));
            }
            if (i != j && same_file(partial, other.path)) {
                throw UsageError(fmt::format(
                    "{}: {} {} is written as {} first, which is the file of {}; give each its own",
                    line.verb, option, path, partial, other.option));
            }
        }
    }
}

}  // namespace vr
