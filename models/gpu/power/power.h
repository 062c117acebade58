// SPDX-License-Identifier: Apache-2.0
// Power of a GPU in a steady state, and the clock that a power limit allows: energy of each kind of
// operation times its rate, at the voltage that the clock needs. Not modelled: temperature, the
// memory's own limit, the regulator's delay (see DEVIATIONS.md).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/base/parameter.h"
#include "models/base/quantity.h"

namespace vr {

struct PowerConfig {
    std::string governor;
    std::int64_t limit{};
    Frequency clock_step{};
    Frequency least_clock{};
    std::int64_t least_voltage{};
    std::int64_t least_voltage_clock{};
    std::int64_t leakage{};
    std::int64_t clock_tree{};
    Energy bf16_multiply_add{};
    Energy fp8_multiply_add{};
    Energy fp4_multiply_add{};
    Energy vector_operation{};
    Energy shared_memory_byte{};
    Energy l2_byte{};
    Energy memory_byte{};
    std::string data;
    std::int64_t zero_share{};

    template <class Visitor>
    void parameters(Visitor& p) {
        p("governor", governor, {"none", "steady"},
          "steady: a run has the highest clock at which the power of its average stays in the "
          "limit; none: every clock stands as given");
        p("limit", limit, {"1", "10000"}, "watts that the GPU may draw");
        p("clock_step", clock_step, {"100 kHz", "1 GHz"}, "steps in which the SM clock changes");
        p("least_clock", least_clock, {"10 MHz", "10 GHz"}, "lowest SM clock");
        p("least_voltage", least_voltage, {"10", "100"},
          "lowest supply voltage, percent of that at the full SM clock");
        p("least_voltage_clock", least_voltage_clock, {"0", "99"},
          "SM clock up to which that is enough, percent of the full one; from there the voltage "
          "rises in proportion to the clock's excess");
        p("leakage", leakage, {"0", "5000"}, "watts that flow whatever the clock, full voltage");
        p("clock_tree", clock_tree, {"0", "5000"},
          "watts of clocks and control in a running kernel, full clock and voltage");
        p("bf16_multiply_add", bf16_multiply_add, {"0 fJ", "1 nJ"},
          "tensor-core multiply-add of FP16 or BF16 operands, full voltage, random data");
        p("fp8_multiply_add", fp8_multiply_add, {"0 fJ", "1 nJ"}, "the same, FP8");
        p("fp4_multiply_add", fp4_multiply_add, {"0 fJ", "1 nJ"}, "the same, FP4");
        p("vector_operation", vector_operation, {"0 fJ", "1 nJ"},
          "one element operation of the vector pipes, full voltage");
        p("shared_memory_byte", shared_memory_byte, {"0 fJ", "1 nJ"},
          "a byte read from shared memory, full voltage");
        p("l2_byte", l2_byte, {"0 fJ", "1 nJ"}, "a byte between L2 and SMs, full voltage");
        p("memory_byte", memory_byte, {"0 fJ", "1 nJ"},
          "a byte between memory and L2, whatever the core's voltage");
        p.optional("data", data, "random", {"random", "zeros"},
                   "what multiplications meet: their energy follows the bits that toggle");
        p("zero_share", zero_share, {"0", "100"},
          "percent of a multiply-add's energy that remains with zeros");
    }
};

/// What a GPU did in one run, all its SMs together.
struct PowerActivity {
    std::int64_t bf16_multiply_adds = 0;
    std::int64_t fp8_multiply_adds = 0;
    std::int64_t fp4_multiply_adds = 0;
    std::int64_t vector_operations = 0;
    std::int64_t shared_memory_bytes = 0;
    std::int64_t l2_bytes = 0;
    std::int64_t memory_bytes = 0;
};

struct PowerPart {
    std::string name;
    double watts = 0;
};

/// Supply voltage at an SM clock, as a share of that at the full one.
[[nodiscard]] double relative_voltage(const PowerConfig& config, Frequency clock, Frequency full);

/// Average power of a run that did `activity` in `time` at this SM clock:
/// P = V^2 (leakage + clock tree f + sum of energies x counts / time) + memory, V and f relative.
[[nodiscard]] std::vector<PowerPart> power_parts(const PowerConfig& config,
                                                 const PowerActivity& activity, Time time,
                                                 Frequency clock, Frequency full);
[[nodiscard]] double total_watts(const std::vector<PowerPart>& parts);

/// One simulated run at some clock.
struct PowerSample {
    PowerActivity activity;
    Time time;
    /// The part of `time` that waited for what keeps its own clock, such as memory. It only guides
    /// the search for the clock: a wrong one costs runs, never the result.
    Time unscaled{};
};

struct GovernedClock {
    Frequency clock;
    bool limited = false;  ///< below the full clock
    bool exceeds = false;  ///< the lowest clock draws more than the limit
};

/// The highest clock full - i steps, not below the lowest, at which a run stays in the limit.
/// `run` simulates at a clock and is asked for few of them: what another clock would take follows
/// from the nearest one that is known. The clock that is returned is one that was run.
[[nodiscard]] GovernedClock govern(const PowerConfig& config, Frequency full,
                                   const std::function<PowerSample(Frequency)>& run);

}  // namespace vr
