// SPDX-License-Identifier: Apache-2.0
// Chakra execution traces: samples, round trips, and everything that can be wrong with a file.
#include <execution_trace.pb.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "testbenches/support/scratch_folder.h"
#include "models/base/error.h"
#include "traces/formats/chakra/chakra_reader.h"
#include "traces/formats/chakra/chakra_writer.h"
#include "traces/formats/chakra/message_file.h"
#include "traces/formats/workload/workload_reader.h"
#include "traces/formats/workload/workload_writer.h"

using namespace vr;
using Catch::Matchers::Contains;

namespace {

const std::string kSamples = VRSIM_SOURCE_DIR "/traces/samples/";

OperatorMapping& mapping() {
    static OperatorMapping loaded =
        OperatorMapping::load({VRSIM_SOURCE_DIR "/traces/formats/mapping/operators.toml"});
    return loaded;
}

std::string file_of(const std::string& bytes, const std::string& name = "x.et") {
    const std::string path = (testing::scratch_folder() / name).string();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
}

std::string bytes_of(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
}

ChakraTrace read_bytes(const std::string& bytes) {
    return read_chakra(file_of(bytes), mapping());
}

// The text of all problems; "" when the bytes are taken.
std::string problems_of(const std::string& bytes) {
    try {
        (void)read_bytes(bytes);
    } catch (const InputError& error) {
        CHECK(error.exit_code() == ExitCode::kBadInput);
        return error.what();
    }
    return "";
}

// A file of one all-reduce that `change` may spoil.
std::string one_node(const std::function<void(chakra::Node&)>& change) {
    chakra::GlobalMetadata metadata;
    metadata.set_version("1.0.0");
    chakra::Node node;
    node.set_id(5);
    node.set_name("reduce it");
    node.set_type(chakra::COMM_COLL);
    auto& type = *node.add_attr();
    type.set_name("comm_type");
    type.set_int64_val(0);
    auto& size = *node.add_attr();
    size.set_name("comm_size");
    size.set_int64_val(4096);
    change(node);
    std::string out;
    chakra::append_message(out, metadata.SerializeAsString());
    chakra::append_message(out, node.SerializeAsString());
    return out;
}

chakra::Attribute& attribute(chakra::Node& node, const std::string& name) {
    for (chakra::Attribute& a : *node.mutable_attr()) {
        if (a.name() == name) {
            return a;
        }
    }
    chakra::Attribute& a = *node.add_attr();
    a.set_name(name);
    return a;
}

}  // namespace

TEST_CASE("the samples say what their origin says") {
    std::size_t files = 0;
    for (const std::string kind : {"all_reduce", "all_to_all"}) {
        for (const int ranks : {4, 8}) {
            for (int rank = 0; rank < ranks; ++rank) {
                const std::string path =
                    kSamples + fmt::format("chakra/{}_{}npus_1MB.{}.et", kind, ranks, rank);
                INFO(path);
                const ChakraTrace trace = read_chakra(path, mapping());
                ++files;
                REQUIRE(trace.workload.operators.size() == 1);
                const OperatorSpec& op = trace.workload.operators[0];
                CHECK(op.id == fmt::format("{}_{}npus_1MB", kind, ranks));
                CHECK(op.kind == OperatorKind::kCollective);
                CHECK(collective_name(op.collective.kind) == kind);
                CHECK(op.collective.bytes == 1'048'576);
                CHECK(trace.notes.source.operators == 1);
                CHECK(trace.notes.source.communications == 1);
                CHECK(trace.notes.source.communicated == 1'048'576);
                CHECK(trace.notes.warnings.empty());
            }
        }
    }
    CHECK(files == 24);
}

