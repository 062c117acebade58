// SPDX-License-Identifier: Apache-2.0
// Attention of sequences of different lengths, with real data: prefill of whole requests, decode
// with many and with few keys, keys split over SMs where some parts have none.
#include "app/platform/machine.h"
#include "app/platform/simulation.h"
#include "testbenches/gpu/machine/operator_rig.h"

using namespace vr;
using namespace vr::testing;
using plain::Matrix;

namespace {

struct Lengths {
    std::vector<std::int64_t> contexts;
    std::vector<std::int64_t> query_rows;  // empty: one of each
    std::int64_t heads = 2;
    std::int64_t kv_heads = 2;
    std::int64_t columns = 64;
    std::int64_t value_columns = 64;
    bool own_values = true;
    bool causal = true;
    std::int64_t splits = 0;
};

std::string trace_of(const Lengths& c, std::int64_t capacity) {
    const auto sequences = std::ssize(c.contexts);
    std::int64_t queries = c.query_rows.empty() ? sequences : 0;
    for (const std::int64_t rows : c.query_rows) {
        queries += rows;
    }
    const std::string values =
        c.own_values ? tensor("v", sequences * capacity, c.kv_heads * c.value_columns, "bf16") : "";
    return trace(
        tensor("q", queries, c.heads * c.columns, "bf16") +
        tensor("k", sequences * capacity, c.kv_heads * c.columns, "bf16") + values +
        tensor("o", queries, c.heads * c.value_columns, "fp32", false) +
        fmt::format(
            R"({{"op": "attention", "id": "a", "q": "q", "k": "k", {}"output": "o", )"
            R"("sequences": {}, "heads": {}, "kv_heads": {}, "contexts": [{}], {}"causal": {}{}}})",
            c.own_values ? R"("v": "v", )" : "", sequences, c.heads, c.kv_heads,
            fmt::join(c.contexts, ", "),
            c.query_rows.empty()
                ? ""
                : fmt::format(R"("query_rows": [{}], )", fmt::join(c.query_rows, ", ")),
            c.causal,
            c.splits > 0 ? fmt::format(R"(, "arguments": {{"splits": {}}})", c.splits) : ""));
}

double largest(const Matrix& m) {
    double most = 0;
    for (const double value : m.values) {
        most = std::max(most, std::fabs(value));
    }
    return most;
}

// The output of the kernels into which the operator is made, and when they ended.
std::pair<Matrix, Time> run(const Lengths& c, std::int64_t capacity, const Sets& sets) {
    RunRequest request = request_of(trace_of(c, capacity));
    const PlatformConfig config = platform_of("rubin", sets);
    request.workload = in_kernels(config, request.workload);
    const TensorSpec& out = request.workload.tensors[c.own_values ? 3 : 2];
    Machine machine(config, request);
    machine.run();
    REQUIRE(machine.finished());
    const Gpu& gpu = *machine.gpus()[0];
    return {plain::matrix(
                read_contents(gpu.contents(), out, gpu.places()[c.own_values ? 3 : 2]).elements,
                out.rows, out.columns),
            gpu.front_end().runs().back().ended};
}

void check(const Lengths& c, std::int64_t capacity, const Sets& sets = {"gpu.sms=12"}) {
    Matrix difference = run(c, capacity, sets).first;
    MachineRig rig(trace_of(c, capacity), "rubin", sets);  // for its contents
    plain::Attention rule{std::ssize(c.contexts),
                          c.heads,
                          c.kv_heads,
                          0,
                          c.value_columns,
                          c.own_values ? c.value_columns : c.columns,
                          c.causal,
                          1.0 / std::sqrt(static_cast<double>(c.columns)),
                          0};
    rule.contexts = c.contexts;
    rule.query_rows = c.query_rows;
    const Matrix values = contents(rig, c.own_values ? 2 : 1);
    const Matrix wanted = plain::attention(contents(rig, 0), contents(rig, 1), values, rule);
    for (std::size_t i = 0; i < difference.values.size(); ++i) {
        difference.values[i] -= wanted.values[i];
    }
    const double allowed = largest(values) / 200;  // probabilities in BF16
    CHECK(largest(difference) < allowed);
    CHECK(largest(wanted) > 1.5 * allowed);
}

}  // namespace

TEST_CASE("prefill of requests of different lengths equals the formula") {
    Lengths c;
    c.contexts = c.query_rows = {150, 1, 300, 37, 128};
    check(c, 310);
    c.contexts = {200, 90, 300, 37, 129};  // the last queries of their keys
    check(c, 310);
    c.causal = false;
    check(c, 310);
}

TEST_CASE("decode of sequences of different lengths equals the formula, split or not") {
    Lengths c;
    c.contexts = {1, 700, 64, 333, 5};
    for (const std::int64_t splits : {0, 1, 2, 4}) {  // one key cannot be split in four
        c.splits = splits;
        c.heads = 8;
        c.kv_heads = 2;
        c.own_values = true;
        check(c, 700);
        c.heads = 16;  // MLA
        c.kv_heads = 1;
        c.own_values = false;
        c.columns = 160;
        c.value_columns = 128;
        check(c, 700);
        c.columns = c.value_columns = 64;
    }
}

TEST_CASE("lists of equal lengths are one length for all") {
    Lengths c;
    c.contexts = {200, 200, 200};
    c.query_rows = {60, 60, 60};
    const auto [listed, end] = run(c, 256, {"gpu.sms=12"});
    std::string text = trace_of(c, 256);
    const auto replace = [&](const std::string& from, const std::string& to) {
        const std::size_t at = text.find(from);
        REQUIRE(at != std::string::npos);
        text.replace(at, from.size(), to);
    };
    replace(R"("contexts": [200, 200, 200], "query_rows": [60, 60, 60])", R"("context": 200)");
    MachineRig rig(text, "rubin", {"gpu.sms=12"});
    rig.run();
    CHECK(contents(rig, 3).values == listed.values);
    CHECK(rig.gpu().front_end().runs().back().ended == end);
}

TEST_CASE(
    "a batch of different lengths takes longer than one of their mean, less than the longest") {
    Lengths c;
    c.contexts = c.query_rows = {40, 600, 80, 520, 160, 280};
    const auto time = [](const Lengths& of) { return run(of, 600, {"gpu.sms=12"}).second; };
    Lengths mean;
    mean.contexts = mean.query_rows = std::vector<std::int64_t>(6, 280);
    Lengths longest;
    longest.contexts = longest.query_rows = std::vector<std::int64_t>(6, 600);
    CHECK(time(c) > time(mean));
    CHECK(time(c) < time(longest));
}
