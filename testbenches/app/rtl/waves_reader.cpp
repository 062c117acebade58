// SPDX-License-Identifier: Apache-2.0
#include "testbenches/app/rtl/waves_reader.h"

#include <gtkwave/fstapi.h>

#include <stdexcept>
#include <vector>

namespace vr::testing {

namespace {

void changed(void* user, std::uint64_t, fstHandle handle, const unsigned char* value) {
    Signal& signal = (*static_cast<std::vector<Signal>*>(user))[handle];
    signal.last = reinterpret_cast<const char*>(value);
    ++signal.changes;
    signal.rises += signal.last == "1" ? 1 : 0;
}

}  // namespace

Waves read_waves(const std::string& path) {
    void* const reader = fstReaderOpen(path.c_str());
    if (reader == nullptr) {
        throw std::runtime_error("no FST file: " + path);
    }
    Waves waves;
    waves.end = fstReaderGetEndTime(reader);
    waves.timescale = fstReaderGetTimescale(reader);
    std::vector<Signal> signals(fstReaderGetMaxHandle(reader) + 1);
    fstReaderSetFacProcessMaskAll(reader);
    fstReaderIterBlocks(reader, changed, &signals, nullptr);
    fstReaderIterateHierRewind(reader);
    std::vector<std::string> scopes;
    while (const fstHier* const entry = fstReaderIterateHier(reader)) {
        if (entry->htyp == FST_HT_SCOPE) {
            scopes.push_back((scopes.empty() ? "" : scopes.back()) + entry->u.scope.name + ".");
        } else if (entry->htyp == FST_HT_UPSCOPE) {
            scopes.pop_back();
        } else if (entry->htyp == FST_HT_VAR) {
            const std::string name = entry->u.var.name;
            waves.signals[scopes.back() + name.substr(0, name.find(' '))] =
                signals[entry->u.var.handle];
        }
    }
    fstReaderClose(reader);
    return waves;
}

}  // namespace vr::testing