TEST_CASE("our own samples survive the way to Chakra and back") {
    for (const std::string name :
         {"hello_gemm", "nvfp4_gemm", "copy", "elementwise", "deepseek_v3_projections_64"}) {
        INFO(name);
        const Workload workload = read_workload(kSamples + name + ".jsonl").workload;
        std::vector<OperatorAmounts> amounts;
        TraceTotals wanted;
        for (std::size_t i = 0; i < workload.operators.size(); ++i) {
            const auto n = static_cast<std::int64_t>(i);
            amounts.push_back({1000 + n, 2000 + n});
            wanted.flops += 1000 + n;
            wanted.bytes += 2000 + n;
            ++wanted.operators;
        }
        const ChakraTrace back = read_bytes(write_chakra(workload, amounts));
        CHECK(write_workload(back.workload) == write_workload(workload));
        CHECK(back.notes.source == wanted);
        CHECK(back.notes.warnings.empty());
    }
}

TEST_CASE("recorded operators survive too, to the femtosecond") {
    const Workload workload =
        parse_workload(
            "{\"vrsim_trace\": 1, \"name\": \"t\"}\n"
            "{\"op\": \"replay\", \"id\": \"r\", \"duration\": \"1234567 fs\", "
            "\"flops\": 5, \"bytes\": 6}\n"
            "{\"op\": \"replay\", \"id\": \"h\", \"duration\": \"3 ms\", \"host\": true, "
            "\"depends\": [\"r\"], \"stream\": 4}\n"
            "{\"op\": \"all_to_all\", \"id\": \"c\", \"bytes\": 77, \"group\": \"2\"}\n"
            "{\"op\": \"receive\", \"id\": \"s\", \"bytes\": 9, \"peer\": 1}\n",
            "t")
            .workload;
    const std::string bytes = write_chakra(workload, {{5, 6}, {0, 0}, {0, 0}, {0, 0}});
    const ChakraTrace back = read_bytes(bytes);
    CHECK(write_workload(back.workload) == write_workload(workload));
    CHECK(back.notes.source == TraceTotals{4, 5, 6, 2, 86, 2, Time{1'234'567 + 3'000'000'000'000}});
}

TEST_CASE("a written node has what others read, in the slots where they look") {
    const Workload workload =
        parse_workload(
            "{\"vrsim_trace\": 1, \"name\": \"t\"}\n"
            "{\"op\": \"all_gather\", \"id\": \"c\", \"bytes\": 77, \"group\": \"2\"}\n"
            "{\"op\": \"replay\", \"id\": \"r\", \"duration\": \"7.9 us\"}\n",
            "t")
            .workload;
    const std::string path = file_of(write_chakra(workload, {{0, 0}, {11, 22}}));
    chakra::MessageFile file(path);
    std::string bytes;
    REQUIRE(file.next(bytes));
    chakra::GlobalMetadata metadata;
    REQUIRE(metadata.ParseFromString(bytes));
    CHECK(metadata.version() == "1.0.0");
    REQUIRE(file.next(bytes));
    chakra::Node node;
    REQUIRE(node.ParseFromString(bytes));
    CHECK(node.type() == chakra::COMM_COLL);
    CHECK(attribute(node, "comm_type").int64_val() == 2);
    CHECK(attribute(node, "comm_size").int64_val() == 77);
    CHECK(attribute(node, "pg_name").string_val() == "2");
    CHECK(attribute(node, "is_cpu_op").value_case() == chakra::Attribute::kBoolVal);
    REQUIRE(file.next(bytes));
    REQUIRE(node.ParseFromString(bytes));
    CHECK(node.type() == chakra::COMP);
    CHECK(node.duration_micros() == 7);
    CHECK(attribute(node, "num_ops").int64_val() == 11);
    CHECK(attribute(node, "tensor_size").uint64_val() == 22);
    CHECK(attribute(node, "vr.duration_ps").uint64_val() == 7'900'000);
    CHECK_FALSE(file.next(bytes));
}

TEST_CASE("a sample cut at any byte is refused with the place") {
    for (const std::string name :
         {"chakra/all_reduce_4npus_1MB.0.et", "chakra/all_to_all_8npus_1MB.7.et"}) {
        const std::string whole = bytes_of(kSamples + name);
        REQUIRE(problems_of(whole).empty());
        for (std::size_t length = 0; length < whole.size(); ++length) {
            INFO(name << " cut to " << length);
            CHECK_THAT(problems_of(whole.substr(0, length)), Contains("byte "));
        }
    }
}

