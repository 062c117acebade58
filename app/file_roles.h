// SPDX-License-Identifier: Apache-2.0
// Which files of a command line are read and which are written, so that no file is both.
#pragma once

#include "app/options.h"

namespace vr {

/// Throws UsageError, before anything is read or written, where an output of the command line is
/// one of its inputs or another output: the same file, whatever the paths look like. Files that
/// are named inside of an input (`extends` of a platform, say) are not looked at.
void check_file_roles(const CommandLine& line);

}  // namespace vr
