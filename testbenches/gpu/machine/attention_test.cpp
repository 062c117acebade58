// SPDX-License-Identifier: Apache-2.0
// Attention with real data: what the machine computes equals softmax(Q K^T) V computed plainly.
#include "app/platform/machine.h"
#include "app/platform/simulation.h"
#include "testbenches/gpu/machine/operator_rig.h"

using namespace vr;
using namespace vr::testing;
using plain::Matrix;

namespace {

struct Case {
    std::int64_t sequences = 2;
    std::int64_t queries = 1;
    std::int64_t heads = 16;
    std::int64_t kv_heads = 1;
    std::int64_t columns = 160;
    std::int64_t value_columns = 128;
    std::int64_t capacity = 120;
    std::int64_t context = 100;
    bool own_values = false;
    std::int64_t value_pitch = 0;  // of V's heads; 0: their values alone
    std::int64_t value_first = 0;
    bool causal = false;
    double scale = 0;
    std::string type = "bf16";
    std::string out = "fp32";
};

std::string text_of(const Case& c) {
    std::string text = tensor("q", c.sequences * c.queries, c.heads * c.columns, c.type) +
                       tensor("k", c.sequences * c.capacity, c.kv_heads * c.columns, c.type);
    if (c.own_values) {
        const std::int64_t pitch = c.value_pitch == 0 ? c.value_columns : c.value_pitch;
        text += tensor("v", c.sequences * c.capacity, c.kv_heads * pitch, c.type);
    }
    text += tensor("o", c.sequences * c.queries, c.heads * c.value_columns, c.out, false);
    text += fmt::format(
        R"({{"op": "attention", "id": "attn", "q": "q", "k": "k", {}"output": "o", )"
        R"("sequences": {}, "heads": {}, "kv_heads": {}, "context": {}, "causal": {}{}}})",
        (c.own_values ? R"("v": "v", )" : "") +
            (c.value_pitch == 0
                 ? ""
                 : fmt::format(R"("v_pitch": {}, "v_first": {}, )", c.value_pitch, c.value_first)),
        c.sequences, c.heads, c.kv_heads, c.context, c.causal,
        c.scale > 0 ? fmt::format(R"(, "scale": {})", c.scale) : "");
    return trace(text);
}

Matrix expected(MachineRig& rig, const Case& c) {
    plain::Attention rule{
        c.sequences,     c.heads,
        c.kv_heads,      c.context,
        c.value_columns, c.own_values ? c.value_columns : c.columns,
        c.causal,        c.scale > 0 ? c.scale : 1.0 / std::sqrt(static_cast<double>(c.columns)),
        c.value_first};
    rule.value_pitch = c.value_pitch == 0 ? rule.value_pitch : c.value_pitch;
    return plain::attention(contents(rig, 0), contents(rig, 1), contents(rig, c.own_values ? 2 : 1),
                            rule);
}

double largest(const Matrix& m) {
    double most = 0;
    for (const double value : m.values) {
        most = std::max(most, std::fabs(value));
    }
    return most;
}

// Probabilities are rounded to the operands' type, a relative error of half a unit in their last
// place (3 or 7 bits behind the point): the output is off by at most this part of the largest
// value. FP32 sums add little.
double tolerance(MachineRig& rig, const Case& c) {
    const double unit = (c.type == "bf16" ? 1.0 / 256 : 1.0 / 16) + 1.0 / 4096;
    return unit * largest(contents(rig, c.own_values ? 2 : 1));
}

double error(const Matrix& got, const Matrix& wanted) {
    Matrix difference = got;
    for (std::size_t i = 0; i < got.values.size(); ++i) {
        difference.values[i] -= wanted.values[i];
    }
    return largest(difference);
}

void check(const Case& c, const Sets& sets = {}) {
    MachineRig rig(text_of(c), "tiny", sets);
    rig.run();
    const Matrix wanted = expected(rig, c);
    const double allowed = tolerance(rig, c) + (c.out == "bf16" ? largest(wanted) / 256 : 0) +
                           (c.out == "fp8_e4m3" ? largest(wanted) / 16 : 0);
    CHECK(error(contents(rig, c.own_values ? 3 : 2), wanted) < allowed);
    CHECK(largest(wanted) > 1.5 * allowed);  // a wrong output would be seen
}

}  // namespace

