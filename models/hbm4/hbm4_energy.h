// SPDX-License-Identifier: Apache-2.0
// Energy of the memory's commands. Not modelled: energy that passes without commands (leakage,
// clocks, termination), and what depends on the data's bits.
#pragma once

#include "models/base/parameter.h"
#include "models/base/quantity.h"

namespace vr {

/// Of one command each; 0 means that there is no figure, and reports say so.
struct Hbm4Energy {
    Energy activate{}, precharge{}, read{}, write{}, refresh_bank{}, refresh_all{};

    template <class Visitor>
    void parameters(Visitor& p) {
        p.optional("activate", activate, "0 fJ", {"0 fJ", "1 uJ"}, "one activate; 0: no figure");
        p.optional("precharge", precharge, "0 fJ", {"0 fJ", "1 uJ"},
                   "closing one row; 0: no figure");
        p.optional("read", read, "0 fJ", {"0 fJ", "1 uJ"}, "one column read; 0: no figure");
        p.optional("write", write, "0 fJ", {"0 fJ", "1 uJ"}, "one column written; 0: no figure");
        p.optional("refresh_bank", refresh_bank, "0 fJ", {"0 fJ", "100 uJ"},
                   "one per-bank refresh; 0: no figure");
        p.optional("refresh_all", refresh_all, "0 fJ", {"0 fJ", "100 uJ"},
                   "one all-bank refresh; 0: no figure");
    }
};

}  // namespace vr
