// SPDX-License-Identifier: Apache-2.0
// The samples that commands run when no trace is named.
#pragma once

namespace vr {

/// What `demo` runs, and firmware without --trace: one GPU's share of a decoder layer.
inline constexpr const char* kDemoTrace = "traces/samples/deepseek_v3_layer_decode_64_fp8.jsonl";
/// The same for firmware on the preset `tiny`, whose memory holds no such layer.
inline constexpr const char* kTinyTrace = "traces/samples/hello_gemm.jsonl";

}  // namespace vr
