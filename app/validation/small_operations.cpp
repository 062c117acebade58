// SPDX-License-Identifier: Apache-2.0
// Family small_ops_b200: normalisation, rotation and quantisation of flashinfer, a kernel each, as
// its benchmark times them: from launch to end on the device, after a kernel that wrote twice the
// L2 (nothing of the operands is in L2, and L2 is full of written lines).
// Not modelled: sampling and selection of tokens, norms that write FP4.
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "app/platform/platform_config.h"
#include "app/platform/roofline.h"
#include "app/platform/simulation.h"
#include "app/validation/experiment.h"
#include "app/validation/family.h"

namespace vr {

namespace {

// A row that takes longer than this many times its bytes at the peak shows launch, latency or a
// kernel that does something else: it is printed, not judged.
constexpr double kMovesData = 3;

Prediction left_out(std::string why) {
    return {RowState::kLeftOut, 0, 0, std::move(why)};
}

// "a=1 b=x": the arguments of the benchmark.
class BenchmarkArguments {
  public:
    explicit BenchmarkArguments(const std::string& text) {
        std::istringstream words(text);
        for (std::string word; words >> word;) {
            const std::size_t equals = word.find('=');
            if (equals != std::string::npos) {
                row_.parameters[word.substr(0, equals)] = word.substr(equals + 1);
            }
        }
    }
    [[nodiscard]] std::string text(const std::string& name) const { return row_.text(name); }
    /// A number from 1 on; `fallback` where it is not given.
    [[nodiscard]] std::int64_t count(const std::string& name, std::int64_t fallback = 0) const {
        const auto value = row_.integer(name);
        return value && *value > 0 ? *value : fallback;
    }

  private:
    MeasuredRow row_;
};

struct Built {
    Experiment experiment{"small operation"};
    std::string missing;  ///< why there is no such operator; "" when there is
};

OperatorSpec rows_operator(RowFunction function, std::vector<TensorIndex> inputs,
                           TensorIndex output) {
    OperatorSpec spec;
    spec.kind = OperatorKind::kRows;
    spec.row_function = function;
    spec.inputs = std::move(inputs);
    spec.output = output;
    spec.epsilon = 1e-6F;
    return spec;
}

void add_norm(Built& built, const BenchmarkArguments& arguments, bool addend, TensorType to) {
    const std::int64_t rows = arguments.count("batch_size") * arguments.count("num_heads", 1);
    const std::int64_t columns = arguments.count("hidden_size");
    if (rows * columns == 0) {
        built.missing = "batch_size or hidden_size is not given";
        return;
    }
    Experiment& e = built.experiment;
    std::vector<TensorIndex> inputs = {e.matrix("x", rows, columns, TensorType::kBf16),
                                       e.matrix("weight", 1, columns, TensorType::kBf16)};
    if (addend) {
        inputs.push_back(e.matrix("residual", rows, columns, TensorType::kBf16));
    }
    e.add(rows_operator(RowFunction::kRmsNorm, inputs, e.matrix("y", rows, columns, to)));
}

void add_quantise(Built& built, const BenchmarkArguments& arguments, TensorType to) {
    const std::int64_t rows = arguments.count("batch_size", 1) * arguments.count("m");
    const std::int64_t columns = arguments.count("k");
    if (rows * columns == 0) {
        built.missing = "m or k is not given";
        return;
    }
    Experiment& e = built.experiment;
    e.add(rows_operator(RowFunction::kQuantise, {e.matrix("x", rows, columns, TensorType::kBf16)},
                        e.matrix("y", rows, columns, to)));
}

// Queries and keys of all tokens.
struct RopeShape {
    std::int64_t batch = 0;
    std::int64_t positions = 0;
    std::int64_t heads = 0;
    std::int64_t head_dim = 0;

