// SPDX-License-Identifier: Apache-2.0
// Entry point of test programs that simulate: our own main() wins over the one in the SystemC
// library.
#include <cstdlib>
#include <systemc>

#include "catch_session.h"

// The main() inside the SystemC library refers to this name; it is never called.
extern "C" int sc_main(int, char**) {
    return 0;
}

int main(int argc, char** argv) {
    ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
    sc_core::sc_report_handler::set_actions(sc_core::SC_FATAL, sc_core::SC_THROW);
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
    return vr::testing::run_catch_session(argc, argv);
}
