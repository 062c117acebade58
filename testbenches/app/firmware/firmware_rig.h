// SPDX-License-Identifier: Apache-2.0
// Firmware made in the test: small programs as ELF files, and the command that runs them.
#pragma once

#include <registers/command_front_end_map.h>
#include <registers/management_core_map.h>

#include <fstream>
#include <string>
#include <vector>

#include "testbenches/app/command/vrsim_command.h"
#include "testbenches/management_core/assembler.h"
#include "testbenches/management_core/elf_writer.h"

namespace vr::testing {

namespace front_end = registers::command_front_end;
namespace devices = registers::management_core;

/// Adds instructions that write a word to a register of a block.
inline void write_register(std::vector<rv::Word>& out, const RegisterMap& map, std::uint32_t offset,
                           std::uint32_t value) {
    rv::load_constant(out, rv::t0, map.base + offset);
    rv::load_constant(out, rv::t1, value);
    out.push_back(rv::sw(rv::t1, rv::t0, 0));
}
/// The descriptor of `count` operators from `first`, and the doorbell.
inline void ring(std::vector<rv::Word>& out, std::uint32_t first, std::uint32_t count) {
    write_register(out, front_end::kMap, front_end::kLaunchFirst, first);
    write_register(out, front_end::kMap, front_end::kLaunchCount, count);
    write_register(out, front_end::kMap, front_end::kDoorbell, front_end::kDoorbellRing);
}
/// Polls until so many operators are complete.
inline void wait_for(std::vector<rv::Word>& out, std::uint32_t completed) {
    rv::load_constant(out, rv::t0, front_end::kMap.base + front_end::kCompleted);
    rv::load_constant(out, rv::t1, completed);
    out.push_back(rv::lw(rv::t2, rv::t0, 0));
    out.push_back(rv::bne(rv::t2, rv::t1, -4));
}
inline void report(std::vector<rv::Word>& out, std::uint32_t code) {
    write_register(out, devices::kMap, devices::kTestStatus, code << 1 | 1);
}
inline void log(std::vector<rv::Word>& out, const std::string& text) {
    for (const char c : text) {
        write_register(out, devices::kMap, devices::kLogCharacter, static_cast<std::uint32_t>(c));
    }
}
inline constexpr rv::Word kForEver = rv::jal(0, 0);

class FirmwareFolder {
  public:
    /// Writes a file, runs `vrsim fw run` with it on the preset tiny.
    test::CommandResult run(const FileBytes& file, const std::string& options = "") {
        const auto path = folder_.path() / "test.elf";
        std::ofstream out(path, std::ios::binary);
        out.write(reinterpret_cast<const char*>(file.data()),
                  static_cast<std::streamsize>(file.size()));
        out.close();
        return vrsim("fw run " + test::quoted(path.string()) + " --platform tiny " + options);
    }
    test::CommandResult run(const std::vector<rv::Word>& program, const std::string& options = "") {
        return run(elf_of(program), options);
    }
    [[nodiscard]] std::string path(const std::string& name) const {
        return (folder_.path() / name).string();
    }

  private:
    test::TemporaryFolder folder_;
};

}  // namespace vr::testing
