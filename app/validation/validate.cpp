// SPDX-License-Identifier: Apache-2.0
#include "app/validation/validate.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/transport/digest.h"

namespace vr {

namespace {

std::vector<ExperimentSummary> by_experiment(const std::vector<JudgedRow>& judged) {
    std::vector<std::pair<std::string, std::vector<double>>> errors;
    for (const JudgedRow& row : judged) {
        const auto found = std::find_if(errors.begin(), errors.end(), [&](const auto& entry) {
            return entry.first == row.row.experiment;
        });
        if (found == errors.end()) {
            errors.push_back({row.row.experiment, {row.error}});
        } else {
            found->second.push_back(row.error);
        }
    }
    std::vector<ExperimentSummary> out;
    for (const auto& [name, list] : errors) {
        out.push_back({name, list.size(), percentile(list, 50), percentile(list, 90)});
    }
    return out;
}

std::vector<DeviceSummary> by_device(const std::vector<JudgedRow>& judged) {
    std::vector<std::string> names;
    for (const JudgedRow& row : judged) {
        if (std::find(names.begin(), names.end(), row.row.device) == names.end()) {
            names.push_back(row.row.device);
        }
    }
    std::vector<DeviceSummary> out;
    for (const std::string& name : names) {
        DeviceSummary device;
        device.name = name;
        std::vector<double> errors;
        std::vector<double> roofline;
        for (const JudgedRow& row : judged) {
            if (row.row.device == name) {
                errors.push_back(row.error);
                roofline.push_back(row.roofline_error);
                device.not_modelled += row.prediction.state == RowState::kNotModelled ? 1 : 0;
            }
        }
        device.rows = errors.size();
        device.median = percentile(errors, 50);
        device.percentile90 = percentile(errors, 90);
        device.roofline_median = percentile(roofline, 50);
        out.push_back(std::move(device));
    }
    return out;
}

// Which half a row belongs to: by what was measured, not by where it stands.
bool second_half(const MeasuredRow& row) {
    DigestSink digest;
    const auto push = [&](const std::string& text) {
        for (const char c : text) {
            digest.push(static_cast<unsigned char>(c));
        }
    };
    push(row.device);
    push(row.experiment);
    for (const auto& [name, value] : row.parameters) {
        push(name);
        push(value);
    }
    return (digest.value() & 1) != 0;
}

}  // namespace

std::vector<bool> fastest_rows(const Family& family, const std::vector<MeasuredRow>& rows) {
    std::vector<bool> chosen(rows.size(), true);
    if (!family.case_key) {
        return chosen;
    }
    std::map<std::string, std::size_t> best;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto [place, fresh] = best.emplace(family.case_key(rows[i]), i);
        if (fresh) {
            continue;
        }
        const double held = rows[place->second].value;
        const bool faster =
            family.larger_is_faster(rows[i]) ? rows[i].value > held : rows[i].value < held;
        chosen[faster ? place->second : i] = false;
        if (faster) {
            place->second = i;
        }
    }
    return chosen;
}

bool FamilySummary::passed() const {
    return !judged_by_limits() ||
           std::all_of(experiments.begin(), experiments.end(),
                       [&](const ExperimentSummary& e) { return within_limits(e); });
}

double percentile(std::vector<double> values, int percent) {
    if (values.empty()) {
        return 0;
    }
    std::sort(values.begin(), values.end());
    const std::size_t rank =
        (values.size() * static_cast<std::size_t>(percent) + 99) / 100;  // at least 1 below 100 %
    return values[std::max<std::size_t>(rank, 1) - 1];
}

FamilySummary judge(const Family& family, const std::vector<MeasuredRow>& rows, Presets& presets,
                    const std::function<void(std::size_t)>& progress) {
    FamilySummary summary;
    summary.name = family.name;
    summary.roofline = presets.common().level == Level::kRoofline;
    summary.rows = rows.size();
    const std::vector<bool> chosen = fastest_rows(family, rows);
    std::vector<double> errors;
    std::vector<double> roofline_errors;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (progress) {
            progress(i);
        }
        if (!chosen[i]) {
            ++summary.slower;
            continue;
        }
        JudgedRow judged{rows[i], family.predict(rows[i], presets)};
        if (judged.prediction.state == RowState::kLeftOut) {
            summary.left_out.push_back(std::move(judged));
            continue;
        }
        if (summary.roofline) {
            judged.prediction.state = RowState::kModelled;
            judged.prediction.simulated = judged.prediction.roofline;
            judged.prediction.why = "level roofline";
        }
        const bool modelled = judged.prediction.state == RowState::kModelled;
        const double predicted =
            modelled ? judged.prediction.simulated : judged.prediction.roofline;
        ensure(predicted > 0 && judged.prediction.roofline > 0,
               "family {}: no prediction for line {}", family.name, rows[i].line);
        judged.error = std::fabs(std::log(predicted / rows[i].value));
        judged.roofline_error = std::fabs(std::log(judged.prediction.roofline / rows[i].value));
        summary.modelled += modelled ? 1 : 0;
        errors.push_back(judged.error);
        roofline_errors.push_back(judged.roofline_error);
        summary.judged.push_back(std::move(judged));
    }
    summary.median = percentile(errors, 50);
    summary.percentile90 = percentile(errors, 90);
    summary.roofline_median = percentile(roofline_errors, 50);
    summary.roofline_percentile90 = percentile(roofline_errors, 90);
    summary.experiments = by_experiment(summary.judged);
    summary.devices = by_device(summary.judged);
    std::vector<double> halves[2];
    for (const JudgedRow& row : summary.judged) {
        halves[second_half(row.row) ? 1 : 0].push_back(row.error);
    }
    for (std::size_t half = 0; half < 2; ++half) {
        summary.half_medians[half] = percentile(halves[half], 50);
    }
    summary.median_limit = summary.roofline ? 0 : family.median_limit;
    summary.percentile90_limit = summary.roofline ? 0 : family.percentile90_limit;
    return summary;
}

}  // namespace vr
