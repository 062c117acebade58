// SPDX-License-Identifier: Apache-2.0
// The command line that all programs of the calibration kit share.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "testbenches/validation/cuda/host/error.h"

namespace vr::kit {

struct Options {
    std::string out = ".";     ///< folder of the CSV and vector files
    std::string device;        ///< the rows' device; empty: what CUDA calls it
    std::int64_t ordinal = 0;  ///< which GPU
    std::int64_t repeat = 11;  ///< timed repetitions of a row
    std::int64_t most_bytes = std::int64_t{8} << 30;  ///< of GPU memory that the program takes
    bool append = false;                              ///< add to a file that is there
    bool quick = false;                               ///< few rows: to see that everything works
    bool help = false;
};

inline std::string options_text() {
    return "  --out DIR        folder for the results (default: .)\n"
           "  --device NAME    name in column 'device', as Presets::find knows it (default: "
           "CUDA's)\n"
           "  --gpu N          which GPU, from 0 (default: 0)\n"
           "  --repeat N       timed repetitions of a row, 3 to 1001 (default: 11)\n"
           "  --max-bytes N    GPU memory to use, at least 1048576 (default: 8589934592)\n"
           "  --append         add rows to a file that is there\n"
           "  --quick          few rows, to see that everything works\n";
}

/// Reads a command line. Throws Error (kUsage) that names the word and what is allowed.
inline Options parse_options(const std::vector<std::string>& words) {
    Options options;
    std::size_t at = 0;
    const auto value = [&](const std::string& name) -> const std::string& {
        if (at + 1 >= words.size()) {
            throw Error(kUsage, name + " needs a value; allowed:\n" + options_text());
        }
        return words[++at];
    };
    const auto number = [&](const std::string& name, std::int64_t least, std::int64_t most) {
        const std::string& text = value(name);
        std::int64_t given = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), given);
        if (error != std::errc{} || end != text.data() + text.size() || given < least ||
            given > most) {
            throw Error(kUsage, name + " " + text + "; allowed: an integer from " +
                                    std::to_string(least) + " to " + std::to_string(most));
        }
        return given;
    };
    for (; at < words.size(); ++at) {
        const std::string& word = words[at];
        if (word == "--out") {
            options.out = value(word);
        } else if (word == "--device") {
            options.device = value(word);
        } else if (word == "--gpu") {
            options.ordinal = number(word, 0, 1023);
        } else if (word == "--repeat") {
            options.repeat = number(word, 3, 1001);
        } else if (word == "--max-bytes") {
            options.most_bytes = number(word, 1 << 20, std::int64_t{1} << 50);
        } else if (word == "--append") {
            options.append = true;
        } else if (word == "--quick") {
            options.quick = true;
        } else if (word == "--help") {
            options.help = true;
        } else {
            throw Error(kUsage, "unknown option '" + word + "'; allowed:\n" + options_text());
        }
    }
    return options;
}

}  // namespace vr::kit