TEST_CASE("MLA decode attention, values the first columns of the keys, equals the formula") {
    for (const char* type : {"bf16", "fp8_e4m3"}) {
        Case c;
        c.type = type;
        INFO(type);
        check(c);
        c.heads = 128;
        check(c);
    }
}

TEST_CASE("GQA decode attention equals the formula") {
    Case c;
    c.heads = 24;
    c.kv_heads = 3;
    c.columns = 64;
    c.value_columns = 48;
    c.own_values = true;
    c.capacity = c.context = 300;
    check(c);
    c.type = "fp8_e4m3";
    c.out = "bf16";
    check(c);
}

TEST_CASE("causal prefill attention equals the formula") {
    Case c;
    c.queries = 150;
    c.heads = 4;
    c.kv_heads = 2;
    c.columns = 64;
    c.value_columns = 64;
    c.own_values = true;
    c.causal = true;
    c.capacity = 170;
    c.context = 160;
    check(c);
    c.context = 150;
    c.kv_heads = 4;
    c.columns = 96;
    check(c);
    c.value_columns = 48;  // output chunks end with each head
    check(c);
    c.value_columns = 32;
    c.out = "fp8_e4m3";
    check(c);
}

TEST_CASE("attention with sums and weights in registers equals the formula") {
    Case c;
    c.queries = 150;
    c.heads = c.kv_heads = 2;
    c.columns = c.value_columns = 64;
    c.own_values = true;
    c.causal = true;
    c.capacity = c.context = 300;
    check(c, {"gpu.sm.tensor_memory.registers=true"});
    c.queries = 300;  // the second of two tiles in turns ends within the third
    check(c);
    c.type = "fp8_e4m3";
    check(c);
}

TEST_CASE("attention by instructions of warps equals the formula") {
    Case c;
    c.queries = 150;
    c.heads = c.kv_heads = 2;
    c.columns = c.value_columns = 64;
    c.own_values = true;
    c.causal = true;
    c.capacity = c.context = 200;
    RunRequest request = request_of(text_of(c));
    request.workload.operators[0].arguments = {
        {"tile_rows", 128}, {"key_block", 64}, {"warp_rows", 32}, {"splits", 1}};
    const PlatformConfig config = platform_of("tiny", {"gpu.sm.tensor_core.warp_rate=50"});
    Matrix got;
    Time end;
    {
        Machine machine(config, request);
        machine.run();
        REQUIRE(machine.finished());
        const Gpu& gpu = *machine.gpus()[0];
        got = plain::matrix(
            read_contents(gpu.contents(), request.workload.tensors[3], gpu.places()[3]).elements,
            c.queries * c.sequences, c.heads * c.value_columns);
        end = gpu.front_end().runs().back().ended;
    }
    MachineRig rig(text_of(c), "tiny", {});
    rig.run();
    CHECK(error(got, expected(rig, c)) < tolerance(rig, c));
    CHECK(end > rig.gpu().front_end().runs().back().ended);
    CHECK_THROWS_AS(in_kernels(platform_of("tiny", {}), request.workload), InputError);
}

TEST_CASE("keys in pages, box by box, equal the formula") {
    Case c;
    c.queries = 150;
    c.heads = c.kv_heads = 2;
    c.columns = c.value_columns = 64;
    c.own_values = true;
    c.capacity = 220;
    c.context = 205;  // the last block lacks whole pages
    std::string text = text_of(c);
    text.insert(text.rfind('}'), R"(, "arguments": {"page_keys": 16})");
    MachineRig rig(text, "tiny", {});
    rig.run();
    CHECK(error(contents(rig, 3), expected(rig, c)) < tolerance(rig, c));
}

