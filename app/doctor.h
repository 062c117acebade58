// SPDX-License-Identifier: Apache-2.0
// `vrsim doctor`: is this machine, and this build, fit to build and run vrsim? One line per check,
// with the fix. Not checked: what only the build itself can show (compiler errors, missing
// headers); the build's log has those.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace vr {

/// Outcome of one check. kNote is worth knowing and stops nothing.
enum class DoctorState { kOk, kNote, kFail };

/// One line of the doctor's report.
struct DoctorCheck {
    DoctorState state = DoctorState::kOk;
    std::string name;   ///< what was looked at, e.g. "SystemC"
    std::string found;  ///< what was found, with versions and units
    std::string fix;    ///< what to do; "" when nothing is to be done
};

/// Makes every check, in a fixed order.
[[nodiscard]] std::vector<DoctorCheck> doctor_checks();

/// Prints every check; returns 0 when none has failed, 1 otherwise.
int doctor(std::ostream& out);

}  // namespace vr
