// SPDX-License-Identifier: Apache-2.0
// Families attention and attention_kernel_h100: attention kernels of measured libraries, a row as
// one operator whose keys and values come from memory. TFLOPS counts 4 x batch x heads x queries x
// keys x columns, half of it with a causal mask. Where a row notes the mean of lengths, they are
// what flashinfer's benchmark draws (drawn_lengths.h). The rows of tilelang's example leave out
// what its text gives: a batch of 1, 64 heads, 8 heads of keys. Pages of keys lie one behind the
// other, and a load takes one. Rows of Azure's guide name neither heads nor mask, and its program
// prints the rate of forward and backward together. Queries of a chunk are the last ones of its
// keys; chunks and decode run on FlashAttention-2's kernel for heads of 128, whose blocks of 64
// keys show in the measured steps.
#include <fmt/format.h>

#include <algorithm>

#include "app/platform/roofline.h"
#include "app/platform/simulation.h"
#include "app/validation/drawn_lengths.h"
#include "app/validation/experiment.h"
#include "app/validation/family.h"

namespace vr {

namespace {

// Larger operators are not simulated here: they count with the roofline's error.
constexpr std::int64_t kMostFlops = 4'000'000'000'000;
constexpr std::uint32_t kDrawnSeed = 42;  // flashinfer's benchmark, --random_actual_seq_len

Prediction left_out(std::string why) {
    return {RowState::kLeftOut, 0, 0, std::move(why)};
}

// What the text of a source gives for all of its rows.
void complete(MeasuredRow& row) {
    if (row.source.find("tilelang attention_sink example") != std::string::npos) {
        row.parameters.try_emplace("batch", "1");
        row.parameters.try_emplace("q_heads", "64");
        row.parameters.try_emplace("kv_heads", "8");
    }
}

// The number behind a name in the row's note.
std::optional<std::int64_t> noted(const MeasuredRow& row, const std::string& name) {
    const std::string note = row.text("note");
    const std::size_t at = note.find(name + "=");
    MeasuredRow word;
    word.parameters[name] =
        at == std::string::npos
            ? ""
            : note.substr(at + name.size() + 1, note.find(' ', at) - at - name.size() - 1);
    return word.integer(name);
}

std::optional<double> as_value(const MeasuredRow& row, double flops, Time time) {
    if (row.unit == "TFLOPS") {
        return flops / seconds_of(time) * 1e-12;
    }
    if (row.unit == "us") {
        return seconds_of(time) * 1e6;
    }
    return std::nullopt;
}

// An operator that a row describes, as far as it does.
struct Described {
    AttentionExperiment attention;
    std::string missing;
};

Prediction predict(const MeasuredRow& row, Presets& presets, const Described& described) {
    const AttentionExperiment& attention = described.attention;
    if (!described.missing.empty()) {
        return left_out(described.missing);
    }
    Presets::Entry* preset = presets.find(row.device);
    if (preset == nullptr) {
        return left_out(fmt::format("no preset for device {}", row.device));
    }
    if (preset->peaks.tensor_flops(attention.type) == 0) {
        return left_out(
            fmt::format("no peak of {} on {}", tensor_type_name(attention.type), row.device));
    }
    Experiment experiment("attention");
    experiment.attention(attention);
    const OperatorWork work = count_work(experiment.workload()).back();
    const double flops =
        2.0 * static_cast<double>(attention.shape.heads * attention.query_key_pairs()) *
        static_cast<double>(attention.shape.head_columns + attention.shape.value_columns) /
        (attention.shape.causal ? 2 : 1);
    // The plain roofline: the larger of FLOPs and bytes, no launch.
    const Time bound = std::max(flops_time(work, preset->peaks),
                                hbm_time(work.read_bytes + work.write_bytes, preset->peaks));
    const auto roofline = as_value(row, flops, bound);
    if (!roofline) {
        return left_out(fmt::format("unit '{}' does not follow from a time", row.unit));
    }
    if (presets.common().level == Level::kRoofline || !detailed_is_built()) {
        return {RowState::kNotModelled, 0, *roofline, "level roofline"};
    }
    if (work.tensor_flops > kMostFlops) {
        return {RowState::kNotModelled, 0, *roofline, "more than 4 TFLOP: minutes of simulation"};
    }
    const Time time = experiment.run(*preset).back();
    return {RowState::kModelled, *as_value(row, flops, time), *roofline, ""};
}

// Libraries whose grid has a block for each tile of queries, head and sequence. FlashMLA's blocks
// take several, as a plan that is made before says.
bool begins_anew(const std::string& library) {
    return library == "cudnn" || library == "fa2" || library == "flash_attn_2" ||
           library == "tilelang" || library == "triton" || library.starts_with("trtllm");
}

Described describe_library(MeasuredRow row) {
    complete(row);
    Described out;
    const std::string dtype = row.text("dtype");
    if (dtype != "bf16" && dtype != "fp16" && dtype != "bfloat16") {
        out.missing = fmt::format("operand type '{}' is not known", dtype);
        return out;
    }
    for (const char* name : {"batch", "q_heads", "kv_heads", "d_qk", "s_q", "s_kv", "causal"}) {
        if (!row.integer(name)) {
            out.missing = fmt::format("{} is not given", name);
            return out;
        }
    }
    AttentionExperiment& attention = out.attention;
    AttentionShape& shape = attention.shape;
    shape.sequences = *row.integer("batch");
    shape.heads = *row.integer("q_heads");
    shape.kv_heads = *row.integer("kv_heads");
    shape.causal = *row.integer("causal") != 0;
    const std::int64_t columns = *row.integer("d_qk");
    const auto latent = noted(row, "ckv");
    const auto turned = noted(row, "kpe");
    if (latent && turned) {  // MLA: all heads share keys, whose first columns are the values
        shape.kv_heads = 1;
        shape.head_columns = *latent + *turned;
        shape.value_columns = *latent;
    } else {
        shape.head_columns = columns;
        shape.value_columns = row.integer("d_v").value_or(columns);
        attention.own_values = true;
    }
    attention.queries = *row.integer("s_q");
    shape.context = *row.integer("s_kv");
    if (const auto page = noted(row, "page")) {
        attention.arguments = {{"page_keys", *page}};
    }
    if (begins_anew(row.text("library"))) {
        attention.arguments.emplace_back("persistent", 0);
    }
    if (const auto mean = noted(row, "avg_actual_len")) {
        shape.contexts = lengths_of_mean(shape.sequences, shape.context, kDrawnSeed, *mean);
        shape.context = *std::max_element(shape.contexts.begin(), shape.contexts.end());
        if (attention.queries > 1) {
            shape.query_rows = shape.contexts;
            attention.queries = shape.context;
        }
    }
    return out;
}

Described describe_shard(const MeasuredRow& row) {
    Described out;
    for (const char* name : {"q_heads", "kv_heads", "head_dim", "batch", "chunk", "kv_len"}) {
        if (!row.integer(name)) {
            out.missing = fmt::format("{} is not given", name);
            return out;
        }
    }
    AttentionExperiment& attention = out.attention;
    attention.shape.sequences = *row.integer("batch");
    attention.shape.heads = *row.integer("q_heads");
    attention.shape.kv_heads = *row.integer("kv_heads");
    attention.shape.head_columns = *row.integer("head_dim");
    attention.shape.value_columns = attention.shape.head_columns;
    attention.shape.context = *row.integer("kv_len");
    attention.shape.causal = true;
    attention.queries = *row.integer("chunk");
    attention.own_values = true;
    // FlashAttention-2 for heads of 128: four warps of 32 rows, blocks of 64 keys.
    attention.arguments = {
        {"tile_rows", 128}, {"key_block", 64}, {"warp_rows", 32}, {"splits", 1}, {"persistent", 0}};
    return out;
}

std::string case_key(const MeasuredRow& row) {
    std::string key = fmt::format("{}|{}|{}", row.device, row.experiment, row.unit);
    for (const auto& [name, value] : row.parameters) {
        if (name != "library") {
            key += fmt::format("|{}={}", name, value);
        }
    }
    return key;
}

}  // namespace

std::vector<Family> attention_families() {
    Family libraries;
    libraries.name = "attention";
    libraries.description = "attention kernels of measured libraries";
    libraries.case_key = case_key;
    libraries.larger_is_faster = [](const MeasuredRow& row) { return row.unit != "us"; };
    libraries.predict = [](const MeasuredRow& row, Presets& presets) {
        return predict(row, presets, describe_library(row));
    };
    Family shards;
    shards.name = "attention_kernel_h100";
    shards.description = "attention of a shard, by chunk of queries and keys";
    shards.predict = [](const MeasuredRow& row, Presets& presets) {
        return predict(row, presets, describe_shard(row));
    };
    return {libraries, shards};
}

}  // namespace vr
