// SPDX-License-Identifier: Apache-2.0
// What a whole GPU computes, bit for bit: products against the reference, copies and element
// functions.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "models/numerics/gemm_reference.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

// Elements that differ; an all-zero answer fails on its own.
std::size_t differences(const std::vector<std::uint32_t>& got,
                        const std::vector<std::uint32_t>& want) {
    REQUIRE(got.size() == want.size());
    CHECK(std::set<std::uint32_t>(got.begin(), got.end()).size() > got.size() / 300);
    std::size_t count = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
        count += got[i] != want[i] ? 1 : 0;
    }
    return count;
}

struct Shape {
    std::int64_t m, n, k;
};

void check_products(const std::string& type, const std::vector<Shape>& shapes,
                    const Sets& sets = {}) {
    for (const Shape& s : shapes) {
        for (const char* out : {"bf16", "fp32"}) {
            MachineRig rig(gemm_trace(s.m, s.n, s.k, type, out), "tiny", sets);
            const std::vector<std::uint32_t> want = rig.reference();
            rig.run();
            INFO(type << " " << s.m << "x" << s.n << "x" << s.k << " to " << out);
            CHECK(differences(rig.codes(2), want) == 0);
        }
    }
}

float bf16(std::uint32_t code) {
    const std::uint32_t bits = code << 16;
    float value = 0;
    std::memcpy(&value, &bits, 4);
    return value;
}

std::string elementwise_trace(const std::string& function, bool two, std::int64_t rows,
                              std::int64_t columns) {
    const auto tensor = [&](const char* name, const char* data) {
        return fmt::format("{{\"tensor\": \"{}\", \"shape\": [{}, {}], \"type\": \"bf16\"{}}}\n",
                           name, rows, columns, data);
    };
    return "{\"vrsim_trace\": 1, \"name\": \"element\"}\n" + tensor("x", R"(, "data": "seeded")") +
           tensor("y", R"(, "data": "seeded")") + tensor("z", "") +
           fmt::format(
               "{{\"op\": \"elementwise\", \"id\": \"f\", \"function\": \"{}\", \"inputs\": [{}], "
               "\"output\": \"z\"}}\n",
               function, two ? R"("x", "y")" : R"("x")");
}

}  // namespace

TEST_CASE("BF16 products equal the reference") {
    check_products("bf16",
                   {{64, 64, 64}, {128, 128, 256}, {100, 72, 96}, {1, 8, 32}, {300, 200, 160}});
}

TEST_CASE("FP8 products equal the reference") {
    check_products("fp8_e4m3", {{128, 128, 512}, {37, 300, 224}, {384, 256, 128}, {257, 130, 32}});
}

TEST_CASE("NVFP4 products equal the reference") {
    check_products("nvfp4", {{128, 256, 256}, {61, 100, 96}, {256, 256, 512}, {330, 520, 320}});
}

TEST_CASE("products equal the reference with the other accumulation contracts") {
    for (const char* contract : {"blackwell", "rubin_two_steps"}) {
        check_products("fp8_e4m3", {{130, 70, 416}},
                       {fmt::format("gpu.accumulation=\"{}\"", contract)});
        check_products("nvfp4", {{70, 260, 352}},
                       {fmt::format("gpu.accumulation=\"{}\"", contract)});
    }
}

TEST_CASE("products follow a changed accumulation rule") {
    struct Row {
        const char* type;
        const char* set;
    };
    for (const Row& row : {Row{"fp8_e4m3", "gpu.accumulation_rule.fp8=\"L=16,F=9\""},
                           Row{"nvfp4", "gpu.accumulation_rule.nvfp4=\"L=32,F=12\""},
                           Row{"bf16", "gpu.accumulation_rule.bf16=\"F=16,result=nearest\""}}) {
        INFO(row.set);
        check_products(row.type, {{70, 130, 320}}, {row.set});
        const auto reference = [&](const Sets& sets) {
            MachineRig rig(gemm_trace(70, 130, 320, row.type, "fp32"), "tiny", sets);
            return rig.reference();
        };
        CHECK(differences(reference({row.set}), reference({})) > 0);
    }
}

