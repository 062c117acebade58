// SPDX-License-Identifier: Apache-2.0
// Family kernel_launch_small_kernels: 10,000 small kernels a = s * b in a row, by size, launched
// into a stream, from a CUDA graph, or as rounds of one resident kernel that its blocks separate by
// a grid synchronisation or by a counter in memory. The value is bytes moved / time; divided into
// the bytes of a kernel it gives the time per kernel, whose floor is the launch. Not yet run on
// silicon.
#include <cooperative_groups.h>

#include "testbenches/validation/cuda/device/program.h"
#include "testbenches/validation/cuda/device/timing.h"

namespace {

using namespace vr::kit;

constexpr std::int64_t kKernels = 10'000;
constexpr std::int64_t kGraphNodes = 1'000;
constexpr double kMostSeconds = 4;  // of a repetition: large sizes run fewer kernels

__device__ __forceinline__ void scale_elements(double* a, const double* b, std::int64_t elements) {
    const std::int64_t stride = std::int64_t{gridDim.x} * blockDim.x;
    for (std::int64_t i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < elements;
         i += stride) {
        a[i] = b[i] * 0.25;
    }
}

__global__ void scale(double* a, const double* b, std::int64_t elements) {
    scale_elements(a, b, elements);
}

__global__ void scale_grid_sync(double* a, const double* b, std::int64_t elements,
                                std::int64_t rounds) {
    const cooperative_groups::grid_group grid = cooperative_groups::this_grid();
    for (std::int64_t round = 0; round < rounds; ++round) {
        scale_elements(a, b, elements);
        grid.sync();
    }
}

// Every block adds one to the counter and waits for those of all blocks of its round.
__global__ void scale_flag_sync(double* a, const double* b, std::int64_t elements,
                                std::int64_t rounds, unsigned long long* counter) {
    for (std::int64_t round = 0; round < rounds; ++round) {
        scale_elements(a, b, elements);
        __syncthreads();
        if (threadIdx.x == 0) {
            __threadfence();
            atomicAdd(counter, 1ULL);
            const auto all = static_cast<unsigned long long>(round + 1) * gridDim.x;
            while (atomicAdd(counter, 0ULL) < all) {
            }
        }
        __syncthreads();
    }
}

// A stream with a captured chain of kernels.
class Graph {
  public:
    template <typename Launch>
    Graph(cudaStream_t stream, const Launch& launch) : stream_(stream) {
        cudaGraph_t graph = nullptr;
        KIT_CUDA(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
        for (std::int64_t i = 0; i < kGraphNodes; ++i) {
            launch();
        }
        KIT_CUDA(cudaStreamEndCapture(stream, &graph));
        KIT_CUDA(cudaGraphInstantiate(&executable_, graph, 0));
        KIT_CUDA(cudaGraphDestroy(graph));
        KIT_CUDA(cudaGraphUpload(executable_, stream));
    }
    ~Graph() { cudaGraphExecDestroy(executable_); }
    Graph(const Graph&) = delete;
    Graph& operator=(const Graph&) = delete;
    void run() const { KIT_CUDA(cudaGraphLaunch(executable_, stream_)); }

  private:
    cudaStream_t stream_;
    cudaGraphExec_t executable_ = nullptr;
};

struct Case {
    int threads;
    std::int64_t elements;
    std::int64_t kernels;
};

class Measurement {
  public:
    Measurement(const Options& options, const Machine& machine, Report& report)
        : options_(options),
          machine_(machine),
          report_(report),
          a_(static_cast<std::size_t>(options.most_bytes / 32)),
          b_(static_cast<std::size_t>(options.most_bytes / 32)),
          counter_(1) {
        a_.fill(0);
        b_.fill(0);
        KIT_CUDA(cudaStreamCreate(&stream_));
    }
    ~Measurement() { cudaStreamDestroy(stream_); }
    Measurement(const Measurement&) = delete;
    Measurement& operator=(const Measurement&) = delete;

