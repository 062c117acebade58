// SPDX-License-Identifier: Apache-2.0
// The table from recorded names and shapes to our operators: the default, and users' files.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "testbenches/support/scratch_folder.h"
#include "models/base/error.h"
#include "traces/formats/mapping/operator_mapping.h"

using namespace vr;
using Catch::Matchers::Contains;

namespace {

const std::string kDefault = VRSIM_SOURCE_DIR "/traces/formats/mapping/operators.toml";
const std::string kBf16 = "c10::BFloat16";

std::string file_of(const std::string& text) {
    const auto path = testing::scratch_folder() / "operator_mapping_test.toml";
    std::ofstream(path) << text;
    return path.string();
}

MappingResult map(const std::string& name, std::vector<SourceTensor> inputs,
                  const std::vector<std::string>& files = {kDefault}) {
    OperatorMapping mapping = OperatorMapping::load(files);
    return mapping.map({name, std::move(inputs)});
}

std::string load_problems(const std::string& text) {
    try {
        (void)OperatorMapping::load({file_of(text)});
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("matrix products: shapes, operations and bytes by hand") {
    const MappingResult mm = map("aten::mm", {{{3, 5}, kBf16}, {{5, 7}, kBf16}});
    REQUIRE(mm.mapped);
    CHECK(mm.mapped->op == "gemm");
    CHECK(mm.mapped->flops == 2 * 3 * 5 * 7);
    CHECK(mm.mapped->bytes == 2 * (3 * 5 + 5 * 7 + 3 * 7));
    REQUIRE(mm.mapped->tensors.size() == 3);
    CHECK(mm.mapped->tensors[1].rows == 7);  // stored with K along the row
    CHECK(mm.mapped->tensors[1].columns == 5);
    CHECK(mm.mapped->tensors[2].type == "bf16");

    const MappingResult addmm =
        map("aten::addmm", {{{7}, kBf16}, {{3, 5}, kBf16}, {{5, 7}, kBf16}, {{}, "Scalar"}});
    REQUIRE(addmm.mapped);
    CHECK(addmm.mapped->flops == mm.mapped->flops);
    CHECK(addmm.mapped->left_out_bytes == 14);  // the bias

    const MappingResult linear = map("aten::linear", {{{2, 3, 5}, kBf16}, {{7, 5}, kBf16}});
    REQUIRE(linear.mapped);
    CHECK(linear.mapped->tensors[0].rows == 6);  // leading dimensions are rows
    CHECK(linear.mapped->flops == 2 * 6 * 5 * 7);

    const MappingResult scaled = map(
        "aten::_scaled_mm", {{{16, 32}, "c10::Float8_e4m3fn"}, {{32, 48}, "c10::Float8_e4m3fn"}});
    REQUIRE(scaled.mapped);
    CHECK(scaled.mapped->tensors[0].type == "fp8_e4m3");
    CHECK(scaled.mapped->bytes == 16 * 32 + 32 * 48 + 2 * 16 * 48);
}

TEST_CASE("what our operators refuse is refused here, with their reason") {
    CHECK_THAT(map("aten::mm", {{{3, 5}, "float"}, {{5, 7}, "float"}}).why,
               Contains("gemm operands"));
    CHECK_THAT(map("aten::mm", {{{3, 5}, kBf16}, {{6, 7}, kBf16}}).why, Contains("K is 5 and 6"));
    CHECK_THAT(map("aten::mm", {{{3, 5}, "double"}, {{5, 7}, "double"}}).why,
               Contains("type 'double' has no counterpart"));
    CHECK_THAT(map("aten::bmm", {{{2, 3, 5}, kBf16}, {{2, 5, 7}, kBf16}}).why,
               Contains("1 is 1 and 2"));
    CHECK_THAT(map("aten::add", {{{3, 5}, kBf16}, {{5}, kBf16}}).why, Contains("R is 3 and 1"));
    CHECK_THAT(map("aten::add", {{{3, 5}, kBf16}, {{}, "Scalar"}}).why,
               Contains("input 1 is no tensor"));
    CHECK_THAT(map("aten::mm", {{{0, 5}, kBf16}, {{5, 7}, kBf16}}).why, Contains("[0, 5]"));
    CHECK_THAT(map("aten::mm", {{}, {}}).why, Contains("no shapes are recorded"));
    CHECK_THAT(map("aten::softmax", {{{3, 5}, kBf16}}).why, Contains("no rule"));
    const std::int64_t huge = std::int64_t{1} << 40;
    CHECK_THAT(map("aten::mm", {{{huge, huge}, kBf16}, {{huge, huge}, kBf16}}).why,
               Contains("2^63"));
}

TEST_CASE("elementwise: two inputs become a list") {
    const MappingResult add = map("aten::add_", {{{4, 6}, "float"}, {{4, 6}, "float"}});
    REQUIRE(add.mapped);
    const MappedLines lines = mapped_lines(*add.mapped, "x", {"before"}, 3, 0);
    REQUIRE(lines.tensors.size() == 3);
    CHECK(lines.op ==
          "{\"op\": \"elementwise\", \"id\": \"x\", \"function\": \"add\", \"inputs\": "
          "[\"x.inputs0\", \"x.inputs1\"], \"output\": \"x.output\", \"depends\": [\"before\"], "
          "\"stream\": 3}");
    CHECK(add.mapped->bytes == 3 * 4 * 6 * 4);
}

TEST_CASE("communication by kernel") {
    const OperatorMapping mapping = OperatorMapping::load({kDefault});
    CHECK(mapping.communication("ncclDevKernel_AllReduce_Sum_bf16_RING_LL(x)") ==
          CollectiveKind::kAllReduce);
    CHECK(mapping.communication("ncclDevKernel_SendRecv(x)") == CollectiveKind::kAllToAll);
    CHECK_FALSE(mapping.communication("gemm").has_value());
    CHECK_FALSE(mapping.knows("ncclDevKernel_SendRecv(x)"));
}

TEST_CASE("a user's rules come first and may name new operators and types") {
    const std::string mine = file_of(
        "[types]\n\"my::bf\" = \"bf16\"\n"
        "[[rule]]\nmatch = \"my::*_linear\"\nop = \"gemm\"\nflops = \"2 M N K\"\n"
        "tensors = [{key = \"a\", input = 1, shape = \"M K\"},\n"
        "  {key = \"b\", input = 0, shape = \"N K\"}, {key = \"d\", shape = \"M N\", like = 0}]\n"
        "[[rule]]\nmatch = \"aten::silu\"\nop = \"elementwise\"\nset = {function = \"relu\"}\n"
        "flops = \"R C\"\ntensors = [{key = \"inputs[]\", input = 0, shape = \"R C\"}, {key = "
        "\"output\", shape = \"R C\", like = 0}]\n");
    const MappingResult own =
        map("my::fused_linear", {{{7, 5}, "my::bf"}, {{3, 5}, "my::bf"}}, {mine, kDefault});
    REQUIRE(own.mapped);
    CHECK(own.mapped->tensors[0].rows == 3);
    CHECK(map("aten::silu", {{{3, 5}, kBf16}}, {mine, kDefault}).mapped->flops == 15);
    CHECK(map("aten::silu", {{{3, 5}, kBf16}}).mapped->flops == 60);
    CHECK_FALSE(map("my::fused_linear", {{{7, 5}, kBf16}, {{3, 5}, kBf16}}).mapped);
}

TEST_CASE("problems of a mapping file come with line and column") {
    CHECK_THAT(load_problems("[[rule]\n"), Contains("operator_mapping_test.toml:1:"));
    CHECK_THAT(load_problems("[[rule]]\nmatch = \"x\"\nop = \"gemm\"\nflopz = \"2\"\n"),
               Contains(":4:9: unknown key 'flopz'") && Contains("did you mean 'flops'?") &&
                   Contains("has no tensors"));
    CHECK_THAT(load_problems("[[rule]]\nmatch = \"x\"\nop = \"copy\"\ntensors = [{key = \"a\", "
                             "input = 0, shape = \"R C\"}, {key = \"b\", shape = \"R Q\", like = "
                             "0}]\n"),
               Contains("dimension 'Q' stands in no input"));
    CHECK_THAT(load_problems("[types]\n\"x\" = \"int8\"\n"),
               Contains(":2:7: type 'x' has no type of ours"));
    CHECK_THAT(load_problems("[[rule]]\nop = \"send\"\n"), Contains("the rule matches no name"));
    CHECK_THAT(load_problems("rule = 3\n"), Contains("'rule' is no list"));
}

TEST_CASE("patterns") {
    CHECK(matches_pattern("aten::mm", "aten::mm"));
    CHECK_FALSE(matches_pattern("aten::mmx", "aten::mm"));
    CHECK(matches_pattern("ncclDevKernel_AllReduce_Sum", "nccl*AllReduce*"));
    CHECK(matches_pattern("abcabd", "*abd"));
    CHECK_FALSE(matches_pattern("abc", ""));
    CHECK(matches_pattern("", "*"));
}
