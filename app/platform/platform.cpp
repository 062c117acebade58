// SPDX-License-Identifier: Apache-2.0
#include "app/platform/platform.h"

#include "app/platform/platform_config.h"

namespace vr {

namespace {

constexpr std::int64_t kBitsPerByte = 8;

// A multiply-add is two operations; `k_bytes` of K pass through every cell of the array in one
// clock.
std::int64_t tensor_rate(const GpuConfig& gpu, std::int64_t k_bytes, std::int64_t bits,
                         Frequency clock) {
    const TensorCoreConfig& core = gpu.sm.tensor_core;
    const std::int64_t multiply_adds =
        core.rows * core.columns_per_clock * (k_bytes * kBitsPerByte / bits);
    return 2 * multiply_adds * clock.value * gpu.sms;
}

}  // namespace

PlatformConfig bind_platform_config(Configuration& configuration) {
    PlatformConfig config;
    config.system = configuration.bind<SystemConfig>("system");
    config.gpu = configuration.bind<GpuConfig>("gpu");
    for (const auto& [path, what] : config.gpu.problems()) {
        configuration.problem("gpu." + path, what, "");
    }
    configuration.finish();
    return config;
}

PlatformPeaks bind_platform(Configuration& configuration) {
    const PlatformConfig config = bind_platform_config(configuration);
    const GpuConfig& gpu = config.gpu;
    const TensorCoreConfig& core = gpu.sm.tensor_core;
    PlatformPeaks peaks;
    peaks.gpus = config.system.gpus;
    peaks.bf16_flops =
        tensor_rate(gpu, core.k_bytes_bf16, element_bits(TensorType::kBf16), core.clock_bf16);
    peaks.fp8_flops =
        tensor_rate(gpu, core.k_bytes_fp8, element_bits(TensorType::kFp8E4m3), core.clock_fp8);
    peaks.nvfp4_flops =
        tensor_rate(gpu, core.k_bytes_fp4, element_bits(TensorType::kNvfp4), core.clock_fp4);
    peaks.vector_flops = gpu.sm.vector_pipes.lanes * gpu.sm.vector_pipes.clock.value * gpu.sms;
    peaks.hbm = gpu.hbm4.peak_bandwidth();
    peaks.launch = gpu.command_front_end.launch_latency;
    return peaks;
}

}  // namespace vr
