// SPDX-License-Identifier: Apache-2.0
// Parameters of the L2 cache.
#pragma once

#include <cstdint>

#include "models/base/parameter.h"
#include "models/base/quantity.h"

namespace vr {

struct L2Config {
    std::int64_t slices{};
    std::int64_t dies{};
    bool copies{};
    Bytes capacity{};
    std::int64_t ways{};
    Bytes granule{};
    Bytes fetch_block{};
    BytesPerCycle slice_width{};
    Frequency clock{};
    Cycles hit_latency{};
    Cycles far_latency{};
    Cycles lookup_latency{};
    Cycles fill_latency{};
    Cycles memory_link_latency{};
    Cycles word_interval{};
    std::int64_t write_back_buffers{};

    template <class Visitor>
    void parameters(Visitor& p) {
        p("slices", slices, {"1", "4096"}, "L2 slices of the whole GPU (a power of two)");
        p("dies", dies, {"1", "2"},
          "dies, or partitions of one die, over which the slices are spread");
        p("copies", copies, {},
          "each die keeps copies of the other's lines that its SMs read; a line's home is that of "
          "its granule. Without effect with one die");
        p("capacity", capacity, {"16 KiB", "4 GiB"}, "capacity of the whole GPU");
        p("ways", ways, {"1", "64"}, "associativity of the granule tags");
        p("granule", granule, {"128 B", "1 KiB"}, "bytes under one tag: 1 to 8 lines of 128 B");
        p("fetch_block", fetch_block, {"32 B", "256 B"},
          "a read miss fetches the missing sectors of a block of this size");
        p("slice_width", slice_width, {"1 B/clk", "4096 B/clk"},
          "bytes that a slice serves per clock");
        p("clock", clock, {"100 MHz", "10 GHz"}, "clock of slices and crossbar");
        p("hit_latency", hit_latency, {"1 clk", "10000 clk"},
          "slice reached to data leaving it, slice on the SM's die");
        p("far_latency", far_latency, {"0 clk", "10000 clk"},
          "added when the slice is on the other die and no copy on the own one");
        p("lookup_latency", lookup_latency, {"1 clk", "10000 clk"},
          "slice reached to miss on its way");
        p("fill_latency", fill_latency, {"1 clk", "10000 clk"},
          "data back from memory to data leaving the slice");
        p("memory_link_latency", memory_link_latency, {"1 clk", "10000 clk"},
          "L2 to memory controller, one way");
        p("word_interval", word_interval, {"0 clk", "1000 clk"},
          "a slice is taken by a single word: an atomic, a load past L1");
        p("write_back_buffers", write_back_buffers, {"1", "1000000"},
          "write-backs on their way to memory beyond which stores wait");
    }
};

}  // namespace vr
