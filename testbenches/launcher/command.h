// SPDX-License-Identifier: Apache-2.0
// Runs shell commands for tests and keeps what they print; folders that vanish with their test.
#pragma once

#include <filesystem>
#include <string>

namespace vr::test {

/// A new, empty folder; removed with everything in it at the end.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// What a command left behind.
struct CommandResult {
    int exit_code = -1;
    std::string out;
    std::string err;
};

/// Runs `text` with /bin/sh, standard input empty.
[[nodiscard]] CommandResult run_command(const std::string& text);

/// Whether this machine has pseudo-terminals at all (a bare root folder without devpts has none).
[[nodiscard]] bool has_terminals();

/// Runs `text` with /bin/sh on a pseudo-terminal, types `input` at once; everything shown comes in
/// `out`.
[[nodiscard]] CommandResult run_on_terminal(const std::string& text, const std::string& input);

/// `text` as one word of the shell.
[[nodiscard]] std::string quoted(const std::string& text);

[[nodiscard]] std::string read_text(const std::filesystem::path& file);
/// Writes a file, with the folders that lead to it.
void write_text(const std::filesystem::path& file, const std::string& text);
/// The same, and makes it executable.
void write_program(const std::filesystem::path& file, const std::string& text);

}  // namespace vr::test
