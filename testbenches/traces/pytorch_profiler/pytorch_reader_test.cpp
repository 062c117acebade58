// SPDX-License-Identifier: Apache-2.0
// Profiles of torch.profiler: the sample, ways to find a kernel's operator, and broken files.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "testbenches/support/scratch_folder.h"
#include "models/base/error.h"
#include "traces/formats/pytorch_profiler/profile_events.h"
#include "traces/formats/pytorch_profiler/pytorch_reader.h"
#include "traces/formats/workload/workload_writer.h"

using namespace vr;
using Catch::Matchers::Contains;

namespace {

const std::string kSample = VRSIM_SOURCE_DIR "/traces/samples/pytorch/mlp_block.json";

OperatorMapping& mapping() {
    static OperatorMapping loaded =
        OperatorMapping::load({VRSIM_SOURCE_DIR "/traces/formats/mapping/operators.toml"});
    return loaded;
}

std::string bytes_of(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
}

PytorchTrace read_text(const std::string& text, const std::string& name = "profile.json") {
    const std::string path = (testing::scratch_folder() / name).string();
    std::ofstream(path, std::ios::binary) << text;
    return read_pytorch_profile(path, mapping());
}

std::string problems_of(const std::string& text, const std::string& name = "profile.json") {
    try {
        (void)read_text(text, name);
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

std::string operator_event(const std::string& name, double begin, double duration, int external,
                           const std::string& more = "") {
    return fmt::format(
        "{{\"ph\": \"X\", \"cat\": \"cpu_op\", \"name\": \"{}\", \"pid\": 1, \"tid\": 1, \"ts\": "
        "{:.3f}, \"dur\": {:.3f}, \"args\": {{\"External id\": {}{}}}}}",
        name, begin, duration, external, more);
}

std::string kernel(const std::string& name, double begin, double duration, const std::string& args,
                   const std::string& category = "kernel") {
    return fmt::format(
        "{{\"ph\": \"X\", \"cat\": \"{}\", \"name\": \"{}\", \"pid\": 0, \"tid\": 7, \"ts\": "
        "{:.3f}, \"dur\": {:.3f}, \"args\": {{{}}}}}",
        category, name, begin, duration, args);
}

const std::string kShapes =
    ", \"Input Dims\": [[64, 128], [128, 32]], \"Input type\": [\"c10::BFloat16\", "
    "\"c10::BFloat16\"]";

std::string ids(const PytorchTrace& trace) {
    std::string out;
    for (const OperatorSpec& op : trace.workload.operators) {
        out += (out.empty() ? "" : " ") + op.id;
        for (std::size_t i = 0; i < op.depends.size(); ++i) {
            out += (i == 0 ? "<-" : ",") + trace.workload.operators[op.depends[i].value].id;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("the sample: shapes by hand, replayed times, stream order, a wait between streams") {
    const PytorchTrace trace = read_pytorch_profile(kSample, mapping());
    CHECK(trace.workload.name == "mlp_block");
    CHECK(ids(trace) ==
          "aten::copy_ aten::rms_norm<-aten::copy_ aten::mm<-aten::rms_norm aten::mm#17<-aten::mm "
          "aten::silu<-aten::mm#17 aten::mul<-aten::silu aten::mm#29<-aten::mul "
          "aten::add<-aten::mm#29 triton_poi_fused_add_rms_norm_0<-aten::add "
          "aten::copy_#44<-triton_poi_fused_add_rms_norm_0");
    constexpr std::int64_t kTokens = 64;
    constexpr std::int64_t kHidden = 4096;
    constexpr std::int64_t kInner = 14336;
    const TraceTotals& source = trace.notes.source;
    CHECK(source.operators == 10);
    CHECK(source.flops == 3 * 2 * kTokens * kHidden * kInner + 4 * kTokens * kInner +
                              kTokens * kInner + kTokens * kHidden);
    CHECK(source.bytes == 2 * (3 * (kTokens * kHidden + kHidden * kInner + kTokens * kInner) +
                               (2 + 3) * kTokens * kInner + (3 + 2 + 1) * kTokens * kHidden));
    CHECK(source.replayed == 3);
    CHECK(source.replayed_time == Time{(18'304 + 3'872 + 3'520) * std::int64_t{1'000'000}});
    CHECK(trace.notes.recorded_time == trace.notes.modelled_time + source.replayed_time);
    CHECK(trace.notes.merged == 2);  // the set before a product, the reduction after it
    CHECK(trace.workload.operators[9].stream == 1);
    REQUIRE(trace.notes.unmapped.size() == 3);
    CHECK(trace.notes.unmapped[0].name == "aten::copy_");
    CHECK_THAT(trace.notes.unmapped[0].why, Contains("between host and device"));
}

TEST_CASE("gzip and plain files give the same workload") {
    const PytorchTrace plain = read_pytorch_profile(kSample, mapping());
    const PytorchTrace packed = read_pytorch_profile(kSample + ".gz", mapping());
    CHECK(write_workload(plain.workload) == write_workload(packed.workload));
    CHECK(plain.notes.source == packed.notes.source);
}

TEST_CASE("a kernel's operator: by identifier, by call, by time, a bare list of events") {
    const std::string call =
        "{\"ph\": \"X\", \"cat\": \"cuda_runtime\", \"name\": \"cudaLaunchKernel\", \"pid\": 1, "
        "\"tid\": 1, \"ts\": 105.0, \"dur\": 1.0, \"args\": {\"correlation\": 9";
    const std::string op = operator_event("aten::mm", 100, 20, 3, kShapes);
    const std::string by_id = "[" + op + "," + kernel("k", 200, 5, "\"External id\": 3") + "]";
    const std::string by_call = "[" + op + "," + call + ", \"External id\": 3}}," +
                                kernel("k", 200, 5, "\"correlation\": 9") + "]";
    const std::string by_time =
        "[" + op + "," + call + "}}," + kernel("k", 200, 5, "\"correlation\": 9") + "]";
    for (const std::string& text : {by_id, by_call, by_time}) {
        CHECK(ids(read_text(text)) == "aten::mm");
    }
    CHECK(ids(read_text("[" + op + "," + kernel("k", 200, 5, "\"correlation\": 8") + "]")) == "k");
}

TEST_CASE(
    "an operator stands once for its kernels, and never for what a known one inside it does") {
    const std::string linear =
        operator_event("aten::linear", 100, 50, 1,
                       ", \"Input Dims\": [[64, 128], [32, 128], [32]], \"Input type\": "
                       "[\"c10::BFloat16\", \"c10::BFloat16\", \"c10::BFloat16\"]");
    const std::string inner = operator_event("aten::mm", 105, 10, 2, kShapes);
    const std::string odd = operator_event("aten::odd", 120, 10, 3);
    const PytorchTrace both = read_text("[" + linear + "," + inner + "," + odd + "," +
                                        kernel("a", 200, 5, "\"External id\": 2") + "," +
                                        kernel("b", 210, 5, "\"External id\": 3") + "]");
    CHECK(ids(both) == "aten::mm aten::odd<-aten::mm");
    CHECK(both.workload.operators[1].kind == OperatorKind::kReplay);
    CHECK(both.notes.source.flops == 2 * 64 * 32 * 128);
    const PytorchTrace outer =
        read_text("[" + linear + "," + odd + "," + kernel("a", 200, 5, "\"External id\": 3") + "," +
                  kernel("b", 210, 5, "\"External id\": 3") + "]");
    CHECK(ids(outer) == "aten::linear");
    CHECK(outer.notes.merged == 1);
    CHECK(outer.notes.left_out_bytes == 64);
}

TEST_CASE("communication keeps its size, without one it is replayed") {
    const std::string name = "ncclDevKernel_AllReduce_Sum_bf16_RING_LL";
    const PytorchTrace sized = read_text(
        "[" +
        kernel(name, 1, 5,
               "\"In msg nelems\": 1024, \"Out msg nelems\": 1024, \"dtype\": \"BFloat16\", "
               "\"Process Group Name\": \"0\"") +
        "]");
    REQUIRE(sized.workload.operators.size() == 1);
    CHECK(sized.workload.operators[0].collective.bytes == 2048);
    CHECK(sized.notes.source.communicated == 2048);
    const PytorchTrace unsized = read_text("[" + kernel(name, 1, 5, "\"stream\": 7") + "]");
    CHECK(unsized.workload.operators[0].kind == OperatorKind::kReplay);
    CHECK_THAT(unsized.notes.unmapped[0].why, Contains("without a recorded size"));
}

TEST_CASE("microseconds as written become exact femtoseconds") {
    std::int64_t out = 0;
    CHECK(pytorch::parse_microseconds("198093488368.463", 3, out));
    CHECK(out == 198'093'488'368'463);
    CHECK(pytorch::parse_microseconds("0.0000000019", 9, out));
    CHECK(out == 1);
    CHECK(pytorch::parse_microseconds("1771536568903147", 3, out));
    CHECK(out == 1'771'536'568'903'147'000);
    CHECK_FALSE(pytorch::parse_microseconds("", 3, out));
    CHECK_FALSE(pytorch::parse_microseconds("1e3", 3, out));
    CHECK_FALSE(pytorch::parse_microseconds("99999999999999999999", 3, out));
}

TEST_CASE("a profile cut at any byte is refused with line and byte") {
    const std::string whole = "{\"traceEvents\": [\n" + kernel("k", 1, 5, "\"stream\": 7") +
                              "\n], \"x\": {\"y\": [1, 2.5]}}";
    REQUIRE(problems_of(whole).empty());
    for (std::size_t length = 0; length < whole.size(); ++length) {
        INFO(length);
        const std::string problems = problems_of(whole.substr(0, length));
        CHECK_THAT(problems, Contains("profile.json:"));
        CHECK_THAT(problems, Contains("not JSON at byte"));
    }
}

TEST_CASE("a compressed profile cut at any byte is refused with a place") {
    const std::string whole = bytes_of(kSample + ".gz");
    for (std::size_t length = 0; length < whole.size(); length += length < 64 ? 1 : 37) {
        INFO(length);
        CHECK_THAT(problems_of(whole.substr(0, length), "cut.json.gz"), Contains("byte"));
    }
}

TEST_CASE("profiles that are no use say why") {
    CHECK_THAT(problems_of("{\"traceEvents\": []}"), Contains("no kernel, copy or set among 0"));
    CHECK_THAT(problems_of("{\"a\": [1]}"), Contains("no list of events"));
    CHECK_THAT(problems_of("[" + operator_event("aten::mm", 1, 1, 1) + "]"),
               Contains("ProfilerActivity.CUDA"));
    CHECK_THAT(problems_of("[\n {\"ph\": \"X\", \"cat\": \"kernel\", \"name\": \"k\", \"ts\": 1}]"),
               Contains("profile.json:2:2: event 'k' has no duration"));
    CHECK_THAT(problems_of("[{\"ph\": \"X\", \"cat\": \"kernel\", \"name\": \"k\", \"dur\": 1}]"),
               Contains("event 'k' has no time"));
    std::string deep = "[{\"a\": ";
    for (int i = 0; i < 100; ++i) {
        deep += "[";
    }
    CHECK_THAT(problems_of(deep), Contains("nests more than 64 deep"));
}
