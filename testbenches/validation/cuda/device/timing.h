// SPDX-License-Identifier: Apache-2.0
// Times of launches by events on a stream.
#pragma once

#include <cstdint>
#include <vector>

#include "testbenches/validation/cuda/device/check.h"
#include "testbenches/validation/cuda/host/statistics.h"

namespace vr::kit {

/// A pair of events.
class Stopwatch {
  public:
    Stopwatch() {
        KIT_CUDA(cudaEventCreate(&start_));
        KIT_CUDA(cudaEventCreate(&stop_));
    }
    ~Stopwatch() {
        cudaEventDestroy(start_);
        cudaEventDestroy(stop_);
    }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

    void start(cudaStream_t stream = nullptr) { KIT_CUDA(cudaEventRecord(start_, stream)); }
    /// Seconds since start(); waits for what was launched.
    [[nodiscard]] double stop(cudaStream_t stream = nullptr) {
        KIT_CUDA(cudaEventRecord(stop_, stream));
        KIT_CUDA(cudaEventSynchronize(stop_));
        KIT_CUDA(cudaGetLastError());
        float milliseconds = 0;
        KIT_CUDA(cudaEventElapsedTime(&milliseconds, start_, stop_));
        return static_cast<double>(milliseconds) * 1e-3;
    }

  private:
    cudaEvent_t start_ = nullptr;
    cudaEvent_t stop_ = nullptr;
};

/// Seconds that `body` takes on the device, `repeat` times after two untimed ones. `before` runs
/// untimed ahead of each.
template <typename Body, typename Before>
std::vector<double> timed(std::int64_t repeat, const Body& body, const Before& before) {
    Stopwatch watch;
    std::vector<double> seconds;
    constexpr std::int64_t kWarm = 2;
    for (std::int64_t i = 0; i < kWarm + repeat; ++i) {
        before();
        watch.start();
        body();
        const double span = watch.stop();
        if (i >= kWarm) {
            seconds.push_back(span);
        }
    }
    return seconds;
}
template <typename Body>
std::vector<double> timed(std::int64_t repeat, const Body& body) {
    return timed(repeat, body, [] {});
}

/// Seconds that the second of two bodies takes longer than the first, pair by pair: what a launch
/// costs falls out. `run(i)` is body 0 or 1.
template <typename Run>
std::vector<double> timed_difference(std::int64_t repeat, const Run& run) {
    const std::vector<double> brief = timed(repeat, [&] { run(0); });
    const std::vector<double> full = timed(repeat, [&] { run(1); });
    const double base = median_of(brief);
    std::vector<double> seconds;
    for (const double span : full) {
        seconds.push_back(span - base);
    }
    return seconds;
}

}  // namespace vr::kit
