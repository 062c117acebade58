// SPDX-License-Identifier: Apache-2.0
#include "app/platform/platform.h"

#include <fmt/format.h>

#include "app/platform/platform_config.h"
#include "models/base/error.h"
#include "models/gpu/number_kind.h"
#include "models/transport/operator_work.h"

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
    for (const auto& [path, why] : config.gpu.hbm4.without_effect()) {
        configuration.without_effect("gpu.hbm4." + path, why);
    }
    if (config.gpu.hbm4.faults.gpu >= config.system.gpus) {
        configuration.problem("gpu.hbm4.faults.gpu",
                              fmt::format("there is no GPU {}", config.gpu.hbm4.faults.gpu),
                              fmt::format("0 to {}", config.system.gpus - 1));
    }
    const bool has_host = config.system.host == "vera";
    if (has_host || configuration.has("c2c") || configuration.has("vera")) {
        PlatformConfig::HostSide host;
        host.c2c = configuration.bind<C2cConfig>("c2c");
        host.vera = configuration.bind<VeraConfig>("vera");
        for (const auto& [path, what] : host.vera.problems()) {
            configuration.problem("vera." + path, what, "");
        }
        const std::int64_t packets =
            C2cDirection(host.c2c, true).packets(config.gpu.copy_engine.chunk.value);
        if (packets > host.c2c.receive_buffers) {
            configuration.problem("c2c.receive_buffers",
                                  fmt::format("{} buffers do not hold one chunk of the copy engine",
                                              host.c2c.receive_buffers),
                                  fmt::format("at least {}", packets));
        }
        if (has_host) {
            config.host = host;
        }
    }
    if (!has_host && config.gpu.command_front_end.host == "c2c") {
        configuration.problem("gpu.command_front_end.host", "no host rings on this platform",
                              "none, or a platform with system.host = \"vera\"");
    }
    configuration.finish();
    return config;
}

bool needs_host(const PlatformConfig& config, const Workload& workload) {
    return config.host && (uses_host(workload) || config.gpu.command_front_end.host == "c2c");
}

std::vector<Diagnostic> platform_problems(const PlatformConfig& config, const Workload& workload,
                                          const std::string& file) {
    std::vector<Diagnostic> problems;
    for (const TensorSpec& tensor : workload.tensors) {
        if (tensor.home == TensorHome::kHost && !config.host) {
            problems.push_back(
                {file, 0, 0,
                 fmt::format("tensor '{}' lies in host memory, and this platform has no host side",
                             tensor.name),
                 "tensors in the GPU's memory",
                 "choose a platform with system.host = \"vera\" (rubin, tiny), or leave out "
                 "\"place\": \"host\""});
        }
    }
    for (const OperatorSpec& op : workload.operators) {
        if (is_recorded(op.kind) || tensor_flops(workload, op) == 0) {
            continue;
        }
        const TensorCore core(config.gpu.sm.tensor_core, config.gpu.sm.shared_memory.read_width);
        const TensorType type = workload.tensors[op.inputs.front().value].type;
        if (core.k_bytes(kind_of(type)) == 0) {
            problems.push_back(
                {file, op.line, 0,
                 fmt::format("operator '{}' multiplies {}, for which this platform's "
                             "tensor cores have no instruction",
                             op.id, tensor_type_name(type)),
                 "types whose gpu.sm.tensor_core.k_bytes_* is not 0",
                 "choose another platform or another type"});
        }
    }
    for (const OperatorSpec& op : workload.operators) {
        if (!problems.empty() || !crosses_to_host(workload, op)) {
            continue;
        }
        for (const TensorIndex index : {op.inputs.front(), op.output}) {
            const TensorSpec& tensor = workload.tensors[index.value];
            const std::uint32_t share = config.gpus_per_host();
            const bool reached = tensor.home == TensorHome::kGpu
                                     ? tensor.gpu == op.gpu
                                     : tensor.gpu.value / share == op.gpu.value / share;
            if (!reached) {
                problems.push_back(
                    {file, op.line, 0,
                     fmt::format("operator '{}' runs on GPU {}, but tensor '{}' lies in the "
                                 "memory of {}GPU {}",
                                 op.id, op.gpu.value, tensor.name,
                                 tensor.home == TensorHome::kHost ? "the host of " : "",
                                 tensor.gpu.value),
                     "a copy between a GPU and its own host", "give both the same \"gpu\""});
            }
        }
    }
    return problems;
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
    if (config.host) {
        peaks.to_gpu = C2cDirection(config.host->c2c, true).payload_rate();
        peaks.to_host = C2cDirection(config.host->c2c, false).payload_rate();
    }
    peaks.launch = gpu.command_front_end.launch_latency;
    return peaks;
}

}  // namespace vr
