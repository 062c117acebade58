// SPDX-License-Identifier: Apache-2.0
// Where a verb's text goes: people's text to standard output, unless JSON goes there.
#pragma once

#include <string_view>

#include "app/options.h"

namespace vr {

class Console {
  public:
    explicit Console(const CommonOptions& common)
        : quiet_(common.quiet), json_on_stdout_(common.json == "-") {}
    /// Text for people: nothing with --quiet; to standard error with `--json -`.
    void print(std::string_view text) const;
    /// A document that was asked for: always to standard output.
    static void document(std::string_view text);
    /// At the end of a command: throws UsageError when something that went to standard output, by
    /// whatever way, did not get there. So do the two above, at once.
    static void finish();

  private:
    bool quiet_;
    bool json_on_stdout_;
};

}  // namespace vr
