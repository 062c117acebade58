// SPDX-License-Identifier: Apache-2.0
// Parameters of one SM.
#pragma once

#include <cstdint>

#include "models/base/parameter.h"
#include "models/base/quantity.h"
#include "models/gpu/sm/tensor_core/tensor_core.h"
#include "models/gpu/sm/translation/translations.h"

namespace vr {

struct SharedMemoryConfig {
    Bytes capacity{};
    BytesPerCycle read_width{};
    BytesPerCycle write_width{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("capacity", capacity, {"1 KiB", "16 MiB"}, "shared memory that one thread block may use");
        p("read_width", read_width, {"1 B/clk", "4096 B/clk"}, "read port, SM clock");
        p("write_width", write_width, {"1 B/clk", "4096 B/clk"}, "write port, SM clock");
    }
};

struct TensorMemoryConfig {
    std::int64_t columns{};
    std::int64_t lanes{};
    BytesPerCycle read_width{};
    bool registers{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("columns", columns, {"32", "4096"}, "columns of 32 bits");
        p("lanes", lanes, {"16", "1024"}, "lanes (rows)");
        p("read_width", read_width, {"1 B/clk", "65536 B/clk"},
          "tensor memory to registers, SM clock; the way back is as wide");
        p.optional("registers", registers, "false", {},
                   "no memory of its own: sums and weights lie in the registers of the warps that "
                   "multiply, which work on them in turn");
    }
};

struct TmaConfig {
    std::int64_t line_rate{};
    Cycles instruction_interval{};
    Bytes load_window{};
    Bytes store_window{};
    Cycles issue_latency{};
    std::int64_t bundle_lines{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("line_rate", line_rate, {"1", "1600"},
          "requests per 100 SM clocks: a row of a box each, at most a line of 128 B");
        p("instruction_interval", instruction_interval, {"0 clk", "10000 clk"},
          "from one instruction to the next, however few rows it has");
        p("load_window", load_window, {"2 KiB", "16 MiB"}, "bytes of loads in flight per SM");
        p("store_window", store_window, {"2 KiB", "16 MiB"}, "bytes of stores in flight per SM");
        p("issue_latency", issue_latency, {"1 clk", "10000 clk"},
          "TMA instruction to its first line request");
        p("bundle_lines", bundle_lines, {"1", "256"},
          "lines that travel as one message: the unit of arbitration between SMs");
    }
};

/// The path of plain loads and stores: the threads' load-store unit and the L1 cache behind it.
struct LoadStoreConfig {
    std::int64_t lines_per_clock{};
    Bytes cache{};
    std::int64_t ways{};
    Cycles hit_latency{};
    Cycles miss_latency{};
    Bytes load_window{};
    Bytes store_window{};
    Cycles fence_latency{};
    std::int64_t bundle_lines{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("lines_per_clock", lines_per_clock, {"1", "16"},
          "128 B lines that loads and stores take per SM clock");
        p("cache", cache, {"1 KiB", "16 MiB"}, "L1 cache beside the shared memory in use");
        p("ways", ways, {"1", "1024"}, "associativity of the L1 cache");
        p("hit_latency", hit_latency, {"1 clk", "10000 clk"}, "load to use, in the L1 cache");
        p("miss_latency", miss_latency, {"1 clk", "10000 clk"},
          "of a load that misses: what the SM adds to the way through crossbar and L2");
        p("load_window", load_window, {"2 KiB", "16 MiB"}, "bytes of misses in flight per SM");
        p("store_window", store_window, {"2 KiB", "16 MiB"}, "bytes of stores in flight per SM");
        p("fence_latency", fence_latency, {"0 clk", "10000 clk"},
          "a fence of the whole GPU's scope, when the stores before it are in L2");
        p("bundle_lines", bundle_lines, {"1", "256"},
          "lines that travel as one message: the unit of arbitration between SMs");
    }
};

struct VectorPipesConfig {
    Frequency clock{};
    std::int64_t lanes{};
    std::int64_t issue{};
    std::int64_t exponentials{};
    Cycles latency{};
    std::int64_t comparisons{};
    Cycles reduction_latency{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("clock", clock, {"100 MHz", "10 GHz"}, "clock of the vector pipes");
        p("lanes", lanes, {"1", "4096"}, "element operations per clock");
        p.optional("issue", issue, "0", {"0", "4096"},
                   "instructions of single threads that the schedulers issue per clock; 0: lanes");
        p("exponentials", exponentials, {"1", "1024"}, "FP32 exponentials (EX2) per clock");
        p("latency", latency, {"1 clk", "100 clk"},
          "from an instruction to the next one that needs its result");
        p.optional("comparisons", comparisons, "0", {"0", "4096"},
                   "elements per clock that enter a maximum; 0: as many as lanes");
        p.optional("reduction_latency", reduction_latency, "0 clk", {"0 clk", "10000 clk"},
                   "from a row's maxima by thread to its maximum, where threads share rows of "
                   "sums: shuffles and comparisons");
    }
};

struct SmConfig {
    Frequency clock{};
    Cycles barrier_latency{};
    Cycles code_latency{};
    std::int64_t block_slots{};
    std::int64_t thread_slots{};
    std::int64_t registers{};
    Bytes shared_bytes{};
    LoadStoreConfig load_store{};
    TranslationConfig translation{};
    SharedMemoryConfig shared_memory{};
    TensorMemoryConfig tensor_memory{};
    TmaConfig tma{};
    VectorPipesConfig vector_pipes{};
    TensorCoreConfig tensor_core{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("clock", clock, {"100 MHz", "10 GHz"}, "clock of the SM: TMA, shared memory, barriers");
        p("barrier_latency", barrier_latency, {"1 clk", "10000 clk"},
          "mbarrier completes to the waiting warp's next instruction");
        p("code_latency", code_latency, {"0 clk", "100000 clk"},
          "first block of a kernel on an SM pair, where another kernel ran before, to its first "
          "instruction: code, parameters and descriptors come through the caches");
        p("block_slots", block_slots, {"1", "64"}, "thread blocks that one SM holds");
        p("thread_slots", thread_slots, {"32", "4096"}, "threads that one SM holds");
        p("registers", registers, {"1024", "1048576"}, "32-bit registers of the threads");
        p("shared_bytes", shared_bytes, {"1 KiB", "16 MiB"},
          "shared memory of all blocks on one SM together");
        p.group("load_store", load_store);
        p.group("translation", translation);
        p.group("shared_memory", shared_memory);
        p.group("tensor_memory", tensor_memory);
        p.group("tma", tma);
        p.group("vector_pipes", vector_pipes);
        p.group("tensor_core", tensor_core);
    }
};

}  // namespace vr
