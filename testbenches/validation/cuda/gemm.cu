// SPDX-License-Identifier: Apache-2.0
// Family gemm_dense: D[M, N] = A[M, K] x B[N, K] transposed by cuBLASLt, the fastest of the
// algorithms that its heuristic proposes. Nothing of the operands is in L2 when a product begins.
// FP8 and NVFP4 have tensor or block scales of 1. Not yet run on silicon.
#include <cublasLt.h>

#include "testbenches/validation/cuda/device/operands.h"
#include "testbenches/validation/cuda/device/program.h"
#include "testbenches/validation/cuda/device/timing.h"

namespace {

using namespace vr::kit;

void check_blas(cublasStatus_t status, const char* call, int line) {
    if (status != CUBLAS_STATUS_SUCCESS) {
        throw Error(kFailed, std::string("gemm.cu:") + std::to_string(line) + ": " + call + ": " +
                                 cublasLtGetStatusString(status) +
                                 "; does this cuBLAS know the device and the operand type?");
    }
}
#define KIT_BLAS(call) check_blas((call), #call, __LINE__)

struct Operand {
    const char* dtype;
    cudaDataType_t type;
    std::int64_t bits;
    int least_capability;
    bool scaled;  ///< in blocks of 16
};
constexpr Operand kOperands[] = {
    {"fp16", CUDA_R_16F, 16, 80, false},
    {"bf16", CUDA_R_16BF, 16, 80, false},
    {"fp8", CUDA_R_8F_E4M3, 8, 89, false},
    {"nvfp4", CUDA_R_4F_E2M1, 4, 100, true},
};

struct Shape {
    std::int64_t m;
    std::int64_t n;
    std::int64_t k;
};

// A matrix as cuBLASLt describes it, freed with its owner.
class Layout {
  public:
    Layout(cudaDataType_t type, std::int64_t rows, std::int64_t columns) {
        KIT_BLAS(cublasLtMatrixLayoutCreate(&layout_, type, static_cast<std::uint64_t>(rows),
                                            static_cast<std::uint64_t>(columns), rows));
    }
    ~Layout() { cublasLtMatrixLayoutDestroy(layout_); }
    Layout(const Layout&) = delete;
    Layout& operator=(const Layout&) = delete;
    [[nodiscard]] cublasLtMatrixLayout_t get() const { return layout_; }

  private:
    cublasLtMatrixLayout_t layout_ = nullptr;
};

class Products {
  public:
    Products(const Options& options, const Machine& machine)
        : options_(options),
          workspace_(std::size_t{32} << 20),
          flush_(static_cast<std::size_t>(2 * machine.l2_bytes())) {
        KIT_BLAS(cublasLtCreate(&handle_));
    }
    ~Products() { cublasLtDestroy(handle_); }
    Products(const Products&) = delete;
    Products& operator=(const Products&) = delete;

    /// Rates in TFLOPS of the fastest algorithm; none when cuBLASLt has none.
    std::vector<double> rates(const Operand& operand, const Shape& shape) {
        Product product(*this, operand, shape);
        cublasLtMatmulHeuristicResult_t found[kAlgorithms];
        const int count = product.algorithms(found);
        std::vector<double> best;
        for (int i = 0; i < count; ++i) {
            // In a queue behind what flushes L2, so that no launch is waited for.
            std::vector<double> seconds = timed_difference(options_.repeat, [&](int which) {
                for (int j = 0; j < kInARow; ++j) {
                    flush_.clear(j);
                    if (which == 1) {
                        product.run(found[i].algo);
                    }
                }
            });
            for (double& value : seconds) {
                value /= kInARow;
            }
            if (best.empty() || median_of(seconds) < median_of(best)) {
                best = std::move(seconds);
            }
        }
        for (double& value : best) {
            value = 2e-12 * static_cast<double>(shape.m) * static_cast<double>(shape.n) *
                    static_cast<double>(shape.k) / value;
        }
        return best;
    }

  private:
    static constexpr int kAlgorithms = 8;
    static constexpr int kInARow = 8;

    // cuBLASLt is column-major: it computes D transposed = B x A transposed, with M and N changed.
    class Product {
      public:
        Product(Products& owner, const Operand& operand, const Shape& shape)
            : owner_(owner),
              a_(bytes_of(operand, shape.m * shape.k)),
              b_(bytes_of(operand, shape.n * shape.k)),
              d_(static_cast<std::size_t>(shape.m * shape.n * 2)),
              scales_(static_cast<std::size_t>(operand.scaled
                                                   ? (std::max(shape.m, shape.n) + 127) / 128 *
                                                         128 * ((shape.k + 63) / 64 * 4)
                                                   : 4)),
              a_layout_(operand.type, shape.k, shape.m),
              b_layout_(operand.type, shape.k, shape.n),
              d_layout_(CUDA_R_16BF, shape.n, shape.m) {
            fill_operand(a_.data(), a_.bytes(), operand.bits, 1);
            fill_operand(b_.data(), b_.bytes(), operand.bits, 2);
            KIT_BLAS(cublasLtMatmulDescCreate(&description_, CUBLAS_COMPUTE_32F, CUDA_R_32F));
            const cublasOperation_t transposed = CUBLAS_OP_T;
            set(CUBLASLT_MATMUL_DESC_TRANSA, transposed);
            if (operand.bits == 8) {
                const float one = 1;
                KIT_CUDA(cudaMemcpy(scales_.data(), &one, sizeof one, cudaMemcpyHostToDevice));
                const std::int8_t fast = 1;
                set(CUBLASLT_MATMUL_DESC_FAST_ACCUM, fast);
                scales();
            } else if (operand.scaled) {
                constexpr int kOne = 0x38;  // UE4M3
                scales_.fill(kOne);
                const cublasLtMatmulMatrixScale_t mode = CUBLASLT_MATMUL_MATRIX_SCALE_VEC16_UE4M3;
                set(CUBLASLT_MATMUL_DESC_A_SCALE_MODE, mode);
                set(CUBLASLT_MATMUL_DESC_B_SCALE_MODE, mode);
                scales();
            }
        }
        ~Product() { cublasLtMatmulDescDestroy(description_); }
        Product(const Product&) = delete;
        Product& operator=(const Product&) = delete;

