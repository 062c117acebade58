// SPDX-License-Identifier: Apache-2.0
// The list of families and of the presets that stand for measured devices.
#include "app/simulate.h"
#include "app/validation/family.h"

namespace vr {

std::vector<Family> families() {
    std::vector<Family> all = {umma_family(), gemm_dense_family()};
    for (Family& family : dram_bandwidth_families()) {
        all.push_back(std::move(family));
    }
    return all;
}

Presets::Entry* Presets::find(const std::string& device) {
    static const std::map<std::string, std::string> kPresets = {
        {"B200-SXM", "b200"}, {"GB200", "b200"},  // the same GPU at a higher power limit
    };
    const auto preset = kPresets.find(device);
    if (preset == kPresets.end()) {
        return nullptr;
    }
    std::unique_ptr<Entry>& entry = loaded_[preset->second];
    if (entry == nullptr) {
        CommonOptions common = common_;
        common.platform = preset->second;
        Configuration configuration = load_platform(common);
        const PlatformPeaks peaks = bind_platform(configuration);
        entry = std::make_unique<Entry>(Entry{std::move(configuration), peaks});
    }
    return entry.get();
}

}  // namespace vr
