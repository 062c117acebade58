// SPDX-License-Identifier: Apache-2.0
#include "testbenches/repository/source_tree.h"

#include <algorithm>
#include <fstream>

namespace vr::test {

namespace fs = std::filesystem;

std::string Breach::text() const {
    return file + (line > 0 ? ":" + std::to_string(line) : "") + ": " + what;
}

std::string text_of(const std::vector<Breach>& breaches) {
    std::string text;
    for (const Breach& breach : breaches) {
        text += breach.text() + "\n";
    }
    return text;
}

std::vector<std::string> files_below(const fs::path& root) {
    std::vector<std::string> files;
    for (auto it = fs::recursive_directory_iterator(root); it != fs::end(it); ++it) {
        const std::string path = it->path().lexically_relative(root).string();
        const std::string name = it->path().filename().string();
        if (it->is_directory()) {
            const bool hidden = name.starts_with(".") && path != ".ci";
            if (hidden || path == "build" || name == "__pycache__") {
                it.disable_recursion_pending();
            }
        } else if (it->is_regular_file() && path != ".git") {
            files.push_back(path);
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

bool lies_in(std::string_view path, std::string_view folder) {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::vector<std::string> lines_of(const fs::path& file) {
    std::vector<std::string> lines;
    std::ifstream in(file, std::ios::binary);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

}  // namespace vr::test
