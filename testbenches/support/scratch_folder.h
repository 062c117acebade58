// SPDX-License-Identifier: Apache-2.0
// A folder for the files of one test program: tests of one program run side by side, so each
// process has its own, removed at its end.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

namespace vr::testing {

/// The folder; made at the first call.
inline const std::filesystem::path& scratch_folder() {
    struct Folder {
        Folder() : path(std::filesystem::path(VRSIM_BINARY_DIR) / "scratch") {
            path /= std::to_string(::getpid());
            std::filesystem::remove_all(path);
            std::filesystem::create_directories(path);
        }
        ~Folder() {
            std::error_code ignored;
            std::filesystem::remove_all(path, ignored);
        }
        Folder(const Folder&) = delete;
        Folder& operator=(const Folder&) = delete;
        std::filesystem::path path;
    };
    static const Folder folder;
    return folder.path;
}

}  // namespace vr::testing
