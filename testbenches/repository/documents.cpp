// SPDX-License-Identifier: Apache-2.0
#include "testbenches/repository/documents.h"

#include <algorithm>
#include <regex>

namespace vr::test {

namespace fs = std::filesystem;

namespace {

// Git knows no empty folders, so a folder exists when a file of the repository lies in it.
bool exists(const std::vector<std::string>& files, const fs::path& path) {
    std::string name = path.lexically_normal().generic_string();
    while (name.ends_with('/')) {
        name.pop_back();
    }
    return name == "." || std::any_of(files.begin(), files.end(),
                                      [&](const std::string& file) { return lies_in(file, name); });
}

void check_words(const std::vector<std::string>& files, const std::string& file, std::size_t number,
                 const std::string& line, std::vector<Breach>& breaches) {
    static const std::regex word(
        R"re(`((?:models|tlm|traces|app|testbenches|cmake|docs|rtl|firmware)/[a-z0-9_./-]*)`)re");
    for (std::sregex_iterator it(line.begin(), line.end(), word), end; it != end; ++it) {
        if (!exists(files, (*it)[1].str())) {
            breaches.push_back(
                {file, number, "names " + (*it)[1].str() + ", which does not exist"});
        }
    }
}

void check_links(const std::vector<std::string>& files, const std::string& file, std::size_t number,
                 const std::string& line, std::vector<Breach>& breaches) {
    static const std::regex link(R"re(\]\(([^)#\s]+)(#[^)]*)?\))re");
    for (std::sregex_iterator it(line.begin(), line.end(), link), end; it != end; ++it) {
        const std::string target = (*it)[1].str();
        if (target.find("://") == std::string::npos && !target.starts_with("mailto:") &&
            !exists(files, fs::path(file).parent_path() / target)) {
            breaches.push_back({file, number, "links to " + target + ", which does not exist"});
        }
    }
}

// Without the indentation that all lines share.
std::vector<std::string> flush_left(std::vector<std::string> lines) {
    std::size_t common = std::string::npos;
    for (const std::string& line : lines) {
        common = std::min(common, line.find_first_not_of(' '));  // npos: an empty line
    }
    for (std::string& line : lines) {
        line.erase(0, std::min(common, line.size()));
    }
    return lines;
}

bool holds(const std::vector<std::string>& source, const std::vector<std::string>& quoted) {
    const auto count = static_cast<std::ptrdiff_t>(quoted.size());
    for (auto at = source.begin(); source.end() - at >= count; ++at) {
        if (flush_left({at, at + count}) == quoted) {
            return true;
        }
    }
    return false;
}

// The indented block that begins at the first line from `at` on which is not empty.
std::vector<std::string> block_from(const std::vector<std::string>& lines, std::size_t at) {
    while (at < lines.size() && lines[at].empty()) {
        ++at;
    }
    std::vector<std::string> block;
    for (; at < lines.size() && (lines[at].starts_with("    ") || lines[at].empty()); ++at) {
        block.push_back(lines[at]);
    }
    while (!block.empty() && block.back().empty()) {
        block.pop_back();
    }
    return flush_left(std::move(block));
}

}  // namespace

std::vector<Breach> document_breaches(const fs::path& root, const std::vector<std::string>& files) {
    std::vector<Breach> breaches;
    for (const std::string& file : files) {
        if (!file.ends_with(".md")) {
            continue;
        }
        const std::vector<std::string> lines = lines_of(root / file);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!lines[i].starts_with("    ")) {
                check_words(files, file, i + 1, lines[i], breaches);
                check_links(files, file, i + 1, lines[i], breaches);
            }
        }
    }
    return breaches;
}

std::vector<Breach> quotation_breaches(const fs::path& root,
                                       const std::vector<std::string>& files) {
    static const std::regex mark(R"re(<!-- quotes (\S+) -->)re");
    std::vector<Breach> breaches;
    for (const std::string& file : files) {
        if (!file.ends_with(".md")) {
            continue;
        }
        const std::vector<std::string> lines = lines_of(root / file);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            std::smatch found;
            if (!std::regex_match(lines[i], found, mark)) {
                continue;
            }
            const std::string source = found[1].str();
            const std::vector<std::string> quoted = block_from(lines, i + 1);
            if (!fs::is_regular_file(root / source)) {
                breaches.push_back({file, i + 1, "quotes " + source + ", which does not exist"});
            } else if (quoted.empty()) {
                breaches.push_back({file, i + 1, "quotes nothing of " + source});
            } else if (!holds(lines_of(root / source), quoted)) {
                breaches.push_back(
                    {file, i + 1, "quotes lines that are not in " + source + " like this"});
            }
        }
    }
    return breaches;
}

}  // namespace vr::test
