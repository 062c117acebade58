// SPDX-License-Identifier: Apache-2.0
#include "app/workload_options.h"

#include "app/option_groups.h"
#include "app/whole_number.h"

namespace vr {

void add_workload(CLI::App& verb, CommandLine& line, RawWorkload& raw) {
    const CLI::Validator amount = whole_number<std::int64_t>(1, std::int64_t{1} << 30);
    const auto add_amount = [&](const char* name, std::int64_t& value, const char* help) {
        return verb.add_option(name, value, help)->transform(amount)->type_name("N");
    };
    LayerRequest& layers = line.layers;
    verb.add_option("MODEL", line.model,
                    "a model of traces/models, or a path ending in .json: a config.json as models "
                    "on Hugging Face carry")
        ->required();
    verb.add_option("--phase", raw.phase,
                    "decode (one new token a sequence) or prefill (all tokens)")
        ->required()
        ->check(CLI::IsMember({"decode", "prefill"}))
        ->type_name("WORD");
    add_amount("--batch", layers.batch, "sequences of the GPUs that share one attention")
        ->required();
    add_amount("--context", layers.context, "tokens of each sequence, new ones counted")
        ->required();
    add_amount("--tensor-parallel", layers.tensor_parallel,
               "GPUs that divide heads and columns among themselves")
        ->capture_default_str();
    add_amount("--expert-parallel", layers.expert_parallel,
               "GPUs that divide the experts among themselves; a multiple of --tensor-parallel "
               "gives each whole experts, 1 divides experts as all else")
        ->capture_default_str();
    verb.add_option("--precision", raw.precision,
                    "of products: fp8, nvfp4 (attention in fp8) or bf16")
        ->check(CLI::IsMember({"fp8", "nvfp4", "bf16"}))
        ->type_name("WORD")
        ->capture_default_str();
    add_amount("--layers", layers.layers, "how many layers, one after the other")
        ->capture_default_str();
    verb.add_option("--first-layer", raw.first_layer,
                    "from which on, counted from 0; the first with experts if left out, or 0")
        ->transform(whole_number<std::int64_t>(0, std::int64_t{1} << 30))
        ->type_name("N");
    verb.add_option("--routing", raw.routing,
                    "tokens to experts: random (by --seed, uniform) or even (in turn)")
        ->check(CLI::IsMember({"random", "even"}))
        ->type_name("WORD")
        ->capture_default_str();
    verb.add_option("--seed", layers.seed, "seed of random routing")
        ->transform(whole_number<std::uint64_t>(0))
        ->type_name("N")
        ->capture_default_str();
    verb.add_option("-o,--output", line.output, "the trace to write")
        ->required()
        ->check(some_path())
        ->type_name("FILE");
    verb.add_flag("--force", line.force, "overwrite FILE where it exists");
    verb.add_flag("--quiet", line.common.quiet, "print errors only");
}

void convert_workload(const RawWorkload& raw, CommandLine& line) {
    LayerRequest& layers = line.layers;
    layers.phase = raw.phase == "prefill" ? Phase::kPrefill : Phase::kDecode;
    layers.precision = raw.precision == "bf16"    ? Precision::kBf16
                       : raw.precision == "nvfp4" ? Precision::kNvfp4
                                                  : Precision::kFp8;
    layers.routing = raw.routing == "even" ? RoutingDraw::kEven : RoutingDraw::kRandom;
    if (raw.first_layer >= 0) {
        layers.first_layer = raw.first_layer;
    }
}

}  // namespace vr
