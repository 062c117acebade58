// SPDX-License-Identifier: Apache-2.0
// Every reference vector, bit for bit; and what a wrong, malformed, damaged or foreign file gives.
#include "models/numerics/check/vector_set.h"

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "models/base/error.h"

namespace {

namespace fs = std::filesystem;

std::string folder() {
    return VRSIM_SOURCE_DIR "/testbenches/numerics/vectors/";
}

/// A fresh file for a test, removed at the end.
class TemporaryFile {
  public:
    TemporaryFile(const std::string& name, const std::string& text)
        : path_(fs::path(VRSIM_BINARY_DIR) / ("numerics_test_" + name)) {
        std::ofstream(path_, std::ios::binary) << text;
    }
    ~TemporaryFile() { fs::remove(path_); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }

  private:
    fs::path path_;
};

vr::RuleSwitches switches(const char* text) {
    return vr::parse_rule_switches(text);
}

/// The text of a packed vector file, from its parsed form.
std::string text_of(const std::string& name, std::size_t lines) {
    const vr::VectorFile file(folder() + name);
    std::string text;
    for (const std::string& header : file.header()) {
        text += "# " + header + "\n";
    }
    for (std::size_t i = 0; i < std::min(lines, file.lines().size()); ++i) {
        for (const vr::VectorField& field : file.lines()[i].fields) {
            text += (text.back() == '\n' ? "" : " ") + std::string(field.text);
        }
        text += '\n';
    }
    return text;
}

std::string message_of(const std::string& path) {
    try {
        (void)vr::check_vector_file(path);
    } catch (const vr::InputError& error) {
        return error.what();
    }
    return "no error";
}

TEST_CASE("every vector file passes, bit for bit") {
    vr::CheckTotal total;
    for (const std::string& path : vr::vector_files(folder())) {
        const vr::CheckSummary summary = vr::check_vector_file(path);
        INFO(path << ": " << (summary.failures.empty() ? "" : summary.failures[0].text()));
        CHECK(summary.failed == 0);
        CHECK(summary.passed == summary.cases);
        CHECK(summary.cases >= 80);
        CHECK(summary.judged == (path.find("open_question") == std::string::npos));
        total.add(summary);
    }
    CHECK(total.text() ==
          "77 files, 215567 cases: all right; apart: 1 file with 180 cases on an open "
          "question");
}

TEST_CASE("one changed digit is found") {
    for (const char* name :
         {"dot_blackwell_tcgen05_e4m3_e4m3_f32.txt.gz",
          "dot_blackwell_tcgen05_nvfp4_block16_ue4m3.txt.gz",
          "chain_blackwell_tcgen05_bf16_f32_x16.txt.gz", "hw_B200_e4m3_f32.txt.gz",
          "conv_f32_to_narrow.txt.gz", "decode_narrow.txt.gz", "dot_fp64.txt.gz", "dot_int8.txt.gz",
          "mx_quantise.txt.gz"}) {
        CAPTURE(name);
        std::string text = text_of(name, 40);
        const std::string plain = std::string(name, std::string(name).size() - 3);
        CHECK(vr::check_vector_file(TemporaryFile(plain, text).path()).failed == 0);
        // The last digit of the last result (decode_narrow: of the value, before the decimal).
        std::size_t at = text.size() - 2;
        if (plain == "decode_narrow.txt") {
            at = text.rfind(' ') - 1;
        }
        text[at] = text[at] == '1' ? '2' : '1';
        const TemporaryFile mutated(plain, text);
        const vr::CheckSummary summary = vr::check_vector_file(mutated.path());
        CHECK(summary.failed == 1);
        REQUIRE(summary.failures.size() == 1);
        CHECK(summary.failures[0].expected != summary.failures[0].got);
        CHECK(summary.failures[0].line > 40);  // headers come first
        CHECK(summary.judged);
    }
}

TEST_CASE("malformed lines name file, line and column") {
    const std::string text = text_of("hw_B200_bf16_f32.txt.gz", 2);
    SECTION("a digit that is none") {
        std::string changed = text;
        changed[changed.rfind(' ') + 3] = 'x';
        const TemporaryFile file("digit.txt", changed);
        const std::string message = message_of(file.path());
        CHECK_THAT(message, Catch::Contains(file.path() + ":4:"));
        CHECK_THAT(message, Catch::Contains("'x' is no hexadecimal digit"));
    }
    SECTION("too few digits") {
        const TemporaryFile file("short.txt", text.substr(0, text.size() - 2) + "\n");
        CHECK_THAT(message_of(file.path()), Catch::Contains("has 7 digits; allowed: 8"));
    }
    SECTION("too few columns") {
        const TemporaryFile file("columns.txt", text.substr(0, text.rfind(' ')) + "\n");
        CHECK_THAT(message_of(file.path()), Catch::Contains("4 columns; allowed: 5 columns"));
    }
    SECTION("no case") {
        const TemporaryFile file("empty.txt", text.substr(0, text.find("\n1 ") + 1));
        CHECK_THAT(message_of(file.path()), Catch::Contains("holds no case"));
    }
    SECTION("a directory") {
        CHECK_THAT(message_of(folder()), Catch::Contains("is a directory; allowed: a vector file"));
    }
    SECTION("no such file") {
        CHECK_THAT(message_of("no_such_file.txt"), Catch::Contains("cannot be opened"));
    }
    SECTION("a packed file that ends early") {
        std::ifstream whole(folder() + "hw_B200_bf16_f32.txt.gz", std::ios::binary);
        std::string bytes(20'000, '\0');
        whole.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        const TemporaryFile file("cut.txt.gz", bytes);
        CHECK_THAT(message_of(file.path()), Catch::Contains("is damaged"));
    }
    SECTION("another kind of file") {
        const TemporaryFile file("kind.txt", "# of some other kind\n1 2 3\n");
        CHECK_THAT(message_of(file.path()),
                   Catch::Contains("not supported; allowed: dot, chain and hardware files"));
    }
    SECTION("an architecture without a rule") {
        std::string changed = text;
        changed.replace(changed.find("B200"), 4, "V100");
        const TemporaryFile file("rule.txt", changed);
        CHECK_THAT(message_of(file.path()), Catch::Contains("no accumulation rule for volta"));
    }
}

TEST_CASE("malformed lines of the other kinds say what is allowed") {
    struct Row {
        const char* file;
        const char* from;
        const char* to;
        const char* message;
    };
    const std::array<Row, 12> rows{{
        {"dot_fp64", " m8n8k4 ", " m8n8k5 ", ":3:3: 'm8n8k5' names no K; allowed: mMnNkK"},
        {"dot_int8", " s8 ", " s9 ", ":3:3: unknown type 's9'; allowed: s8, u8"},
        {"mx_quantise", "fp8_e4m3", "fp8_e4m4", ":3:3: unknown format 'fp8_e4m4'; allowed: fp8_e4"},
        {"mx_quantise", ",", ";", "';' between two numbers; allowed: ','"},
        {"nvfp4_quantise", "tile=1x16", "tile=2x16",
         "'tile=2x16'; allowed: tile=1x16 or tile=16x16"},
        {"nvfp4_quantise", " 16 64", " 16 60", "a size of '60'; allowed: a multiple of 16"},
        {"nvfp4_quantise", "\nq ", "\nr ", "a line 'r'; allowed: a line 'q'"},
        {"nvfp4_quantise", "\namax", "\nbmax", "a line 'bmax'; allowed: a line 'amax'"},
        {"open_question_zero_group", "block16", "block64",
         "is no FP4 instruction that vrsim knows; allowed: m128n8k64, block16 or block32"},
        {"open_question_zero_group", ".ue4m3", ".ue5m3", "is no FP4 instruction"},
        {"decode_narrow", "e2m1 ", "e2m2 ", "unknown format 'e2m2'; allowed: e2m1, e2m3"},
        {"dot_int8", "40b15233f", "40b1523xf", "'x' is no hexadecimal digit"},
    }};
    for (const Row& row : rows) {
        CAPTURE(row.file, row.from, row.to);
        const std::size_t lines = std::string(row.file).starts_with("nvfp4") ? 66 : 3;
        std::string text = text_of(std::string(row.file) + ".txt.gz", lines);
        const std::size_t at =
            text.find(row.from, text.find("\n1 ") == std::string::npos
                                    ? text.find("\ncase") == std::string::npos ? text.find("\ne2m1")
                                                                               : text.find("\ncase")
                                    : text.find("\n1 "));
        REQUIRE(at != std::string::npos);
        text.replace(at, std::string(row.from).size(), row.to);
        CHECK_THAT(message_of(TemporaryFile("kinds.txt", text).path()),
                   Catch::Contains(row.message));
    }
    const TemporaryFile cut("cut.txt", text_of("nvfp4_quantise.txt.gz", 30));
    CHECK_THAT(message_of(cut.path()), Catch::Contains("the file ends inside a case"));
}

TEST_CASE("a wrong scale or element of a quantised tensor is found") {
    std::string text = text_of("nvfp4_quantise.txt.gz", 50);
    CHECK(vr::check_vector_file(TemporaryFile("right.txt", text).path()).cases == 16);
    const std::size_t scale = text.find("\ns ") + 4;
    text[scale] = text[scale] == '1' ? '2' : '1';
    const std::size_t code = text.rfind("\nq ") + 5;
    text[code] = text[code] == '1' ? '2' : '1';
    const TemporaryFile wrong("wrong.txt", text);
    const vr::CheckSummary summary = vr::check_vector_file(wrong.path());
    CHECK(summary.failed == 2);
    REQUIRE(summary.failures.size() == 2);
    CHECK(summary.failures[0].column == "s");
    CHECK(summary.failures[1].column == "q");
}

TEST_CASE("a tensor that is not rotated as in the reference is found") {
    std::string text = text_of("nvfp4_quantise.txt.gz", 866);  // the first rotated tensor is last
    const std::size_t at = text.find("\nu ", text.find("rht=1")) + 3;
    std::string changed = text;
    changed.replace(at, 8, "42c80000");  // 100 instead of what it was
    const TemporaryFile wrong("rotated.txt", changed);
    const vr::CheckSummary summary = vr::check_vector_file(wrong.path());
    CHECK(summary.cases == 17 * 16);
    CHECK(summary.failed == 1);
    REQUIRE_FALSE(summary.failures.empty());
    CHECK(summary.failures[0].column == "x");
}

TEST_CASE("a directory stands for every file in it and below") {
    const fs::path root = fs::path(VRSIM_BINARY_DIR) / "numerics_test_set";
    fs::create_directories(root / "below");
    for (const char* name : {"b.txt", "README.md", "LICENSE-x.txt", "below/a.txt.gz"}) {
        std::ofstream(root / name) << "x";
    }
    const std::vector<std::string> files = vr::vector_files(root.string());
    CHECK(files ==
          std::vector<std::string>{(root / "b.txt").string(), (root / "below/a.txt.gz").string()});
    fs::remove(root / "b.txt");
    fs::remove_all(root / "below");
    CHECK_THROWS_WITH(vr::vector_files(root.string()), Catch::Contains("holds no vector file"));
    fs::remove_all(root);
    CHECK(vr::vector_files("one.txt") == std::vector<std::string>{"one.txt"});
}

TEST_CASE("totals say what is wrong and what stands apart") {
    vr::CheckTotal total;
    CHECK_FALSE(total.any());
    vr::CheckSummary summary;
    summary.cases = 10;
    summary.passed = 9;
    total.add(summary);
    CHECK(total.text() == "1 file, 10 cases: 9 right, 1 WRONG");
    summary.judged = false;
    total.add(summary);
    CHECK(total.text() ==
          "1 file, 10 cases: 9 right, 1 WRONG; apart: 1 file with 10 cases on an open question");
}

TEST_CASE("the zero-group switch chooses between the two published readings") {
    const std::string path = folder() + "open_question_zero_group.txt.gz";
    const vr::CheckSummary ours = vr::check_vector_file(path);
    CHECK(ours.corners.has(vr::Corner::kZeroGroup));
    CHECK(ours.note ==
          "180 of 180 cases as d1 (the group takes part in the alignment), 0 as d2 (it does not), "
          "0 as neither");
    const vr::CheckSummary other = vr::check_vector_file(path, {5, switches("zero_group=out")});
    CHECK(other.note ==
          "0 of 180 cases as d1 (the group takes part in the alignment), 180 as d2 (it does not), "
          "0 as neither");
}

TEST_CASE("a changed rule is checked instead and named") {
    const std::string path = folder() + "dot_blackwell_tcgen05_f16_f32.txt.gz";
    const vr::CheckSummary summary = vr::check_vector_file(path, {5, switches("F=24")});
    CHECK(summary.failed > 500);
    CHECK_THAT(summary.subject, Catch::Contains("(F=24), k = 16"));
    CHECK(summary.corners.has(vr::Corner::kRuleSwitched));
    CHECK_THROWS_AS(vr::check_vector_file(path, {5, switches("F=99")}), vr::UsageError);
}

}  // namespace