TEST_CASE("products do not depend on the machine") {
    const Sets machines[] = {
        {"gpu.sms=1"},
        {"gpu.sms=3"},
        {"gpu.sms=8", "gpu.l2.slices=8", "gpu.l2.dies=2", "gpu.hbm4.channels_per_stack=4"},
        {"gpu.sm.tma.bundle_lines=1"},
        {"gpu.sm.tma.bundle_lines=256", "gpu.sm.tma.load_window=2 KiB",
         "gpu.sm.tma.store_window=2 KiB"},
        {"gpu.sm.tensor_memory.columns=256", "gpu.sm.shared_memory.capacity=160 KiB"},
        {"gpu.l2.capacity=16 KiB", "gpu.l2.ways=2", "gpu.l2.granule=128 B",
         "gpu.l2.fetch_block=32 B"},
    };
    for (const Sets& sets : machines) {
        INFO(sets.front());
        check_products("fp8_e4m3", {{300, 170, 288}}, sets);
        check_products("nvfp4", {{140, 300, 352}}, sets);
    }
}

TEST_CASE("two products in a row: the second takes what the first has written") {
    const std::string trace =
        "{\"vrsim_trace\": 1, \"name\": \"chain\"}\n"
        "{\"tensor\": \"a\", \"shape\": [96, 128], \"type\": \"bf16\", \"data\": \"seeded\"}\n"
        "{\"tensor\": \"b\", \"shape\": [160, 128], \"type\": \"bf16\", \"data\": \"seeded\"}\n"
        "{\"tensor\": \"d\", \"shape\": [96, 160], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"c\", \"shape\": [64, 160], \"type\": \"bf16\", \"data\": \"seeded\"}\n"
        "{\"tensor\": \"e\", \"shape\": [96, 64], \"type\": \"fp32\"}\n"
        "{\"op\": \"gemm\", \"id\": \"one\", \"a\": \"a\", \"b\": \"b\", \"d\": \"d\"}\n"
        "{\"op\": \"gemm\", \"id\": \"two\", \"a\": \"d\", \"b\": \"c\", \"d\": \"e\"}\n";
    MachineRig rig(trace);
    const std::vector<std::uint32_t> first = rig.reference();
    rig.run();
    CHECK(differences(rig.codes(2), first) == 0);
    const auto contract = named_contract("rubin.bf16");
    const TensorBytes d = rig.bytes(2);
    const TensorBytes c = rig.bytes(3);
    const GemmResult second = gemm_reference(
        *contract, OperandView{d.elements.data(), d.row_bytes, 96, 160, nullptr, 0},
        OperandView{c.elements.data(), c.row_bytes, 64, 160, nullptr, 0}, NumberFormat::kFp32);
    CHECK(differences(rig.codes(4), second.codes) == 0);
}

TEST_CASE("copies carry every byte") {
    for (const char* type : {"bf16", "fp8_e4m3", "nvfp4", "fp32"}) {
        for (const auto& [rows, columns] :
             {std::pair{300, 208}, std::pair{7, 48}, std::pair{1, 65536}}) {
            const std::string shape =
                fmt::format("\"shape\": [{}, {}], \"type\": \"{}\"", rows, columns, type);
            MachineRig rig(
                "{\"vrsim_trace\": 1, \"name\": \"copy\"}\n"
                "{\"tensor\": \"s\", " +
                shape +
                ", \"data\": \"seeded\"}\n"
                "{\"tensor\": \"t\", " +
                shape +
                "}\n"
                "{\"op\": \"copy\", \"id\": \"c\", \"source\": \"s\", \"destination\": \"t\"}\n");
            rig.run();
            INFO(type << " " << rows << "x" << columns);
            CHECK((rig.bytes(1).elements == rig.bytes(0).elements));
            CHECK(rig.bytes(1).scales == rig.bytes(0).scales);
            const TensorBytes copied = rig.bytes(1);
            CHECK(std::set<std::uint8_t>(copied.elements.begin(), copied.elements.end()).size() >
                  8);
        }
    }
}

