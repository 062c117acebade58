// SPDX-License-Identifier: Apache-2.0
// A fresh SystemC context per test case, so that one process can simulate many times. Use with
// TEST_CASE_METHOD, or construct one before any module of the test; all modules must be gone before
// the next one is made. Not modelled: simulations that overlap in time.
#pragma once

#include <systemc>

namespace vr {

/// Replaces the current simulation context by a new one with the given
/// resolution.
class FreshSimulation {
  public:
    /// 1 fs.
    FreshSimulation() : FreshSimulation(sc_core::SC_FS) {}
    /// One of SC_FS, SC_PS, SC_NS.
    explicit FreshSimulation(sc_core::sc_time_unit resolution) {
        // The first context of a process is never deleted: static events of the SystemC library
        // live in it.
        static sc_core::sc_simcontext* const first = sc_core::sc_get_curr_simcontext();
        if (sc_core::sc_curr_simcontext != first) {
            delete sc_core::sc_curr_simcontext;
        }
        sc_core::sc_curr_simcontext = nullptr;
        sc_core::sc_default_global_context = nullptr;
        sc_core::sc_get_curr_simcontext();
        sc_core::sc_set_time_resolution(1, resolution);
    }
};

/// The same at 1 ps, as most foreign platforms have it.
class FreshPicosecondSimulation : public FreshSimulation {
  public:
    FreshPicosecondSimulation() : FreshSimulation(sc_core::SC_PS) {}
};

}  // namespace vr
