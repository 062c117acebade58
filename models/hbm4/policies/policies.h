// SPDX-License-Identifier: Apache-2.0
// What a memory's policies allow. Not modelled: mixtures of policies in one memory.
#pragma once

#include <string>

#include "models/hbm4/hbm4_config.h"

namespace vr::hbm4 {

/// The policy of a memory whose equal situations have no equal states, as key and value: nothing of
/// it may be shared or skipped by comparing states. "" if there is none.
[[nodiscard]] std::string without_normal_form(const Hbm4Config& config);

}  // namespace vr::hbm4