TEST_CASE("a copy whose stores are slow takes what was loaded, not what was loaded later") {
    // More tiles than buffers, loads that hit in L2, and a write port of 4 B/clk: a buffer is
    // loaded again long before the bytes of its store have been taken over.
    const std::string shape = "\"shape\": [2048, 512], \"type\": \"bf16\"";
    MachineRig rig(
        "{\"vrsim_trace\": 1, \"name\": \"copies\"}\n"
        "{\"tensor\": \"s\", " +
            shape +
            ", \"data\": \"seeded\"}\n"
            "{\"tensor\": \"t\", " +
            shape +
            "}\n"
            "{\"tensor\": \"u\", " +
            shape +
            "}\n"
            "{\"op\": \"copy\", \"id\": \"one\", \"source\": \"s\", \"destination\": \"t\"}\n"
            "{\"op\": \"copy\", \"id\": \"two\", \"source\": \"t\", \"destination\": \"u\"}\n",
        "tiny", {"gpu.l2.capacity=64 MiB", "gpu.crossbar.write_width=4 B/clk"});
    rig.run();
    CHECK((rig.bytes(1).elements == rig.bytes(0).elements));
    CHECK((rig.bytes(2).elements == rig.bytes(0).elements));
}

TEST_CASE("a copy between shapes keeps the order of elements or is refused") {
    // 40 B rows lie 64 B apart, 20 B rows 32 B: both tensors occupy 192 B.
    const std::string trace =
        "{\"vrsim_trace\": 1, \"name\": \"copy\"}\n"
        "{\"tensor\": \"s\", \"shape\": [3, 20], \"type\": \"bf16\", \"data\": \"seeded\"}\n"
        "{\"tensor\": \"t\", \"shape\": [6, 10], \"type\": \"bf16\"}\n"
        "{\"op\": \"copy\", \"id\": \"c\", \"source\": \"s\", \"destination\": \"t\"}\n";
    CHECK_THROWS_AS(MachineRig(trace), InputError);
    const std::string whole =
        "{\"vrsim_trace\": 1, \"name\": \"copy\"}\n"
        "{\"tensor\": \"s\", \"shape\": [3, 32], \"type\": \"bf16\", \"data\": \"seeded\"}\n"
        "{\"tensor\": \"t\", \"shape\": [6, 16], \"type\": \"bf16\"}\n"
        "{\"op\": \"copy\", \"id\": \"c\", \"source\": \"s\", \"destination\": \"t\"}\n";
    MachineRig rig(whole);
    rig.run();
    CHECK((rig.bytes(1).elements == rig.bytes(0).elements));
}

TEST_CASE("element functions equal a plain computation") {
    struct Function {
        const char* name;
        bool two;
        float (*plain)(float, float);
    };
    const Function functions[] = {
        {"add", true, [](float a, float b) { return a + b; }},
        {"multiply", true, [](float a, float b) { return a * b; }},
        {"relu", false, [](float a, float) { return a > 0 ? a : 0.0F; }},
        {"silu", false,
         [](float a, float) {
             return static_cast<float>(static_cast<double>(a) /
                                       (1.0 + std::exp(-static_cast<double>(a))));
         }},
    };
    for (const Function& f : functions) {
        MachineRig rig(elementwise_trace(f.name, f.two, 67, 300));
        rig.run();
        const auto x = rig.codes(0);
        const auto y = rig.codes(1);
        const auto z = rig.codes(2);
        std::size_t wrong = 0;
        std::size_t next_code = 0;
        for (std::size_t i = 0; i < z.size(); ++i) {
            const float exact = f.plain(bf16(x[i]), f.two ? bf16(y[i]) : 0.0F);
            std::uint32_t bits = 0;
            std::memcpy(&bits, &exact, 4);
            const std::uint32_t want = (bits + 0x7fffU + (bits >> 16 & 1U)) >> 16;  // nearest even
            wrong += z[i] != want ? 1 : 0;
            next_code += z[i] == want + 1 || z[i] + 1 == want ? 1 : 0;
        }
        INFO(f.name);
        // The exponential is a polynomial: a result that lies at half a BF16 step may fall to the
        // other side.
        CHECK(wrong == next_code);
        CHECK(wrong <= (std::string(f.name) == "silu" ? z.size() / 1000 : 0));
        CHECK(std::set<std::uint32_t>(z.begin(), z.end()).size() > 100);
    }
}
