// SPDX-License-Identifier: Apache-2.0
// What the verilated objects of one run share: Verilator's context, one clock count, one waveform
// file, coverage. Not modelled: simulated time; the clock counts what the twins did, one after
// another.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

class VerilatedContext;
class VerilatedFstC;

namespace vr {

class RtlContext {
  public:
    /// `waves` names an FST file, "" for none. Throws UsageError when it cannot be written.
    explicit RtlContext(std::string waves = {});
    /// Closes the waveform file; it is whole, however the run ended.
    ~RtlContext();
    RtlContext(const RtlContext&) = delete;
    RtlContext& operator=(const RtlContext&) = delete;

    [[nodiscard]] VerilatedContext& verilated() { return *verilated_; }
    /// Where a new object registers its signals, or null. Only before the first half_clock().
    [[nodiscard]] VerilatedFstC* waves() { return fst_.get(); }
    /// An object was evaluated: writes the waveforms, then half a clock (500 ps there) passes.
    void half_clock() {
        if (fst_) {
            dump();
        }
        ++half_clocks_;
    }
    /// Clocks of all twins together: in the waveforms, clock n begins at n ns.
    [[nodiscard]] std::int64_t clocks() const { return half_clocks_ / 2; }
    /// Writes Verilator's coverage counts (coverage.dat) of the objects built with COVERAGE. They
    /// must still live: Verilator reads the counts in them.
    void write_coverage(const std::string& path);

  private:
    void dump();
    std::string waves_;
    std::unique_ptr<VerilatedContext> verilated_;
    std::unique_ptr<VerilatedFstC> fst_;
    std::int64_t half_clocks_ = 0;
};

}  // namespace vr
