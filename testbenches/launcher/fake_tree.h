// SPDX-License-Identifier: Apache-2.0
// A small copy of the repository with the real launcher, and stand-ins for the tools that it calls
// (dpkg-query, apt-get, sudo, id, cmake, ctest). They write down how they were called, so a test
// needs no network, no root rights and no compiler.
#pragma once

#include <filesystem>
#include <string>

#include "testbenches/launcher/command.h"

namespace vr::test {

/// The tree. Packages alpha and beta are wanted by every preset, gamma by the preset debug only.
class FakeTree {
  public:
    FakeTree();
    [[nodiscard]] std::filesystem::path root() const { return folder_.path() / "a tree"; }
    [[nodiscard]] std::filesystem::path state() const { return folder_.path() / "state"; }
    [[nodiscard]] std::filesystem::path tools() const { return folder_.path() / "tools"; }

    /// Marks packages as installed: "alpha beta".
    void install(const std::string& packages);
    /// The user that `id -u` names; 0 (root) at first.
    void become(int user);
    /// Makes a tool fail (state "apt" or "build") or leaves one away (tool "sudo", "dpkg-query",
    /// ...).
    void break_part(const std::string& part);
    void remove_tool(const std::string& tool);

    /// The shell text that calls the launcher with `arguments` (shell text) and only the stand-in
    /// tools.
    [[nodiscard]] std::string call(const std::string& arguments,
                                   const std::string& environment = {}) const;
    [[nodiscard]] CommandResult run(const std::string& arguments,
                                    const std::string& environment = {}) const;
    /// Every call of a tool so far, one a line: "cmake --build ...".
    [[nodiscard]] std::string calls() const;
    void forget_calls();

  private:
    TemporaryFolder folder_;
};

}  // namespace vr::test
