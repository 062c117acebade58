// SPDX-License-Identifier: Apache-2.0
// The table of a sweep as CSV (RFC 4180): written whole or not at all, read back to go on.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/sweep/axes.h"

namespace vr {

/// One point: a line of the table, its fields as text. `values` has the varied keys' in the order
/// of the axes.
struct SweepRow {
    std::vector<std::string> values;
    std::string status;  ///< "complete" or "failed"
    std::string time_fs;
    std::string bound_by;
    std::string bound_percent;
    std::string tensor_flops;    ///< achieved, FLOP/s, all kinds of operands
    std::string tensor_percent;  ///< of the peak; a sum over the kinds
    std::string hbm_bytes;       ///< achieved, B/s
    std::string hbm_percent;
    std::string exit_code;
    std::string reason;  ///< of a failure
    std::string trace;
    std::string platform;
    std::string point;  ///< hash of everything that the result follows from

    [[nodiscard]] bool complete() const { return status == "complete"; }
    /// Nothing new would come of another run: it is complete, or failed by an exit code of its own
    /// and not by a signal.
    [[nodiscard]] bool final() const;
};

class SweepTable {
  public:
    /// Reads what PATH holds already. Throws UsageError when the file is not the table of a sweep
    /// over these keys.
    SweepTable(std::string path, const std::vector<SweepAxis>& axes);
    /// The row of a point that needs no run; null when there is none.
    [[nodiscard]] const SweepRow* known(const std::string& point) const;
    /// Writes `rows`, then the rows that the file held before and that none of `all` (the values of
    /// every point of this sweep) replaces. Throws UsageError when that is not possible.
    void write(const std::vector<SweepRow>& rows, const std::vector<SweepRow>& all) const;

  private:
    std::string path_;
    std::string header_;
    std::vector<SweepRow> before_;
    std::map<std::string, std::size_t> by_point_;
};

/// Fields of CSV text, line by line; quotes may enclose commas, quotes and line ends. Exposed for
/// tests.
[[nodiscard]] std::vector<std::vector<std::string>> read_csv(std::string_view text);
[[nodiscard]] std::string csv_line(const std::vector<std::string>& fields);

}  // namespace vr
