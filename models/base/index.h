// SPDX-License-Identifier: Apache-2.0
// Index types: a stack number is no channel number, and a vector of channels takes channel numbers
// only.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace vr {

/// A number that identifies one of several equal units; `Tag` keeps kinds apart.
template <class Tag>
struct Index {
    std::uint32_t value = 0;
    constexpr auto operator<=>(const Index&) const = default;
};

/// A vector that only its own index type can address.
template <class I, class T>
class IndexedVector {
  public:
    IndexedVector() = default;
    explicit IndexedVector(std::size_t size, const T& value = T{}) : items_(size, value) {}
    T& operator[](I index) { return items_[index.value]; }
    const T& operator[](I index) const { return items_[index.value]; }
    [[nodiscard]] std::size_t size() const { return items_.size(); }
    auto begin() { return items_.begin(); }
    auto end() { return items_.end(); }
    auto begin() const { return items_.begin(); }
    auto end() const { return items_.end(); }
    template <class... Args>
    T& emplace_back(Args&&... args) {
        return items_.emplace_back(static_cast<Args&&>(args)...);
    }

  private:
    std::vector<T> items_;
};

using GpuIndex = Index<struct GpuTag>;
using SmIndex = Index<struct SmTag>;                        ///< within one GPU
using StackIndex = Index<struct StackTag>;                  ///< HBM stack within one GPU
using PseudoChannelIndex = Index<struct PseudoChannelTag>;  ///< within one GPU, stack-major
using BankIndex = Index<struct BankTag>;                    ///< within one pseudo-channel
using SliceIndex = Index<struct SliceTag>;                  ///< L2 slice within one GPU
using TensorIndex = Index<struct TensorTag>;                ///< tensor within one trace
using OperatorIndex = Index<struct OperatorTag>;            ///< operator within one trace

}  // namespace vr