TEST_CASE("a spoilt byte anywhere is no crash, and never an empty workload") {
    const std::string whole = bytes_of(kSamples + "chakra/all_reduce_4npus_1MB.1.et");
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const int flip : {0x01, 0x80, 0xff}) {
            std::string spoilt = whole;
            spoilt[at] = static_cast<char>(spoilt[at] ^ flip);
            try {
                const ChakraTrace trace = read_bytes(spoilt);
                CHECK_FALSE(trace.workload.operators.empty());
            } catch (const InputError& error) {
                CHECK_THAT(error.what(), Contains("byte "));
            }
        }
    }
}

TEST_CASE("any integer slot is taken, with a note, the value is never lost") {
    using A = chakra::Attribute;
    const std::vector<std::function<void(A&)>> slots = {
        [](A& a) { a.set_int32_val(4097); },    [](A& a) { a.set_uint32_val(4097); },
        [](A& a) { a.set_uint64_val(4097); },   [](A& a) { a.set_sint32_val(4097); },
        [](A& a) { a.set_sint64_val(4097); },   [](A& a) { a.set_fixed32_val(4097); },
        [](A& a) { a.set_fixed64_val(4097); },  [](A& a) { a.set_sfixed32_val(4097); },
        [](A& a) { a.set_sfixed64_val(4097); },
    };
    for (const auto& set : slots) {
        const ChakraTrace trace =
            read_bytes(one_node([&](chakra::Node& n) { set(attribute(n, "comm_size")); }));
        CHECK(trace.workload.operators[0].collective.bytes == 4097);
        REQUIRE(trace.notes.warnings.size() == 1);
        CHECK_THAT(trace.notes.warnings[0], Contains("other readers look at int64_val"));
    }
}

TEST_CASE("wrong slots and silent zeros are refused with byte and node") {
    using Node = chakra::Node;
    struct Case {
        std::function<void(Node&)> change;
        const char* text;
    };
    const std::vector<Case> cases = {
        {[](Node& n) { attribute(n, "comm_size").set_float_val(4096); }, "the slot float_val"},
        {[](Node& n) { attribute(n, "comm_size").set_double_val(4096); }, "the slot double_val"},
        {[](Node& n) { attribute(n, "comm_size").set_string_val("4096"); }, "the slot string_val"},
        {[](Node& n) { attribute(n, "comm_size").mutable_int64_list()->add_values(4096); },
         "the slot int64_list"},
        {[](Node& n) { attribute(n, "comm_size").clear_value(); }, "'comm_size' has no value"},
        {[](Node& n) { attribute(n, "comm_size").set_int64_val(0); }, "its comm_size is 0"},
        {[](Node& n) { attribute(n, "comm_size").set_int64_val(-5); }, "'comm_size' is -5"},
        {[](Node& n) { attribute(n, "comm_size").set_uint64_val(~0ULL); }, "above 2^63"},
        {[](Node& n) { attribute(n, "comm_size").set_name("size"); }, "it has no comm_size"},
        {[](Node& n) { attribute(n, "comm_type").set_name("type"); }, "it has no comm_type"},
        {[](Node& n) { attribute(n, "comm_type").set_int64_val(10); }, "its comm_type is 10"},
        {[](Node& n) { attribute(n, "is_cpu_op").set_string_val("no"); }, "'is_cpu_op' stands"},
        {[](Node& n) { *n.add_attr() = n.attr(0); }, "'comm_type' stands twice"},
        {[](Node& n) { n.set_type(0); }, "its type is 0 (INVALID)"},
        {[](Node& n) { n.set_type(8); }, "its type is 8"},
        {[](Node& n) { n.add_data_deps(9); }, "depends on node 9, which is not there"},
        {[](Node& n) { n.add_ctrl_deps(5); }, "operators wait for each other"},
        {[](Node& n) { n.set_type(chakra::COMP); }, "no recorded time"},
        {[](Node& n) { n.set_type(chakra::MEM_LOAD); }, "it has no tensor_size"},
        {[](Node& n) { n.set_type(chakra::COMM_SEND); }, "it has no comm_dst"},
        {[](Node& n) {
             n.set_type(chakra::COMP);
             n.set_duration_micros(~0ULL);
         },
         "is too long"},
        {[](Node& n) { attribute(n, "vr.operator").set_string_val("{}"); }, "'vr.operator'"},
        {[](Node& n) {
             attribute(n, "vr.operator")
                 .set_string_val(
                     "{\"op\": \"copy\", \"id\": \"x\", \"source\": \"a\", "
                     "\"destination\": \"b\"}");
         },
         "no tensor 'a'"},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const std::string problems = problems_of(one_node(c.change));
        CHECK_THAT(problems, Contains(c.text));
        CHECK_THAT(problems, Contains("node 5 'reduce it' at byte 8"));
    }
}

