// SPDX-License-Identifier: Apache-2.0
// What becomes of repeated measurements: a median with its spread, and the slope of a line.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "testbenches/validation/cuda/host/error.h"

namespace vr::kit {

/// Repetitions of one measurement.
struct Sample {
    double median = 0;
    double spread = 0;  ///< median distance from the median, in parts of it
};

/// The middle value; between the two middle ones of an even number.
inline double median_of(std::vector<double> values) {
    if (values.empty()) {
        throw Error(kFailed, "a median of no values");
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) {
        return *middle;
    }
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

inline Sample summarise(const std::vector<double>& values) {
    Sample sample;
    sample.median = median_of(values);
    std::vector<double> distances;
    for (const double value : values) {
        distances.push_back(std::fabs(value - sample.median));
    }
    sample.spread = sample.median == 0 ? 0 : median_of(distances) / std::fabs(sample.median);
    return sample;
}

/// The least-squares slope through points: what one more of x costs in y.
inline double slope_of(const std::vector<double>& x, const std::vector<double>& y) {
    if (x.size() != y.size() || x.size() < 2) {
        throw Error(kFailed, "a slope needs two points or more");
    }
    const auto count = static_cast<double>(x.size());
    double mean_x = 0;
    double mean_y = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        mean_x += x[i] / count;
        mean_y += y[i] / count;
    }
    double covariance = 0;
    double variance = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        covariance += (x[i] - mean_x) * (y[i] - mean_y);
        variance += (x[i] - mean_x) * (x[i] - mean_x);
    }
    if (variance == 0) {
        throw Error(kFailed, "a slope needs two different x");
    }
    return covariance / variance;
}

}  // namespace vr::kit
