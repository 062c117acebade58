// SPDX-License-Identifier: Apache-2.0
// Probe of mma.sync m16n8: 8 dot products per instruction, on the diagonal of its result. Writes
// vector files for `vrsim numerics check`. Not yet run on silicon.
#include "testbenches/validation/cuda/device/mma_sync.h"
#include "testbenches/validation/cuda/device/probing.h"
#include "testbenches/validation/cuda/device/program.h"
#include "testbenches/validation/cuda/host/fragments.h"
#include "testbenches/validation/cuda/host/instructions.h"
#include "testbenches/validation/cuda/host/operand_image.h"

namespace {

using namespace vr::kit;
using vr::NumberFormat;

constexpr std::uint32_t kCases = 8;  // of a warp

// The rows of A from 8 on are zero.
template <MmaSync kType>
__global__ void ask(const std::uint32_t* a_words, const std::uint32_t* b_words,
                    const std::uint32_t* c, std::uint32_t* results) {
    const std::uint32_t lane = threadIdx.x;
    const std::uint32_t row = fragment_row(lane);
    const std::size_t first = std::size_t{blockIdx.x} * kCases;
    const std::size_t low = (first + row) * kFragmentWords + fragment_word(lane, 0);
    const std::size_t high = (first + row) * kFragmentWords + fragment_word(lane, 2);
    const std::uint32_t a[4] = {a_words[low], 0, a_words[high], 0};
    const std::uint32_t b[2] = {b_words[low], b_words[high]};
    std::uint32_t d[4] = {};
    const bool holds = holds_diagonal(lane);
    const std::uint32_t odd = diagonal_element(lane);
    const std::uint32_t c_code = c[first + row];
    if (holds) {
        if constexpr (has_half_d(kType)) {
            d[0] = c_code << (16 * odd);
        } else {
            d[0] = odd == 0 ? c_code : 0;
            d[1] = odd == 0 ? 0 : c_code;
        }
    }
    multiply<kType>(d, a, b);
    if (holds) {
        if constexpr (has_half_d(kType)) {
            results[first + row] = d[0] >> (16 * odd) & 0xffff;
        } else {
            results[first + row] = odd == 0 ? d[0] : d[1];
        }
    }
}

std::vector<std::uint32_t> words_of(NumberFormat format,
                                    const std::vector<std::vector<std::uint32_t>>& rows) {
    std::vector<std::uint32_t> words;
    for (const auto& row : rows) {
        const std::vector<std::uint8_t> bytes = packed_row(format, row);
        for (std::size_t i = 0; i + 3 < bytes.size(); i += 4) {
            words.push_back(bytes[i] | bytes[i + 1] << 8 | bytes[i + 2] << 16 |
                            static_cast<std::uint32_t>(bytes[i + 3]) << 24);
        }
    }
    return words;
}

using Ask = void (*)(const std::uint32_t*, const std::uint32_t*, const std::uint32_t*,
                     std::uint32_t*);
Ask kernel_of(const ProbeInstruction& of) {
    const bool half = of.c == NumberFormat::kFp16;
    switch (of.a) {
        case NumberFormat::kFp16:
            return half ? ask<MmaSync::kHalfF16> : ask<MmaSync::kF16>;
        case NumberFormat::kBf16:
            return ask<MmaSync::kBf16>;
        case NumberFormat::kTf32:
            return ask<MmaSync::kTf32>;
        case NumberFormat::kE4m3:
            return half ? ask<MmaSync::kHalfE4m3> : ask<MmaSync::kE4m3>;
        case NumberFormat::kE5m2:
            return ask<MmaSync::kE5m2>;
        default:
            throw Error(kFailed, "no kernel for " + of.qualifier);
    }
}

std::vector<std::uint32_t> run(const ProbeInstruction& of, const std::vector<ProbeCase>& cases) {
    const std::size_t batches = (cases.size() + kCases - 1) / kCases;
    std::vector<std::vector<std::uint32_t>> a(batches * kCases, std::vector<std::uint32_t>(of.k));
    std::vector<std::vector<std::uint32_t>> b = a;
    std::vector<std::uint32_t> c(batches * kCases, 0);
    for (std::size_t i = 0; i < cases.size(); ++i) {
        a[i] = cases[i].a;
        b[i] = cases[i].b;
        c[i] = cases[i].c;
    }
    const Buffer<std::uint32_t> a_words(words_of(of.a, a));
    const Buffer<std::uint32_t> b_words(words_of(of.b, b));
    const Buffer<std::uint32_t> c_codes(c);
    const Buffer<std::uint32_t> results(c.size());
    const Ask kernel = kernel_of(of);
    kernel<<<static_cast<unsigned>(batches), 32>>>(a_words.data(), b_words.data(), c_codes.data(),
                                                   results.data());
    KIT_CUDA(cudaGetLastError());
    std::vector<std::uint32_t> codes = results.host();
    codes.resize(cases.size());
    return codes;
}

void measure(const Options& options, const Machine& machine) {
    machine.needs(80, "mma.sync m16n8k16");
    if (mma_sync_architecture(machine.capability).empty()) {
        throw Error(kUnsuited, "vrsim has no rules of mma.sync for the compute capability of " +
                                   machine.origin.device);
    }
    probe_all(options, machine, mma_sync_instructions(machine.capability), run);
}

}  // namespace

int main(int argc, char** argv) {
    return run_program(argc, argv, "Probe of mma.sync (dot_*_mma_sync_*.txt)", measure);
}
