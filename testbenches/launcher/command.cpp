// SPDX-License-Identifier: Apache-2.0
#include "testbenches/launcher/command.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace vr::test {

namespace fs = std::filesystem;

namespace {

int exit_code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "vrsim-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("cannot make the folder " + name);
    }
    path_ = fs::canonical(name);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

CommandResult run_command(const std::string& text) {
    const TemporaryFolder folder;
    const std::string out = (folder.path() / "out").string();
    const std::string err = (folder.path() / "err").string();
    const std::string line =
        "{ " + text + "\n} >" + quoted(out) + " 2>" + quoted(err) + " </dev/null";
    CommandResult result;
    result.exit_code = exit_code_of(std::system(line.c_str()));
    result.out = read_text(out);
    result.err = read_text(err);
    return result;
}

bool has_terminals() {
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal >= 0) {
        ::close(terminal);
    }
    return terminal >= 0;
}

CommandResult run_on_terminal(const std::string& text, const std::string& input) {
    int terminal = -1;
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child < 0) {
        throw std::runtime_error("cannot open a pseudo-terminal");
    }
    if (child == 0) {
        ::execl("/bin/sh", "sh", "-c", text.c_str(), static_cast<char*>(nullptr));
        ::_exit(127);
    }
    if (::write(terminal, input.data(), input.size()) < 0) {
        throw std::runtime_error("cannot type on the pseudo-terminal");
    }
    CommandResult result;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(terminal, buffer, sizeof buffer)) > 0;) {
        result.out.append(buffer, static_cast<std::size_t>(n));
    }
    ::close(terminal);
    int status = 0;
    ::waitpid(child, &status, 0);
    result.exit_code = exit_code_of(status);
    return result;
}

std::string quoted(const std::string& text) {
    std::string word = "'";
    for (const char c : text) {
        word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return word + "'";
}

std::string read_text(const fs::path& file) {
    const std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void write_text(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

void write_program(const fs::path& file, const std::string& text) {
    write_text(file, text);
    fs::permissions(file, fs::perms::owner_all | fs::perms::group_read | fs::perms::others_read);
}

}  // namespace vr::test
