// SPDX-License-Identifier: Apache-2.0
// The frame of the probes: known cases first, so that operands are known to lie where the
// instruction looks for them, then all cases, then the vector file.
#pragma once

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "testbenches/validation/cuda/device/machine.h"
#include "testbenches/validation/cuda/host/probe_cases.h"
#include "testbenches/validation/cuda/host/vector_text.h"

namespace vr::kit {

/// Runs cases on the device and returns the codes of d.
using ProbeRun = std::function<std::vector<std::uint32_t>(const ProbeInstruction&,
                                                          const std::vector<ProbeCase>&)>;

/// Whether the device answers cases that every rule answers alike. Tells what differs.
inline bool operands_are_understood(const ProbeInstruction& of, const ProbeRun& run) {
    ProbeCases source(of, 2);
    std::vector<ProbeCase> cases;
    for (std::size_t i = 0; i < 256; ++i) {
        cases.push_back(source.known());
    }
    const std::vector<std::uint32_t> results = run(of, cases);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const std::uint32_t expected = exact_code(of.c, source.exact(cases[i]));
        // A sum of zero may have either sign.
        const bool zero = to_double(of.c, expected) == 0 && to_double(of.c, results[i]) == 0;
        if (results[i] != expected && !zero && wrong++ == 0) {
            std::fprintf(stderr, "%s %s: case %zu of known ones: expected %s, got %s\n",
                         of.instruction.c_str(), of.qualifier.c_str(), i,
                         elements_text(of.c, {expected}).c_str(),
                         elements_text(of.c, {results[i]}).c_str());
        }
    }
    if (wrong > 0) {
        std::fprintf(stderr,
                     "%s %s: %zu of %zu known cases are wrong: this device does not find the "
                     "operands where the kit puts them; no file is written\n",
                     of.instruction.c_str(), of.qualifier.c_str(), wrong, cases.size());
    }
    return wrong == 0;
}

/// Probes every instruction. Throws Error in the end when one was not understood.
inline void probe_all(const Options& options, const Machine& machine,
                      const std::vector<ProbeInstruction>& instructions, const ProbeRun& run) {
    std::size_t refused = 0;
    for (const ProbeInstruction& of : instructions) {
        if (!operands_are_understood(of, run)) {
            ++refused;
            continue;
        }
        const std::vector<ProbeCase> cases = ProbeCases(of).all(options.quick ? 16 : 400);
        const std::string path = vector_path(options.out, of);
        write_new_file(path, vector_text(of, origin_text(machine.origin), cases, run(of, cases)));
        std::printf("%s: %zu cases\n", path.c_str(), cases.size());
        std::fflush(stdout);
    }
    if (refused > 0) {
        throw Error(kFailed, std::to_string(refused) + " of " +
                                 std::to_string(instructions.size()) +
                                 " instructions were not understood: see above");
    }
}

}  // namespace vr::kit