TEST_CASE("tiles with blocks of their own give the same and take the starts of blocks longer") {
    Case c;
    c.queries = 300;
    c.heads = c.kv_heads = 4;
    c.columns = c.value_columns = 64;
    c.own_values = true;
    c.causal = true;
    c.capacity = c.context = 300;
    Matrix persistent;
    Time taken;
    for (const int blocks : {1, 0}) {
        std::string text = text_of(c);
        text.insert(text.rfind('}'), fmt::format(R"(, "arguments": {{"persistent": {}}})", blocks));
        MachineRig rig(text, "tiny", {});
        rig.run();
        const Matrix got = contents(rig, 3);
        const Time end = rig.gpu().front_end().runs().back().ended;
        CHECK(error(got, expected(rig, c)) < tolerance(rig, c));
        const TileProgram& program = rig.gpu().programs().front();
        if (blocks == 1) {
            REQUIRE(program.tiles() > program.groups);
            persistent = got;
            taken = end;
            continue;
        }
        CHECK(program.groups == program.tiles());
        CHECK(got.values == persistent.values);
        CHECK(end > taken);
    }
}

TEST_CASE("values among other columns of their rows are found there") {
    for (const char* type : {"bf16", "fp8_e4m3"}) {
        Case c;
        c.type = type;
        c.queries = 150;
        c.heads = c.kv_heads = 3;
        c.columns = 96;
        c.value_columns = 64;
        c.own_values = true;
        c.value_pitch = 160;
        c.value_first = 96;
        c.causal = true;
        c.capacity = 170;
        c.context = 160;
        INFO(type);
        check(c);
        c.queries = 1;  // split over SMs
        check(c);
        c.value_first = 32;
        check(c, {"gpu.sm.tensor_memory.columns=96"});  // values in parts
    }
}

TEST_CASE("several queries a sequence with packed heads equal the formula") {
    Case c;
    c.queries = 3;
    c.causal = true;
    check(c);
    c.heads = 100;  // tiles that end within a query
    check(c);
}

TEST_CASE("values in parts, where tensor memory is narrow, equal the formula") {
    Case c;
    check(c, {"gpu.sm.tensor_memory.columns=96"});
    c.own_values = true;
    check(c, {"gpu.sm.tensor_memory.columns=96"});
}

TEST_CASE("scores that grow from block to block are counted from a new reference") {
    Case c;
    c.scale = 3;
    check(c);
}

TEST_CASE("split keys give the same output as whole ones") {
    Case c;
    c.sequences = 1;
    c.capacity = c.context = 3000;
    c.out = "fp32";
    RunRequest request = request_of(text_of(c));
    const Sets sets = {"gpu.sms=12"};
    const PlatformConfig config = platform_of("rubin", sets);
    request.workload = in_kernels(config, request.workload);
    REQUIRE(request.workload.operators.size() == 2);
    CHECK(request.workload.operators[0].attention.splits > 2);
    CHECK(request.workload.operators[1].id == "attn.merge");
    Matrix got;
    Time end;
    {
        Machine machine(config, request);
        machine.run();
        REQUIRE(machine.finished());
        const Gpu& gpu = *machine.gpus()[0];
        got = plain::matrix(
            read_contents(gpu.contents(), request.workload.tensors[2], gpu.places()[2]).elements, 1,
            c.heads * c.value_columns);
        end = gpu.front_end().runs().back().ended;
    }
    MachineRig whole(text_of(c), "rubin", sets);
    whole.run();
    CHECK(error(got, expected(whole, c)) < tolerance(whole, c));
    CHECK(got.values != contents(whole, 2).values);  // another order of sums
    CHECK(end.value < whole.gpu().front_end().runs().back().ended.value);
}

TEST_CASE("an operator in kernels keeps its place in the order of the trace") {
    Case c;
    c.sequences = 1;
    c.capacity = c.context = 3000;
    const std::string text = text_of(c) + "\n" + tensor("n", 1, 2048, "fp32", false) +
                             R"({"op": "softmax", "id": "after", "input": "o", "output": "n"})";
    const RunRequest request = request_of(text);
    const Workload kernels = in_kernels(platform_of("rubin", {"gpu.sms=12"}), request.workload);
    REQUIRE(kernels.operators.size() == 3);
    CHECK(kernels.operators[2].depends == std::vector<OperatorIndex>{{1}});
    CHECK(in_kernels(platform_of("rubin", {"gpu.sms=1"}), request.workload).operators.size() == 2);
}
