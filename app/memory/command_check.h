// SPDX-License-Identifier: Apache-2.0
// Reads a table of commands (command_file.h) and judges it by the standard of a memory.
#pragma once

#include <cstdint>
#include <string>

#include "models/hbm4/hbm4_config.h"

namespace vr {

struct CommandCheck {
    std::int64_t commands = 0;
    std::int64_t pseudo_channels = 0;
};

/// Throws InputError with the line of every malformed cell, of every place that the memory does not
/// have, or of every command that breaks a rule of the standard (twenty at most). Columns may come
/// in any order; tick, pseudo_channel, command, bank, row and column are needed; time_fs, stack_id,
/// bank_group and bank_in_group have to agree with them where they are given.
CommandCheck check_command_file(const std::string& path, const Hbm4Config& memory);

}  // namespace vr
