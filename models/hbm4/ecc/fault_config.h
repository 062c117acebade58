// SPDX-License-Identifier: Apache-2.0
// Parameters of the faults of a memory's cells and of the scrubber that looks for them; one line
// each. Without a list, a file or a rate nothing is faulty and nothing costs time.
// Not modelled: wear, temperature, repair of rows.
#pragma once

#include <cstdint>
#include <string>

#include "models/base/quantity.h"

namespace vr {

struct Hbm4FaultConfig {
    std::string list;
    std::string file;
    std::int64_t upset_rate = 0;
    std::int64_t seed = 1;
    std::int64_t gpu = 0;
    std::int64_t scrub_pass_seconds = 86'400;
    Time scrub_interval{};

    template <class Visitor>
    void parameters(Visitor& p) {
        p.optional("list", list, "", {},
                   "faults, as lines of a fault file with ; between them (docs/memory-faults.md)");
        p.optional("file", file, "", {}, "file of faults, one a line (docs/memory-faults.md)");
        p.optional("upset_rate", upset_rate, "0", {"0", "1000000000000000000"},
                   "random single-bit upsets in FIT per Mbit: per 10^9 hours and 2^20 cells");
        p.optional("seed", seed, "1", {"0", "9223372036854775807"},
                   "of random upsets and of the patterns of noise");
        p.optional("gpu", gpu, "0", {"0", "65535"}, "GPU whose memory has the listed faults");
        p.optional("scrub_pass_seconds", scrub_pass_seconds, "86400", {"0", "31536000"},
                   "seconds in which on-die scrubbing visits every word once; 0: no scrubbing");
        p.optional("scrub_interval", scrub_interval, "0 fs", {"0 fs", "1000 s"},
                   "from one scrubbed word of a pseudo-channel to the next; 0: by "
                   "scrub_pass_seconds");
    }

    /// Whether anything can be faulty.
    [[nodiscard]] bool any() const { return !list.empty() || !file.empty() || upset_rate > 0; }
};

}  // namespace vr
