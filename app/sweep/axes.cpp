// SPDX-License-Identifier: Apache-2.0
#include "app/sweep/axes.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "models/base/error.h"

namespace vr {

namespace {

constexpr std::size_t kMostPoints = 100'000;

std::string trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(' ');
    return begin == std::string_view::npos
               ? std::string{}
               : std::string(text.substr(begin, text.find_last_not_of(' ') - begin + 1));
}

SweepAxis axis_of(const std::string& text) {
    const auto fail = [&](const char* what) {
        throw UsageError(
            fmt::format("--vary {}: {}; allowed: key=value,value,..., e.g. "
                        "gpu.l2.capacity='96 MiB,192 MiB'",
                        text, what));
    };
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
        fail("no '='");
    }
    SweepAxis axis{trimmed(std::string_view(text).substr(0, equals)), {}};
    if (axis.key.empty()) {
        fail("no key");
    }
    for (std::size_t at = equals + 1; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        axis.values.push_back(trimmed(std::string_view(text).substr(at, comma - at)));
        if (axis.values.back().empty()) {
            fail("an empty value");
        }
        if (std::count(axis.values.begin(), axis.values.end(), axis.values.back()) > 1) {
            fail("a value is given twice");
        }
        at = comma + 1;
    }
    return axis;
}

}  // namespace

std::vector<SweepAxis> sweep_axes(const std::vector<std::string>& texts) {
    std::vector<SweepAxis> axes;
    std::size_t points = 1;
    for (const std::string& text : texts) {
        SweepAxis axis = axis_of(text);
        if (std::any_of(axes.begin(), axes.end(),
                        [&](const SweepAxis& other) { return other.key == axis.key; })) {
            throw UsageError(
                fmt::format("--vary {}: the key is given twice; give all of its values in one "
                            "--vary",
                            axis.key));
        }
        points *= axis.values.size();
        if (points > kMostPoints) {
            throw UsageError(
                fmt::format("--vary: more than {} combinations; leave out values", kMostPoints));
        }
        axes.push_back(std::move(axis));
    }
    return axes;
}

std::vector<std::vector<std::string>> combinations(const std::vector<SweepAxis>& axes) {
    std::vector<std::vector<std::string>> all = {{}};
    for (const SweepAxis& axis : axes) {
        std::vector<std::vector<std::string>> longer;
        for (const std::vector<std::string>& point : all) {
            for (const std::string& value : axis.values) {
                longer.push_back(point);
                longer.back().push_back(value);
            }
        }
        all = std::move(longer);
    }
    return all;
}

}  // namespace vr