    // Where heads share one key (MLA), it is one head more.
    RopeShape(const BenchmarkArguments& arguments, bool latent)
        : batch(arguments.count("batch_size")),
          positions(arguments.count("seq_len")),
          heads(arguments.count("num_qo_heads") + (latent ? 1 : arguments.count("num_kv_heads"))),
          head_dim(arguments.count("head_dim")) {}
    [[nodiscard]] std::int64_t tokens() const { return batch * positions; }
};

constexpr const char* kRopeMissing = "batch_size, seq_len, heads or head_dim is not given";

// The library gives eight tokens to a block of 128 threads, which compute their angles and then
// walk over the heads, 16 B of each a round. With the two halves of a head, angles and results a
// thread holds about 64 registers.
void add_rope(Built& built, const RopeShape& shape) {
    constexpr std::int64_t kTokens = 8;
    constexpr std::int64_t kWide = 16;
    const std::int64_t row = shape.heads * shape.head_dim;
    if (shape.tokens() * row == 0) {
        built.missing = kRopeMissing;
        return;
    }
    Experiment& e = built.experiment;
    const std::int64_t blocks = divide_round_up(shape.tokens(), kTokens);
    e.kernel("thread_rows", {e.matrix("x", blocks, kTokens * row, TensorType::kBf16)},
             e.matrix("y", blocks, kTokens * row, TensorType::kBf16),
             {{"threads", 128},
              {"element_bytes", kWide},
              {"out_element_bytes", kWide},
              {"registers", 64},
              {"start_instructions", 250},  // eight powers, sines and cosines
              {"instructions", 60}});       // eight conversions each way, 16 multiply-adds, loop
}

// With quantisation the library's grid has a block for each head of as many tokens as 128 threads
// take with 16 elements each; tokens go fastest. Threads load the position, then the angles from a
// table in FP32, then the head. What is not rotated (`plain` elements of a head) has blocks of its
// own, whose threads are as many for a token: those behind the last element idle. Here these blocks
// are a second kernel, which the device begins when the first has ended.
void add_rope_quantise(Built& built, const RopeShape& shape, std::int64_t plain) {
    constexpr std::int64_t kElements = 16;  // of a thread
    constexpr std::int64_t kBf16Bytes = 2;
    constexpr std::int64_t kAngleBytes = 4;
    constexpr std::int64_t kMostThreads = 128;
    // A head's elements, their partners and angles, 16 each, and 40 of addresses and conversions:
    // an estimate, between 96 and 112, that the two measured rows chose
    constexpr std::int64_t kRegisters = 104;
    const std::int64_t turned = shape.head_dim - plain;
    if (shape.tokens() * shape.heads == 0 || turned < kElements ||
        turned > kElements * kMostThreads) {
        built.missing = kRopeMissing;
        return;
    }
    Experiment& e = built.experiment;
    const std::int64_t row_threads = turned / kElements;
    const auto part = [&](const char* in, const char* out, std::int64_t columns, bool rotates) {
        std::vector<TensorIndex> inputs = {
            e.matrix(in, shape.tokens(), shape.heads * columns, TensorType::kBf16)};
        if (rotates) {
            inputs.push_back(e.matrix("angles", shape.positions, turned, TensorType::kFp32));
            inputs.push_back(e.tensor("positions", shape.tokens() * kAngleBytes));
        }
        e.kernel("thread_tiles", inputs,
                 e.matrix(out, shape.tokens(), shape.heads * columns, TensorType::kFp8E4m3),
                 {{"threads", kMostThreads / row_threads * row_threads},
                  {"row_threads", row_threads},
                  {"element_bytes", kElements * kBf16Bytes},
                  {"out_element_bytes", kElements},
                  {"column_bytes", std::min(columns, turned) * kBf16Bytes},
                  {"parameter_bytes", kElements * kAngleBytes},
                  {"registers", kRegisters},
                  {"start_instructions", 40},
                  // Conversions, 32 multiply-adds, scales, conversions in pairs
                  {"instructions", rotates ? 120 : 50}});
    };
    part("x", "y", turned, true);
    if (plain > 0) {
        part("plain", "plain quantised", plain, false);
    }
}

Built build(const MeasuredRow& row) {
    const BenchmarkArguments arguments(row.text("args"));
    const auto is = [&](const char* name) {
        return row.experiment == std::string("flashinfer_") + name;
    };
    Built built;
    if (is("rmsnorm")) {
        add_norm(built, arguments, false, TensorType::kBf16);
    } else if (is("rmsnorm_quant") || is("fused_add_rmsnorm_quant")) {
        add_norm(built, arguments, is("fused_add_rmsnorm_quant"), TensorType::kFp8E4m3);
    } else if (is("fused_add_rmsnorm")) {
        add_norm(built, arguments, true, TensorType::kBf16);
    } else if (is("mxfp8_quantize")) {
        add_quantise(built, arguments, TensorType::kFp8E4m3);
    } else if (is("mxfp4_quantize") || is("nvfp4_quantize") || is("nvfp4_batched_quantize")) {
        add_quantise(built, arguments, TensorType::kNvfp4);
    } else if (is("apply_rope_pos_ids") || is("apply_llama31_rope_pos_ids") || is("apply_rope") ||
               is("apply_llama31_rope")) {
        add_rope(built, RopeShape(arguments, false));
    } else if (is("rope_quantize_fp8") || is("rope_quantize_fp8_append_paged_kv_cache")) {
        add_rope_quantise(built, RopeShape(arguments, false), 0);
    } else if (is("mla_rope_quantize_fp8")) {
        add_rope_quantise(built, RopeShape(arguments, true), arguments.count("no_rope_dim"));
    } else if (is("softmax")) {
        const std::int64_t rows = arguments.count("batch_size");
        const std::int64_t columns = arguments.count("vocab_size");
        if (rows * columns == 0) {
            built.missing = "batch_size or vocab_size is not given";
            return built;
        }
        Experiment& e = built.experiment;
        e.add(rows_operator(RowFunction::kSoftmax,
                            {e.matrix("x", rows, columns, TensorType::kFp32)},
                            e.matrix("y", rows, columns, TensorType::kFp32)));
    } else if (row.experiment.find("fp4quant") != std::string::npos) {
        built.missing = "no operator: a norm that writes FP4 with scales";
    } else {
        built.missing = "no operator: sampling and selection";
    }
    return built;
}

// The kernels after the one that clears L2, from the first one's launch to the last one's end.
Time timed(const Built& built, Presets::Entry& preset) {
    const GpuConfig gpu = bind_platform_config(preset.configuration).gpu;
    constexpr std::int64_t kThreads = 1024;
    constexpr std::int64_t kElement = 16;
    Experiment experiment("small operation after a flush");
    experiment.kernel("thread_stream", {}, experiment.tensor("flush", 2 * gpu.l2.capacity.value),
                      {{"threads", kThreads}, {"element_bytes", kElement}});
    const Workload& workload = built.experiment.workload();
    std::vector<TensorIndex> placed;
    for (const TensorSpec& tensor : workload.tensors) {
        placed.push_back(
            experiment.matrix(tensor.name.c_str(), tensor.rows, tensor.columns, tensor.type));
    }
    for (OperatorSpec spec : workload.operators) {
        for (TensorIndex& input : spec.inputs) {
            input = placed[input.value];
        }
        spec.output = placed[spec.output.value];
        experiment.add(std::move(spec));
    }
    const SimulatedRun run = experiment.simulate(preset);
    return run.kernels.back().ended - run.kernels.at(1).launched;
}

Prediction predict(const MeasuredRow& row, Presets& presets) {
    const Built built = build(row);
    if (!built.missing.empty()) {
        return left_out(built.missing);
    }
    if (row.unit != "us") {
        return left_out(fmt::format("unit '{}' is no time", row.unit));
    }
    Presets::Entry* preset = presets.find(row.device);
    if (preset == nullptr) {
        return left_out(fmt::format("no preset for device {}", row.device));
    }
    std::int64_t bytes = 0;
    for (const OperatorWork& work : count_work(built.experiment.workload())) {
        bytes += work.read_bytes + work.write_bytes;
    }
    const double roofline = seconds_of(hbm_time(bytes, preset->peaks)) * 1e6;
    if (row.value > kMovesData * roofline) {
        return left_out("takes more than three times its bytes at the memory's peak");
    }
    if (presets.common().level == Level::kRoofline || !detailed_is_built()) {
        return {RowState::kNotModelled, 0, roofline, "level roofline"};
    }
    return {RowState::kModelled, seconds_of(timed(built, *preset)) * 1e6, roofline, ""};
}

}  // namespace

Family small_operations_family() {
    Family family;
    family.name = "small_ops_b200";
    family.description = "norms, rotations and quantisation of a measured library";
    family.predict = predict;
    return family;
}

}  // namespace vr
