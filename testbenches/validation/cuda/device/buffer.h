// SPDX-License-Identifier: Apache-2.0
// Memory of the device, freed with its owner.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "testbenches/validation/cuda/device/check.h"

namespace vr::kit {

/// An array of T in device memory.
template <typename T>
class Buffer {
  public:
    explicit Buffer(std::size_t count) : count_(count) {
        KIT_CUDA(cudaMalloc(reinterpret_cast<void**>(&data_), count * sizeof(T)));
    }
    explicit Buffer(const std::vector<T>& values) : Buffer(values.size()) {
        KIT_CUDA(cudaMemcpy(data_, values.data(), count_ * sizeof(T), cudaMemcpyHostToDevice));
    }
    Buffer(Buffer&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), count_(other.count_) {}
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    Buffer& operator=(Buffer&&) = delete;
    ~Buffer() { cudaFree(data_); }

    [[nodiscard]] T* data() const { return data_; }
    [[nodiscard]] std::size_t bytes() const { return count_ * sizeof(T); }
    /// All bytes the same.
    void fill(int byte) const { KIT_CUDA(cudaMemset(data_, byte, bytes())); }
    /// The same behind what was launched before, without waiting.
    void clear(int byte) const { KIT_CUDA(cudaMemsetAsync(data_, byte, bytes(), nullptr)); }
    /// A copy on the host; waits for the kernels before it.
    [[nodiscard]] std::vector<T> host() const {
        std::vector<T> values(count_);
        KIT_CUDA(cudaMemcpy(values.data(), data_, bytes(), cudaMemcpyDeviceToHost));
        return values;
    }

  private:
    T* data_ = nullptr;
    std::size_t count_ = 0;
};

}  // namespace vr::kit
