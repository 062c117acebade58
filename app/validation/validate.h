// SPDX-License-Identifier: Apache-2.0
// Comparison of a family's measured rows with predictions, and its summary.
#pragma once

#include <string>
#include <vector>

#include "app/validation/family.h"

namespace vr {

/// One judged row. Errors are |ln(predicted / measured)|.
struct JudgedRow {
    MeasuredRow row;
    Prediction prediction;
    double error = 0;  ///< of the simulation, or of the roofline where nothing is modelled
    double roofline_error = 0;
};

/// Errors of the rows of one experiment of a family.
struct ExperimentSummary {
    std::string name;
    std::size_t rows = 0;
    double median = 0, percentile90 = 0;
};

/// Errors of the rows of one device of a family.
struct DeviceSummary {
    std::string name;
    std::size_t rows = 0;  ///< judged
    std::size_t not_modelled = 0;
    double median = 0, percentile90 = 0;
    double roofline_median = 0;
};

/// A family's outcome.
struct FamilySummary {
    std::string name;
    bool roofline = false;   ///< level roofline: its figures are the simulated ones
    std::size_t rows = 0;    ///< in the file
    std::size_t slower = 0;  ///< rows of a case that another row beats
    std::size_t modelled = 0;
    std::vector<JudgedRow> judged;  ///< modelled and not modelled
    std::vector<JudgedRow> left_out;
    double median = 0, percentile90 = 0;
    double roofline_median = 0, roofline_percentile90 = 0;
    std::vector<ExperimentSummary> experiments;  ///< in the order of the file
    std::vector<DeviceSummary> devices;          ///< likewise
    /// Medians of two halves of the judged rows, parted by a hash of their parameters: figures
    /// that were fitted to rows would differ.
    double half_medians[2] = {0, 0};
    double median_limit = 0, percentile90_limit = 0;  ///< of every experiment; 0: printed only

    [[nodiscard]] bool judged_by_limits() const { return median_limit > 0; }
    [[nodiscard]] bool within_limits(const ExperimentSummary& experiment) const {
        return experiment.median <= median_limit && experiment.percentile90 <= percentile90_limit;
    }
    /// Every experiment is within the limits, or there are none.
    [[nodiscard]] bool passed() const;
};

/// The value at `percent` of a list: the smallest that at least so many percent do not exceed; 0
/// when it is empty.
[[nodiscard]] double percentile(std::vector<double> values, int percent);

/// Which rows are judged: of rows with equal keys the fastest, the first among equals.
[[nodiscard]] std::vector<bool> fastest_rows(const Family& family,
                                             const std::vector<MeasuredRow>& rows);

/// Judges every row. At the roofline level the roofline's figure is the simulated one of every row,
/// and no limit holds: the limits are the detailed machine's. `progress` (may be empty) is told how
/// many rows are done.
[[nodiscard]] FamilySummary judge(const Family& family, const std::vector<MeasuredRow>& rows,
                                  Presets& presets,
                                  const std::function<void(std::size_t)>& progress = {});

/// The table and what was not modelled or left out, for people and as JSON.
[[nodiscard]] std::string validation_table(const std::vector<FamilySummary>& summaries);
/// A table in Markdown, by family and device.
[[nodiscard]] std::string validation_markdown(const std::vector<FamilySummary>& summaries);
[[nodiscard]] std::string validation_json(const std::vector<FamilySummary>& summaries);

}  // namespace vr
