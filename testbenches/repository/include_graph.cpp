// SPDX-License-Identifier: Apache-2.0
#include "testbenches/repository/include_graph.h"

#include <regex>

#include "testbenches/repository/source_tree.h"

namespace vr::test {

namespace fs = std::filesystem;

namespace {

bool is_c_or_cpp(const std::string& file) {
    const std::string suffix = fs::path(file).extension().string();
    for (const char* known : {".h", ".hpp", ".cpp", ".cc", ".c", ".inc", ".tpp"}) {
        if (suffix == known) {
            return true;
        }
    }
    return false;
}

// The include path is the root alone; beside it a quoted include is looked for next to the file
// that has it.
std::string resolve(const IncludeGraph& graph, const std::string& from, const std::string& target) {
    const std::string from_root = fs::path(target).lexically_normal().string();
    if (graph.contains(from_root)) {
        return from_root;
    }
    const std::string beside = (fs::path(from).parent_path() / target).lexically_normal().string();
    return graph.contains(beside) ? beside : std::string{};
}

}  // namespace

IncludeGraph read_includes(const fs::path& root) {
    static const std::regex pattern(R"re(^\s*#\s*include\s*(<([^>]+)>|"([^"]+)"))re");
    IncludeGraph graph;
    for (const std::string& file : files_below(root)) {
        if (!is_c_or_cpp(file)) {
            continue;
        }
        std::vector<IncludeLine>& includes = graph[file];
        const std::vector<std::string> lines = lines_of(root / file);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            std::smatch match;
            if (std::regex_search(lines[i], match, pattern)) {
                const bool angled = match[2].matched;
                includes.push_back({i + 1, angled, angled ? match[2].str() : match[3].str(), {}});
            }
        }
    }
    for (auto& [file, includes] : graph) {
        for (IncludeLine& include : includes) {
            include.file = resolve(graph, file, include.target);
        }
    }
    return graph;
}

bool is_verilator(const IncludeLine& include) {
    static const std::regex pattern(R"re(verilated\w*\.h|V[a-z]\w*\.h)re");
    return include.file.empty() && std::regex_match(include.target, pattern);
}

bool is_systemc(const IncludeLine& include) {
    static const std::regex pattern(
        R"re((systemc|systemc\.h|tlm|tlm\.h)|(sysc|tlm_core|tlm_utils)/.*)re");
    return include.file.empty() && std::regex_match(include.target, pattern);
}

}  // namespace vr::test
