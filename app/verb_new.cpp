// SPDX-License-Identifier: Apache-2.0
// `vrsim new KIND NAME DIR`: a copy of an example under a name of the user's, outside the tree, to
// start from. Not modelled: anything that an example does not show.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/console.h"
#include "app/paths.h"
#include "app/verbs.h"

namespace vr {

namespace {

namespace fs = std::filesystem;

// "my_tlm_memory" and "first_testbench" show the kinds "tlm_memory" and "testbench".
std::string kind_of(const std::string& example) {
    return example.substr(example.find('_') + 1);
}

std::vector<std::string> examples() {
    std::vector<std::string> names;
    const fs::path folder = tree_path("testbenches/examples");
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.is_directory() && fs::exists(entry.path() / "CMakeLists.txt")) {
            names.push_back(entry.path().filename().string());
        }
    }
    if (error) {
        throw UsageError(fmt::format("new: cannot read {}: {}", folder.string(), error.message()));
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string example_of(const std::string& kind) {
    std::vector<std::string> kinds;
    for (const std::string& example : examples()) {
        if (kind == kind_of(example) || kind == example) {
            return example;
        }
        kinds.push_back(kind_of(example));
    }
    const std::string nearest = nearest_name(kind, kinds);
    throw UsageError(
        fmt::format("new: unknown kind '{}'; allowed: {}{}", kind, fmt::join(kinds, ", "),
                    nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
}

// The name becomes CMake targets, files and classes.
void check_name(const std::string& name) {
    const bool word = !name.empty() && std::islower(static_cast<unsigned char>(name[0])) != 0 &&
                      std::all_of(name.begin(), name.end(), [](unsigned char c) {
                          return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
                      });
    static const std::vector<std::string> kTaken = {"all",     "clean", "help",
                                                    "install", "test",  "package"};
    if (!word || name.starts_with("vrsim") ||
        std::find(kTaken.begin(), kTaken.end(), name) != kTaken.end()) {
        throw UsageError(
            fmt::format("new: '{}' cannot be a name; allowed: lower-case letters, digits and '_', "
                        "beginning with a letter, not with vrsim, and no target of CMake's ({})",
                        name, fmt::join(kTaken, ", ")));
    }
}

// my_policy -> MyPolicy
std::string class_name(const std::string& name) {
    std::string out;
    bool upper = true;
    for (const char c : name) {
        if (c == '_') {
            upper = true;
        } else {
            out += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
            upper = false;
        }
    }
    return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

// As a word of a shell command.
std::string shell_word(const std::string& text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '/' || c == '-';
    });
    return plain ? text : "'" + replaced(text, "'", "'\\''") + "'";
}

std::string read_file(const fs::path& file) {
    const std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void write_file(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.flush();
    if (!out) {
        throw UsageError(fmt::format("new: cannot write {}", file.string()));
    }
}

}  // namespace

ExitCode verb_new(const CommandLine& line) {
    const std::string example = example_of(line.key);
    check_name(line.name);
    const fs::path target = line.folder;
    if (fs::exists(fs::symlink_status(target))) {
        throw UsageError(
            fmt::format("new: {} exists; give a directory that does not", line.folder));
    }
    const fs::path source = tree_path("testbenches/examples/" + example);
    const auto rename = [&](std::string text) {
        text = replaced(std::move(text), example, line.name);
        return replaced(std::move(text), class_name(example), class_name(line.name));
    };
    std::vector<std::string> files;
    std::vector<std::string> tries;
    try {
        for (const auto& entry : fs::recursive_directory_iterator(source)) {
            if (!entry.is_regular_file()) {
                continue;
            }
            const std::string file = rename(fs::relative(entry.path(), source).generic_string());
            std::string text = read_file(entry.path());
            if (text.find('\0') == std::string::npos) {  // programs and data stay as they are
                text = rename(std::move(text));
            }
            write_file(target / file, text);
            files.push_back(file);
            // A line "# try: COMMAND" says what else works with the example.
            std::istringstream lines(text);
            for (std::string one; std::getline(lines, one);) {
                if (one.starts_with("# try: ")) {
                    tries.push_back(replaced(one.substr(7), "DIR", shell_word(line.folder)));
                }
            }
        }
    } catch (const fs::filesystem_error& error) {
        throw UsageError(fmt::format("new: {}", error.what()));
    }
    std::sort(files.begin(), files.end());
    std::string out = fmt::format("{} is a copy of testbenches/examples/{} under the name {}:\n",
                                  line.folder, example, line.name);
    for (const std::string& file : files) {
        out += fmt::format("  {}\n", file);
    }
    out += fmt::format("next:\n  ./vrsim --with {} test\n", shell_word(line.folder));
    for (const std::string& one : tries) {
        out += fmt::format("  {}\n", one.starts_with("vrsim ") ? "./" + one : one);
    }
    Console::document(out);
    return ExitCode::kComplete;
}

}  // namespace vr