    void run(const Case& of) {
        const auto blocks = static_cast<unsigned>((of.elements + of.threads - 1) / of.threads);
        const auto launch = [&] {
            scale<<<blocks, of.threads, 0, stream_>>>(a_.data(), b_.data(), of.elements);
            KIT_CUDA(cudaGetLastError());
        };
        add(of, "repeated_small_kernel_stream_launch", [&] {
            for (std::int64_t i = 0; i < of.kernels; ++i) {
                launch();
            }
        });
        const Graph graph(stream_, launch);
        add(of, "repeated_small_kernel_cuda_graph", [&] {
            for (std::int64_t i = 0; i < of.kernels / kGraphNodes; ++i) {
                graph.run();
            }
        });
        resident(of, "repeated_small_kernel_persistent_grid_sync",
                 reinterpret_cast<const void*>(scale_grid_sync));
        resident(of, "repeated_small_kernel_persistent_flag_sync",
                 reinterpret_cast<const void*>(scale_flag_sync));
    }

  private:
    void resident(const Case& of, const char* experiment, const void* kernel) {
        int fit = 0;
        KIT_CUDA(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&fit, kernel, of.threads, 0));
        const std::int64_t wanted = (of.elements + of.threads - 1) / of.threads;
        const auto blocks =
            static_cast<unsigned>(std::min<std::int64_t>(wanted, fit * machine_.sms()));
        double* a = a_.data();
        const double* b = b_.data();
        unsigned long long* counter = counter_.data();
        std::int64_t elements = of.elements;
        std::int64_t rounds = of.kernels;
        void* arguments[] = {&a, &b, &elements, &rounds, &counter};
        add(of, experiment, [&] {
            KIT_CUDA(cudaMemsetAsync(counter, 0, sizeof *counter, stream_));
            // Cooperative: all blocks are resident, or the launch fails.
            KIT_CUDA(cudaLaunchCooperativeKernel(kernel, dim3(blocks),
                                                 dim3(static_cast<unsigned>(of.threads)), arguments,
                                                 0, stream_));
        });
    }

    template <typename Body>
    void add(const Case& of, const char* experiment, const Body& body) {
        Stopwatch watch;
        std::vector<double> rates;
        const std::int64_t bytes = of.elements * 16;
        for (std::int64_t i = 0; i < options_.repeat + 1; ++i) {
            watch.start(stream_);
            body();
            const double seconds = watch.stop(stream_);
            if (i > 0) {
                rates.push_back(static_cast<double>(bytes * of.kernels) / seconds * 1e-9);
            }
        }
        report_.add(experiment, {cell(std::int64_t{of.threads}), cell(of.elements), cell(bytes)},
                    summarise(rates), rates.size(), "GB/s",
                    std::to_string(of.kernels) + " kernels");
    }

    const Options& options_;
    const Machine& machine_;
    Report& report_;
    Buffer<double> a_;
    Buffer<double> b_;
    Buffer<unsigned long long> counter_;
    cudaStream_t stream_ = nullptr;
};

void measure(const Options& options, const Machine& machine) {
    Report report(options, machine, "kernel_launch_small_kernels");
    Measurement measurement(options, machine, report);
    const std::int64_t most = options.most_bytes / 32;
    for (const int threads : {128, 512}) {
        for (const std::int64_t elements :
             geometric_sizes(4096, most, options.quick ? 8 : 1.418, 1)) {
            // 1 TB/s or so: far less than any device has, to bound the time.
            const double seconds = static_cast<double>(elements * 16 * kKernels) * 1e-12;
            const auto parts = static_cast<std::int64_t>(seconds / kMostSeconds) + 1;
            const std::int64_t kernels =
                std::max(kGraphNodes, kKernels / parts / kGraphNodes * kGraphNodes);
            measurement.run({threads, elements, kernels});
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    return run_program(argc, argv, "Small kernels in a row (kernel_launch_small_kernels.csv)",
                       measure);
}
