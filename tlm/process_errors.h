// SPDX-License-Identifier: Apache-2.0
// Errors out of SystemC processes with their own type: SystemC turns whatever leaves a process into
// an sc_report, and the exit code of a run hangs on the type. Not modelled: going on after one.
#pragma once

#include <exception>
#include <systemc>
#include <utility>

namespace vr {

namespace detail {
inline std::exception_ptr process_error;  // the last that left a process; one simulation at a time
}

/// Runs the body of a process and keeps what it throws for start_simulation().
template <class Body>
void run_process(Body&& body) {
    try {
        std::forward<Body>(body)();
    } catch (...) {
        detail::process_error = std::current_exception();
        throw;
    }
}

/// sc_start() that throws what a process threw in run_process(), as it was.
template <class... Arguments>
void start_simulation(Arguments&&... arguments) {
    detail::process_error = nullptr;
    try {
        sc_core::sc_start(std::forward<Arguments>(arguments)...);
    } catch (const sc_core::sc_report&) {
        if (detail::process_error) {
            std::rethrow_exception(std::exchange(detail::process_error, nullptr));
        }
        throw;
    }
}

}  // namespace vr
