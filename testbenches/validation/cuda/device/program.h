// SPDX-License-Identifier: Apache-2.0
// The frame of every program of the kit: command line, device, errors, exit code.
#pragma once

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "testbenches/validation/cuda/device/machine.h"
#include "testbenches/validation/cuda/host/rows.h"

namespace vr::kit {

/// Runs `body(options, machine)` and returns the exit code.
template <typename Body>
int run_program(int argc, char** argv, const char* what, const Body& body) {
    try {
        const Options options = parse_options(std::vector<std::string>(argv + 1, argv + argc));
        if (options.help) {
            std::printf("%s\n%s", what, options_text().c_str());
            return kDone;
        }
        const Machine machine = open_machine(options);
        std::printf("%s\n", origin_text(machine.origin).c_str());
        body(options, machine);
        return kDone;
    } catch (const Error& error) {
        std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
        return error.code();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
        return kFailed;
    }
}

/// Rows of one family, with the origin in column `source`, told on standard output as they come.
class Report {
  public:
    Report(const Options& options, const Machine& machine, std::string_view family)
        : file_(options.out, row_family(family), options.append), machine_(machine) {}

    void add(const std::string& experiment, const std::vector<std::string>& parameters,
             const Sample& sample, std::size_t repetitions, const std::string& unit,
             const std::string& remark = "") {
        std::string line = experiment;
        for (const std::string& parameter : parameters) {
            line += " " + (parameter.empty() ? "-" : parameter);
        }
        if (!(sample.median > 0) || std::isinf(sample.median)) {
            std::printf("%s: no row: the median of %zu is %s; try more --repeat\n", line.c_str(),
                        repetitions, cell(sample.median).c_str());
            return;
        }
        std::string source =
            origin_text(machine_.origin, sample, static_cast<std::int64_t>(repetitions));
        if (!remark.empty()) {
            source += "; " + remark;
        }
        file_.add(machine_.name, experiment, parameters, sample.median, unit, source);
        std::printf("%s: %s %s (spread %.2f %%)\n", line.c_str(), cell(sample.median).c_str(),
                    unit.c_str(), sample.spread * 100);
        std::fflush(stdout);
    }

  private:
    RowFile file_;
    const Machine& machine_;
};

}  // namespace vr::kit
