// SPDX-License-Identifier: Apache-2.0
#include "testbenches/repository/hygiene.h"

#include <algorithm>
#include <initializer_list>
#include <regex>
#include <sstream>

#include "testbenches/launcher/command.h"

namespace vr::test {

namespace fs = std::filesystem;

namespace {

constexpr const char* kLicenceLine = "SPDX-License-Identifier: Apache-2.0";

bool has_suffix(const std::string& file, std::initializer_list<const char*> suffixes) {
    const std::string own = fs::path(file).extension().string();
    return std::any_of(suffixes.begin(), suffixes.end(),
                       [&](const char* suffix) { return own == suffix; });
}

bool is_code(const std::string& file) {
    return has_suffix(
        file, {".h", ".hpp", ".c", ".cpp", ".cu", ".sv", ".svh", ".v", ".S", ".py", ".sh", ".js", ".ts"});
}

bool is_build_file(const std::string& file) {
    return has_suffix(file, {".cmake"}) || fs::path(file).filename() == "CMakeLists.txt";
}

bool is_compressed(const std::string& file) {
    return has_suffix(file, {".gz", ".xz", ".zst", ".bz2"});
}

bool is_text(const std::string& line) {
    return line.find('\0') == std::string::npos;
}

}  // namespace

std::vector<std::string> repository_files(const fs::path& root) {
    const CommandResult listed = run_command("git -C " + quoted(root.string()) +
                                             " ls-files -z --cached --others --exclude-standard");
    if (listed.exit_code != 0) {
        return files_below(root);
    }
    std::vector<std::string> files;
    std::istringstream names(listed.out);
    for (std::string name; std::getline(names, name, '\0');) {
        if (fs::is_regular_file(root / name)) {
            files.push_back(name);
        }
    }
    return files;
}

std::vector<Breach> licence_breaches(const fs::path& root, const std::vector<std::string>& files) {
    std::vector<Breach> breaches;
    for (const std::string& file : files) {
        const std::vector<std::string> lines = lines_of(root / file);
        const bool script = !lines.empty() && lines[0].starts_with("#!");
        if (!is_code(file) && !is_build_file(file) && !script) {
            continue;
        }
        const std::size_t first = script ? 1 : 0;
        if (lines.size() <= first || lines[first].find(kLicenceLine) == std::string::npos) {
            breaches.push_back({file, first + 1, std::string("expected \"") + kLicenceLine + "\""});
        }
    }
    return breaches;
}

std::map<std::string, std::string> long_file_reasons(const fs::path& root) {
    std::map<std::string, std::string> reasons;
    for (const std::string& line : lines_of(root / "testbenches/repository/long_files.txt")) {
        if (!line.empty() && line[0] != '#') {
            const std::size_t space = line.find(' ');
            reasons[line.substr(0, space)] =
                space == std::string::npos ? std::string{} : line.substr(space + 1);
        }
    }
    return reasons;
}

std::vector<Breach> length_breaches(const fs::path& root, const std::vector<std::string>& files) {
    std::map<std::string, std::string> reasons = long_file_reasons(root);
    std::vector<Breach> breaches;
    for (const std::string& file : files) {
        const bool ours = lies_in(file, "models") || lies_in(file, "tlm") || lies_in(file, "app") ||
                          lies_in(file, "traces") || lies_in(file, "rtl") ||
                          lies_in(file, "firmware");
        if (!ours || !is_code(file)) {
            continue;
        }
        const std::size_t lines = lines_of(root / file).size();
        if (lines <= kLongestSource) {
            continue;
        }
        const auto reason = reasons.find(file);
        if (reason == reasons.end() || reason->second.empty()) {
            breaches.push_back({file, lines,
                                "more than " + std::to_string(kLongestSource) +
                                    " lines: split it, or give the reason in long_files.txt"});
        }
        if (reason != reasons.end()) {
            reasons.erase(reason);
        }
    }
    for (const auto& [file, reason] : reasons) {
        breaches.push_back({file, 0, "stands in long_files.txt and is no long source"});
    }
    return breaches;
}

std::vector<Breach> size_breaches(const fs::path& root, const std::vector<std::string>& files) {
    std::vector<Breach> breaches;
    for (const std::string& file : files) {
        const std::uintmax_t size = fs::file_size(root / file);
        if (size > kLargestFile && !is_compressed(file)) {
            breaches.push_back(
                {file, 0, std::to_string(size) + " bytes: compress it or leave it out"});
        }
    }
    return breaches;
}

std::uintmax_t total_size(const fs::path& root, const std::vector<std::string>& files) {
    std::uintmax_t total = 0;
    for (const std::string& file : files) {
        total += fs::file_size(root / file);
    }
    return total;
}

std::vector<Breach> foreign_word_breaches(const fs::path& root,
                                          const std::vector<std::string>& files) {
    struct Word {
        std::regex pattern;
        const char* what;
    };
    static const Word words[] = {
        {std::regex(
             R"((^|[^A-Za-z0-9_.])/(home|root|Users|work|workspace|farm|mnt|srv|tmp/[a-z_]*jobs)[/.])"),
         "a path of somebody's machine"},
        {std::regex(R"(https?://(registry|deb|ftp|mirror|files|proxy)\.[a-z0-9.-]+)"),
         "the address of a package registry"},
        {std::regex(R"(sub-?(agent))", std::regex::icase), "a word that is not about vrsim"},
    };
    std::vector<Breach> breaches;
    for (const std::string& file : files) {
        if (has_suffix(file, {".csv", ".jsonl"}) || is_compressed(file)) {
            continue;
        }
        const std::vector<std::string> lines = lines_of(root / file);
        for (std::size_t i = 0; i < lines.size() && is_text(lines[i]); ++i) {
            for (const Word& word : words) {
                std::smatch match;
                if (std::regex_search(lines[i], match, word.pattern)) {
                    breaches.push_back({file, i + 1, std::string(word.what) + ": " + match.str()});
                }
            }
        }
    }
    return breaches;
}

}  // namespace vr::test
