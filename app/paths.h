// SPDX-License-Identifier: Apache-2.0
// Where vrsim's own files lie: presets, samples, measured data, firmware.
#pragma once

#include <string>

namespace vr {

/// A path inside vrsim's tree, or inside the folder of an installed vrsim that has the same layout:
/// the environment variable VRSIM_HOME; what set_tree() was told; share/vrsim beside the folder of
/// the program (an installed one); the tree that the program was built from.
[[nodiscard]] std::string tree_path(const std::string& relative);
/// For a program of somebody else's on an installed vrsim.
void set_tree(std::string folder);

/// The ELF file that `given` names: a file; else a firmware of that name that was built with this
/// program (a directory given by --with), or that comes with vrsim. Throws InputError with the
/// names there are when it is none of these.
[[nodiscard]] std::string firmware_path(const std::string& given);

}  // namespace vr
