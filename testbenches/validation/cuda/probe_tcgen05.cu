// SPDX-License-Identifier: Apache-2.0
// Probe of tcgen05.mma m128n16 (compute capability 10.x): 16 dot products per instruction, on the
// diagonal of its first rows, block-scaled kinds included; on 10.7 also the instructions of doubled
// K and UE5M3 scales. Writes vector files for `vrsim numerics check`. Not yet run on silicon.
#include "testbenches/validation/cuda/device/barrier.h"
#include "testbenches/validation/cuda/device/probing.h"
#include "testbenches/validation/cuda/device/program.h"
#include "testbenches/validation/cuda/device/tmem.h"
#include "testbenches/validation/cuda/host/instructions.h"
#include "testbenches/validation/cuda/host/operand_image.h"

namespace {

using namespace vr::kit;
using vr::NumberFormat;

constexpr std::uint32_t kCases = 16;  // of a block: N
constexpr std::uint32_t kM = 128;
constexpr std::uint32_t kMostRowBytes = 64;
constexpr std::uint32_t kScaleColumns = 4;  // a lane's 32 rows each
constexpr std::uint32_t kAScales = 64;      // column of tensor memory
constexpr std::uint32_t kBScales = 80;

struct Operands {
    const unsigned char* a;
    const unsigned char* b;
    const std::uint32_t* c;
    const std::uint32_t* a_scales;  ///< a word per case: scales of its blocks
    const std::uint32_t* b_scales;
    std::uint32_t* results;
    std::uint64_t a_descriptor;  ///< without addresses
    std::uint64_t b_descriptor;
    std::uint32_t instruction;
    std::uint32_t row_bytes;
    std::uint32_t no_scale;  ///< the word of scales 1
    std::uint32_t mask;      ///< of a result's bits
};

// Row i of D is lane i, column j its column; scales of row i lie in lane i of each warp's lanes.
template <UmmaKind kKind, int kScales>
__global__ void __launch_bounds__(128) ask(Operands of) {
#ifdef VRSIM_KIT_HAS_TCGEN05
    __shared__ __align__(128) unsigned char a_bytes[kM * kMostRowBytes];
    __shared__ __align__(128) unsigned char b_bytes[kCases * kMostRowBytes];
    __shared__ __align__(8) std::uint64_t barrier_word;
    __shared__ std::uint32_t tmem_word;
    const std::uint32_t warp = threadIdx.x / 32;
    const std::uint32_t lane = threadIdx.x % 32;
    const std::uint32_t barrier = shared_address(&barrier_word);
    const std::size_t first = std::size_t{blockIdx.x} * kCases;
    for (std::uint32_t i = threadIdx.x; i < kM * of.row_bytes; i += blockDim.x) {
        a_bytes[i] = of.a[std::size_t{blockIdx.x} * kM * of.row_bytes + i];
    }
    for (std::uint32_t i = threadIdx.x; i < kCases * of.row_bytes; i += blockDim.x) {
        b_bytes[i] = of.b[first * of.row_bytes + i];
    }
    if (warp == 0) {
        tmem_take<1>(shared_address(&tmem_word));
    }
    if (threadIdx.x == 0) {
        barrier_init(barrier, 1);
    }
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    tcgen05_before_sync();
    __syncthreads();
    tcgen05_after_sync();
    const std::uint32_t tmem = tmem_word;
    const std::uint32_t lanes = tmem + tmem_lanes(warp);
    const std::uint32_t c = lane < kCases && warp == 0 ? of.c[first + lane] : 0;
    for (std::uint32_t column = 0; column < kCases; ++column) {
        tmem_store(lanes + column, lane == column ? c : 0);
    }
    const bool scaled = lane < kCases;
    for (std::uint32_t column = 0; column < kScaleColumns; ++column) {
        const bool here = scaled && column == 0;
        tmem_store(lanes + kAScales + column, here ? of.a_scales[first + lane] : of.no_scale);
        tmem_store(lanes + kBScales + column, here ? of.b_scales[first + lane] : of.no_scale);
    }
    tmem_wait_stores();
    tcgen05_before_sync();
    __syncthreads();
    tcgen05_after_sync();
    if (threadIdx.x == 0) {
        tcgen05_mma<kKind, kScales, 1, false>(
            {tmem, of.a_descriptor | encoded(shared_address(a_bytes)),
             of.b_descriptor | encoded(shared_address(b_bytes)), of.instruction, tmem + kAScales,
             tmem + kBScales},
            1);
        tcgen05_commit<1>(barrier);
    }
    __syncthreads();  // the warps are whole again
    barrier_wait(barrier, 0);
    tcgen05_after_sync();
    if (warp == 0) {
        std::uint32_t result = 0;
        for (std::uint32_t column = 0; column < kCases; ++column) {
            const std::uint32_t word = tmem_load(tmem + column);
            result = lane == column ? word : result;
        }
        if (lane < kCases) {
            of.results[first + lane] = result & of.mask;
        }
    }
    tcgen05_before_sync();
    __syncthreads();
    tcgen05_after_sync();
    if (warp == 0) {
        tmem_free<1>(tmem);
    }
#endif
}

using Ask = void (*)(Operands);
Ask kernel_of(const ProbeInstruction& of) {
    switch (umma_kind(of)) {
        case UmmaKind::kF16:
            return ask<UmmaKind::kF16, 0>;
        case UmmaKind::kTf32:
            return ask<UmmaKind::kTf32, 0>;
        case UmmaKind::kF8f6f4:
            return ask<UmmaKind::kF8f6f4, 0>;
        case UmmaKind::kMxf8f6f4:
            return ask<UmmaKind::kMxf8f6f4, 1>;
        default:
            return of.block == 32 ? ask<UmmaKind::kMxf4nvf4, 2> : ask<UmmaKind::kMxf4nvf4, 4>;
    }
}

std::vector<std::uint32_t> run(const ProbeInstruction& of, const std::vector<ProbeCase>& cases) {
    const std::size_t batches = (cases.size() + kCases - 1) / kCases;
    const UmmaKind kind = umma_kind(of);
    const NarrowPacking packing =
        kind == UmmaKind::kMxf4nvf4 ? NarrowPacking::kDense : NarrowPacking::kPadded;
    const std::size_t row_bytes = packed_row(of.a, cases.front().a, packing).size();
    std::vector<std::uint8_t> a;
    std::vector<std::uint8_t> b;
    std::vector<std::uint32_t> c(batches * kCases, 0);
    const std::uint32_t one_scale = of.scale ? float_code(*of.scale, false, 0, 0) : 0;
    const std::uint32_t no_scale = scale_word({one_scale, one_scale, one_scale, one_scale});
    std::vector<std::uint32_t> a_scales(batches * kCases, no_scale);
    std::vector<std::uint32_t> b_scales = a_scales;
    for (std::size_t batch = 0; batch < batches; ++batch) {
        std::vector<std::uint8_t> a_image(kM * row_bytes, 0);
        std::vector<std::uint8_t> b_image(kCases * row_bytes, 0);
        for (std::size_t i = 0; i < kCases && batch * kCases + i < cases.size(); ++i) {
            const std::size_t at = batch * kCases + i;
            const auto row = static_cast<std::int64_t>(i);
            place_row(a_image, kM, row, packed_row(of.a, cases[at].a, packing));
            place_row(b_image, kCases, row, packed_row(of.b, cases[at].b, packing));
            c[at] = cases[at].c;
            if (of.scale) {
                a_scales[at] = scale_word(cases[at].a_scales);
                b_scales[at] = scale_word(cases[at].b_scales);
            }
        }
        a.insert(a.end(), a_image.begin(), a_image.end());
        b.insert(b.end(), b_image.begin(), b_image.end());
    }
    const Buffer<std::uint8_t> a_bytes(a);
    const Buffer<std::uint8_t> b_bytes(b);
    const Buffer<std::uint32_t> c_codes(c);
    const Buffer<std::uint32_t> a_words(a_scales);
    const Buffer<std::uint32_t> b_words(b_scales);
    const Buffer<std::uint32_t> results(c.size());
    UmmaShape shape{kind, of.a, of.b, of.c, of.scale.value_or(NumberFormat::kUe8m0), kM, kCases, 0};
    shape.k = static_cast<std::int64_t>(of.k);
    const Ask kernel = kernel_of(of);
    kernel<<<static_cast<unsigned>(batches), 128>>>(
        {a_bytes.data(), b_bytes.data(), c_codes.data(), a_words.data(), b_words.data(),
         results.data(), tcgen05_descriptor(kM), tcgen05_descriptor(kCases),
         instruction_descriptor(shape), static_cast<std::uint32_t>(row_bytes), no_scale,
         of.c == NumberFormat::kFp16 ? 0xffffU : 0xffffffffU});
    KIT_CUDA(cudaGetLastError());
    std::vector<std::uint32_t> codes = results.host();
    codes.resize(cases.size());
    return codes;
}

void measure(const Options& options, const Machine& machine) {
    if (machine.capability / 10 != 10) {
        throw Error(kUnsuited, "tcgen05 is of compute capability 10.x; " + machine.origin.device +
                                   " has another");
    }
    probe_all(options, machine, tcgen05_instructions(machine.capability), run);
}

}  // namespace

int main(int argc, char** argv) {
    return run_program(argc, argv, "Probe of tcgen05.mma (dot_*_tcgen05_mma_*.txt)", measure);
}
