// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/memory_layout.h"

#include "models/base/error.h"
#include "models/base/quantity.h"
#include "models/gpu/messages.h"

namespace vr {

namespace {
constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t to) {
    return (value + to - 1) / to * to;
}

template <class Wanted>
std::vector<TensorPlace> place_those(const Workload& workload, std::uint64_t alignment,
                                     std::uint64_t capacity, const std::string& whose,
                                     Wanted&& wanted) {
    std::vector<TensorPlace> places(workload.tensors.size());
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < workload.tensors.size(); ++i) {
        const TensorSpec& tensor = workload.tensors[i];
        if (!wanted(tensor)) {
            continue;
        }
        TensorPlace& place = places[i];
        place.base = round_up(next, alignment);
        place.row_bytes =
            static_cast<std::int64_t>(round_up(static_cast<std::uint64_t>(divide_round_up(
                                                   tensor.columns * element_bits(tensor.type), 8)),
                                               kSectorBytes));
        place.pitch = place.row_bytes;
        place.end = place.base + static_cast<std::uint64_t>(tensor.rows * place.pitch);
        if (tensor.type == TensorType::kNvfp4) {
            place.scale_base = round_up(place.end, alignment);
            place.scale_pitch =
                divide_round_up(tensor.columns, kScaleAtomElements) * kScaleAtomBytes;
            place.end = place.scale_base +
                        static_cast<std::uint64_t>(divide_round_up(tensor.rows, kScaleAtomRows) *
                                                   place.scale_pitch);
        }
        next = place.end;
        if (next > capacity) {
            throw InputError(Diagnostic{
                "", 0, 0,
                fmt::format("tensor '{}' ends at byte {} of {}", tensor.name, next, whose),
                fmt::format("tensors that fit into {} bytes of memory", capacity),
                "split the workload or choose a platform with more memory"});
        }
    }
    return places;
}

}  // namespace

std::vector<TensorPlace> place_tensors(const Workload& workload, GpuIndex gpu,
                                       std::uint64_t alignment, std::uint64_t capacity) {
    return place_those(workload, alignment, capacity, fmt::format("GPU {}", gpu.value),
                       [&](const TensorSpec& tensor) {
                           return tensor.home == TensorHome::kGpu && tensor.gpu == gpu;
                       });
}

std::vector<TensorPlace> place_host_tensors(const Workload& workload, GpuIndex first,
                                            std::uint32_t gpus, std::uint64_t alignment,
                                            std::uint64_t capacity) {
    return place_those(
        workload, alignment, capacity, fmt::format("the host of GPU {}", first.value),
        [&](const TensorSpec& tensor) {
            return tensor.home == TensorHome::kHost && tensor.gpu.value >= first.value &&
                   tensor.gpu.value < first.value + gpus;
        });
}

}  // namespace vr
