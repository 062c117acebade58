// SPDX-License-Identifier: Apache-2.0
// The audit of a run (--audit-at TIME): at that moment the hash of every unit's state, of contents
// and of the RTL twins, and a copy of the whole process that goes on by itself; at the end both
// must agree in every byte of the report and in every hash. Not covered by hashes: what decides
// nothing (Unit::state()) and SystemC's own; the report of the copy covers both.
#pragma once

#include <exception>
#include <string>
#include <vector>

#include "app/platform/forked_copy.h"
#include "app/platform/simulation.h"
#include "app/report/run_result.h"

namespace vr {

class Audit {
  public:
    /// Puts itself into the request, unless `at` is kNever. The request must not outlive it.
    Audit(RunRequest& request, Time at);
    /// In the copy: nothing may be shown or written.
    [[nodiscard]] bool is_copy() const { return copy_.is_copy(); }
    /// To be called with the checked result. In the copy it does not return. In the original: the
    /// hashes and the verdict as text; "" without an audit. Throws LawBroken when they differ.
    [[nodiscard]] std::string conclude(const RunResult& result);
    /// Does a part of the run. Where an error ends it in the copy, the copy ends with it.
    template <class Part>
    auto guard(Part&& part) {
        try {
            return part();
        } catch (const std::exception& error) {
            end_copy(error.what());
            throw;
        }
    }

  private:
    void end_copy(const std::string& error);
    [[nodiscard]] std::string account(const std::string& report) const;
    Time at_;
    ForkedCopy copy_;
    std::vector<StateHash> then_;
    std::vector<StateHash> end_;
};

/// "PATH HASH", a line each.
[[nodiscard]] std::string hash_lines(const std::vector<StateHash>& hashes);

/// The same with one hash for units that differ in numbers only, where they are many.
[[nodiscard]] std::vector<StateHash> grouped(const std::vector<StateHash>& hashes);

}  // namespace vr
