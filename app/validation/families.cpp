// SPDX-License-Identifier: Apache-2.0
// The list of families and of the presets that stand for measured devices.
#include "app/platform/platform_config.h"
#include "app/simulate.h"
#include "app/validation/family.h"

namespace vr {

std::vector<Family> families() {
    std::vector<Family> all = {umma_family(), gemm_dense_family(), gemm_grouped_family()};
    for (Family& family : attention_families()) {
        all.push_back(std::move(family));
    }
    for (Family& family : dram_bandwidth_families()) {
        if (family.name != "p2p_c2c_cpu_misc") {
            // Rows that the DRAM limits are the memory's; what threads or caches limit is a GPU's.
            family.predict = [saturated = std::move(family.predict)](const MeasuredRow& row,
                                                                     Presets& presets) {
                Prediction made = saturated(row, presets);
                return made.state == RowState::kLeftOut ? predict_streams(row, presets) : made;
            };
        }
        all.push_back(std::move(family));
    }
    for (Family& family : latency_families()) {
        all.push_back(std::move(family));
    }
    all.push_back(cache_bandwidth_family());
    all.push_back(small_kernels_family());
    all.push_back(async_copy_family());
    all.push_back(cutlass_mainloop_family());
    all.push_back(small_operations_family());
    all.push_back(llm_layers_family());
    all.push_back(moe_layers_family());
    return all;
}

Presets::Entry* Presets::find(const std::string& device) {
    static const std::map<std::string, std::string> kPresets = {
        {"B200-SXM", "b200"},
        {"GB200", "gb200"},
        {"A100-SXM-40GB", "a100_40gb"},
        {"A100-SXM-80GB", "a100_80gb"},
        {"A100-PCIe", "a100_pcie_80gb"},
        {"GH200-96GB", "gh200_96gb"},
        {"GH200-class (source file labelled h200)", "gh200_96gb"},
        {"GH200-141GB", "gh200_141gb"},
        {"H100-SXM", "h100_sxm"},
        {"H800-SXM", "h800"},
        {"H200-SXM", "h200"},
        {"H100-PCIe", "h100_pcie"},
        {"H800-PCIe", "h100_pcie"},  // the same GPU with slower links to others
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
        auto config = std::make_shared<const PlatformConfig>(bind_platform_config(configuration));
        entry = std::make_unique<Entry>(Entry{preset->second, std::move(configuration), peaks,
                                              std::move(config), &simulations_});
    }
    return entry.get();
}

void prepare(const Family& family, const std::vector<MeasuredRow>& rows,
             const std::vector<bool>& chosen, Presets& presets, std::size_t jobs) {
    if (jobs < 2 || presets.common().level == Level::kRoofline) {
        return;
    }
    do {
        presets.simulations().plan();
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (chosen[i]) {
                (void)family.predict(rows[i], presets);
            }
        }
    } while (presets.simulations().run_planned(jobs));
}

}  // namespace vr
