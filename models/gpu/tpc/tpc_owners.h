// SPDX-License-Identifier: Apache-2.0
// The owners of time inside an SM.
#pragma once

#include "models/base/attribution.h"

namespace vr {

struct TpcOwners {
    explicit TpcOwners(Attribution& attribution)
        : block_start(attribution.owner("thread block start", "launch")),
          code(attribution.owner("instruction fetch", "launch")),
          tma_issue(attribution.owner("TMA issue", "TMA")),
          tma_queue(attribution.owner("TMA queue", "TMA")),
          tma_window(attribution.owner("TMA bytes in flight", "TMA")),
          load_store(attribution.owner("load-store unit", "load-store unit")),
          load_store_window(attribution.owner("load-store bytes in flight", "load-store unit")),
          l1(attribution.owner("L1 access", "SM latency")),
          fence(attribution.owner("fence", "SM latency")),
          translation(attribution.owner("address translation", "SM latency")),
          delivery(attribution.owner("crossbar to SM", "L2 latency")),
          shared_write(attribution.owner("shared memory write", "shared memory")),
          shared_read(attribution.owner("shared memory read", "shared memory")),
          barrier(attribution.owner("mbarrier", "SM latency")),
          tensor_core(attribution.owner("tensor core", "tensor core")),
          tensor_latency(attribution.owner("tensor core pipeline", "SM latency")),
          tensor_memory(attribution.owner("tensor memory read", "tensor memory")),
          vector(attribution.owner("vector pipes", "vector pipes")),
          exponential(attribution.owner("exponentials", "vector pipes")) {}
    OwnerId block_start;
    OwnerId code;
    OwnerId tma_issue;
    OwnerId tma_queue;
    OwnerId tma_window;
    OwnerId load_store;
    OwnerId load_store_window;
    OwnerId l1;
    OwnerId fence;
    OwnerId translation;
    OwnerId delivery;
    OwnerId shared_write;
    OwnerId shared_read;
    OwnerId barrier;
    OwnerId tensor_core;
    OwnerId tensor_latency;
    OwnerId tensor_memory;
    OwnerId vector;
    OwnerId exponential;
};

}  // namespace vr
