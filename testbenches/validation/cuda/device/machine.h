// SPDX-License-Identifier: Apache-2.0
// The GPU that a program measures, and the text that says so in its rows.
#pragma once

#include <cmath>
#include <string>

#include "testbenches/validation/cuda/device/buffer.h"
#include "testbenches/validation/cuda/device/clocks.h"
#include "testbenches/validation/cuda/host/options.h"
#include "testbenches/validation/cuda/host/origin.h"
#include "testbenches/validation/cuda/host/sizes.h"

namespace vr::kit {

/// Keeps every SM busy for a while, so that clocks rise, and tells the frequency.
static __global__ void spin(ClockSpan* span, std::uint64_t nanoseconds) {
    const std::uint64_t start = timer_nanoseconds();
    const std::uint64_t cycles = sm_cycles();
    while (timer_nanoseconds() - start < nanoseconds) {
    }
    if (blockIdx.x == 0 && threadIdx.x == 0) {
        *span = {sm_cycles() - cycles, timer_nanoseconds() - start};
    }
}

struct Machine {
    cudaDeviceProp properties{};
    int capability = 0;  ///< 90 is 9.0
    std::string name;    ///< column `device`
    Origin origin;

    [[nodiscard]] std::int64_t sms() const { return properties.multiProcessorCount; }
    [[nodiscard]] std::int64_t l2_bytes() const { return properties.l2CacheSize; }
    [[nodiscard]] std::int64_t thread_slots() const {
        return properties.maxThreadsPerMultiProcessor;
    }
    [[nodiscard]] SharedMemory shared() const {
        return {static_cast<std::int64_t>(properties.sharedMemPerMultiprocessor),
                static_cast<std::int64_t>(properties.reservedSharedMemPerBlock),
                static_cast<std::int64_t>(properties.sharedMemPerBlockOptin)};
    }
    /// Throws Error (kUnsuited) below a compute capability.
    void needs(int least, const std::string& what) const {
        if (capability < least) {
            throw Error(kUnsuited, what + " needs compute capability " +
                                       std::to_string(least / 10) + "." +
                                       std::to_string(least % 10) + "; " + origin.device + " has " +
                                       std::to_string(capability / 10) + "." +
                                       std::to_string(capability % 10));
        }
    }
};

/// Opens the GPU of the options and warms it up.
inline Machine open_machine(const Options& options) {
    Machine machine;
    int count = 0;
    KIT_CUDA(cudaGetDeviceCount(&count));
    if (options.ordinal >= count) {
        throw Error(kUsage, "--gpu " + std::to_string(options.ordinal) + "; allowed: 0 to " +
                                std::to_string(count - 1));
    }
    const int ordinal = static_cast<int>(options.ordinal);
    KIT_CUDA(cudaSetDevice(ordinal));
    KIT_CUDA(cudaGetDeviceProperties(&machine.properties, ordinal));
    machine.capability = machine.properties.major * 10 + machine.properties.minor;
    machine.origin.device = machine.properties.name;
    machine.name = options.device.empty() ? machine.origin.device : options.device;
    KIT_CUDA(cudaDriverGetVersion(&machine.origin.driver));
    KIT_CUDA(cudaRuntimeGetVersion(&machine.origin.runtime));
    machine.origin.date = today();
    const Buffer<ClockSpan> span(1);
    constexpr std::uint64_t kWhile = 50'000'000;
    for (int i = 0; i < 4; ++i) {  // the first ones raise the clock
        spin<<<machine.properties.multiProcessorCount, 1024>>>(span.data(), kWhile);
        KIT_CUDA(cudaGetLastError());
    }
    machine.origin.sm_megahertz = std::llround(span.host().front().megahertz());
    return machine;
}

}  // namespace vr::kit