        int algorithms(cublasLtMatmulHeuristicResult_t* found) {
            cublasLtMatmulPreference_t preference = nullptr;
            KIT_BLAS(cublasLtMatmulPreferenceCreate(&preference));
            const std::size_t most = owner_.workspace_.bytes();
            KIT_BLAS(cublasLtMatmulPreferenceSetAttribute(
                preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &most, sizeof most));
            int count = 0;
            const cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(
                owner_.handle_, description_, b_layout_.get(), a_layout_.get(), d_layout_.get(),
                d_layout_.get(), preference, kAlgorithms, found, &count);
            cublasLtMatmulPreferenceDestroy(preference);
            if (status == CUBLAS_STATUS_NOT_SUPPORTED) {
                return 0;
            }
            KIT_BLAS(status);
            return count;
        }
        void run(const cublasLtMatmulAlgo_t& algorithm) {
            const float one = 1;
            const float zero = 0;
            KIT_BLAS(cublasLtMatmul(owner_.handle_, description_, &one, b_.data(), b_layout_.get(),
                                    a_.data(), a_layout_.get(), &zero, d_.data(), d_layout_.get(),
                                    d_.data(), d_layout_.get(), &algorithm,
                                    owner_.workspace_.data(), owner_.workspace_.bytes(), nullptr));
        }

      private:
        static std::size_t bytes_of(const Operand& operand, std::int64_t elements) {
            return static_cast<std::size_t>(elements * operand.bits / 8);
        }
        template <typename Value>
        void set(cublasLtMatmulDescAttributes_t attribute, const Value& value) {
            KIT_BLAS(cublasLtMatmulDescSetAttribute(description_, attribute, &value, sizeof value));
        }
        void scales() {
            const void* where = scales_.data();
            set(CUBLASLT_MATMUL_DESC_A_SCALE_POINTER, where);
            set(CUBLASLT_MATMUL_DESC_B_SCALE_POINTER, where);
        }

        Products& owner_;
        Buffer<unsigned char> a_;
        Buffer<unsigned char> b_;
        Buffer<unsigned char> d_;
        Buffer<unsigned char> scales_;
        Layout a_layout_;
        Layout b_layout_;
        Layout d_layout_;
        cublasLtMatmulDesc_t description_ = nullptr;
    };

    const Options& options_;
    cublasLtHandle_t handle_ = nullptr;
    Buffer<unsigned char> workspace_;
    Buffer<unsigned char> flush_;
};

// Square products, those of a transformer's layers at several token counts, and edges that tiles
// do not divide.
std::vector<Shape> shapes(bool quick) {
    std::vector<Shape> all = {{1024, 1024, 1024}, {4096, 4096, 4096}};
    if (quick) {
        return all;
    }
    all.insert(all.end(), {{2048, 2048, 2048},
                           {8192, 8192, 8192},
                           {16384, 16384, 16384},
                           {6144, 12288, 12288},
                           {2048, 2112, 7168}});
    for (const std::int64_t m : {16, 64, 128, 512, 2048, 4096}) {
        all.insert(all.end(),
                   {{m, 7168, 2048}, {m, 4096, 7168}, {m, 24576, 1536}, {m, 28672, 4096}});
    }
    return all;
}

void measure(const Options& options, const Machine& machine) {
    machine.needs(80, "the kit's products");
    Report report(options, machine, "gemm_dense");
    Products products(options, machine);
    for (const Operand& operand : kOperands) {
        for (const Shape& shape : shapes(options.quick)) {
            const std::int64_t elements = shape.m * shape.k + shape.n * shape.k + shape.m * shape.n;
            if (machine.capability < operand.least_capability ||
                elements * 2 > options.most_bytes) {
                continue;
            }
            const std::vector<double> rates = products.rates(operand, shape);
            if (rates.empty()) {
                std::printf("%s %lld %lld %lld: cuBLASLt has no algorithm\n", operand.dtype,
                            static_cast<long long>(shape.m), static_cast<long long>(shape.n),
                            static_cast<long long>(shape.k));
                continue;
            }
            report.add("gemm_dense",
                       {operand.dtype, "cublasLt", cell(shape.m), cell(shape.n), cell(shape.k),
                        "L2 flushed"},
                       summarise(rates), rates.size(), "TFLOPS",
                       "cuBLASLt " + std::to_string(cublasLtGetVersion()) +
                           "; uniform random operands" +
                           (operand.bits == 8 ? "; fast accumulation" : ""));
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    return run_program(argc, argv, "Dense products by cuBLASLt (gemm_dense.csv)", measure);
}