TEST_CASE("framing that cannot be") {
    CHECK_THAT(problems_of(""), Contains("the file is empty: it ends at byte 0"));
    CHECK_THAT(problems_of(std::string(11, '\xff')),
               Contains("message 0 at byte 0") && Contains("more than 10 bytes"));
    CHECK_THAT(problems_of("\xff\xff"), Contains("its length is cut after 2 B"));
    CHECK_THAT(problems_of("\xff\xff\xff\xff\x7f"), Contains("its length is "));
    CHECK_THAT(problems_of("\xf0\x7f"
                           "abc"),
               Contains("16368 B long") && Contains("after 3 B"));
    const std::string node = one_node([](chakra::Node&) {});
    const std::string twice = node + node.substr(8);
    CHECK_THAT(problems_of(twice), Contains("a second node with this id"));
    CHECK_THAT(problems_of("\x01\xff"),
               Contains("metadata (byte 0): the message cannot be parsed"));
}

TEST_CASE("a node with shapes becomes an operator, without, its time is replayed") {
    const auto make = [](const std::string& shapes) {
        return one_node([&](chakra::Node& n) {
            n.clear_attr();
            n.set_type(chakra::COMP);
            n.set_name("aten::mm");
            n.set_duration_micros(3);
            n.mutable_inputs()->set_shapes(shapes);
            n.mutable_inputs()->set_types("['Tensor(c10::BFloat16)', 'Tensor(c10::BFloat16)']");
            attribute(n, "num_ops").set_int64_val(2 * 64 * 32 * 128);
            attribute(n, "stream").set_int64_val(7);
            attribute(n, "rf_id").set_int64_val(1);
        });
    };
    const ChakraTrace mapped = read_bytes(make("[[64, 128], [128, 32]]"));
    REQUIRE(mapped.workload.operators.size() == 1);
    const OperatorSpec& op = mapped.workload.operators[0];
    CHECK(op.kind == OperatorKind::kGemm);
    CHECK(op.stream == 7);
    CHECK(mapped.workload.tensors[1].rows == 32);
    CHECK(mapped.workload.tensors[1].columns == 128);
    CHECK(mapped.notes.source.flops == 2 * 64 * 32 * 128);
    CHECK(mapped.notes.source.bytes == 2 * (64 * 128 + 32 * 128 + 64 * 32));
    REQUIRE(mapped.notes.warnings.size() == 1);
    CHECK_THAT(mapped.notes.warnings[0], Contains("'rf_id' is not kept (1 nodes)"));

    const ChakraTrace replayed = read_bytes(make("[[64, 128], [127, 32]]"));
    CHECK(replayed.workload.operators[0].kind == OperatorKind::kReplay);
    CHECK(replayed.workload.operators[0].replay.duration == Time{3'000'000'000});
    CHECK(replayed.workload.operators[0].replay.flops == 2 * 64 * 32 * 128);
    REQUIRE(replayed.notes.unmapped.size() == 1);
    CHECK_THAT(replayed.notes.unmapped[0].why, Contains("K is 128 and 127"));
}
