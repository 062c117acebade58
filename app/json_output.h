// SPDX-License-Identifier: Apache-2.0
// The target of --json: nothing, standard output, or a file that is whole or absent.
#pragma once

#include <optional>
#include <string>

#include "app/console.h"
#include "app/report/result_file.h"

namespace vr {

class JsonOutput {
  public:
    /// Opens the file at once, so that a path that cannot be written is told before the work
    /// begins.
    explicit JsonOutput(const std::string& target) : target_(target) {
        if (!target.empty() && target != "-") {
            file_.emplace(target, "--json");
        }
    }
    [[nodiscard]] bool wanted() const { return !target_.empty(); }
    void write(const std::string& document) {
        if (file_) {
            file_->write(document);
            file_->commit();
        } else if (target_ == "-") {
            Console::document(document);
        }
    }

  private:
    std::string target_;
    std::optional<ResultFile> file_;
};

}  // namespace vr
