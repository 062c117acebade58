// SPDX-License-Identifier: Apache-2.0
// Every reference vector, bit for bit; and what a wrong, malformed, damaged or foreign file gives.
#include "models/numerics/check/vector_check.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "models/base/error.h"
#include "models/numerics/dot_product.h"

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
    int files = 0;
    std::uint64_t cases = 0;
    for (const auto& entry : fs::directory_iterator(folder())) {
        const std::string path = entry.path().string();
        if (entry.path().extension() != ".gz" || path.find("open_question") != std::string::npos) {
            continue;
        }
        const vr::CheckSummary summary = vr::check_vector_file(path);
        INFO(path << ": " << (summary.failures.empty() ? "" : summary.failures[0].text()));
        CHECK(summary.failed == 0);
        CHECK(summary.passed == summary.cases);
        CHECK(summary.cases >= 80);
        ++files;
        cases += summary.cases;
    }
    CHECK(files == 46);
    CHECK(cases == 180'655);
}

TEST_CASE("one changed digit is found") {
    for (const char* name :
         {"dot_blackwell_tcgen05_e4m3_e4m3_f32.txt.gz",
          "dot_blackwell_tcgen05_nvfp4_block16_ue4m3.txt.gz",
          "chain_blackwell_tcgen05_bf16_f32_x16.txt.gz", "hw_B200_e4m3_f32.txt.gz",
          "conv_f32_to_narrow.txt.gz", "decode_narrow.txt.gz"}) {
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
        CHECK_THAT(message_of(folder() + "open_question_zero_group.txt.gz"),
                   Catch::Contains("not supported; allowed: dot, chain and hardware files"));
    }
    SECTION("an architecture without a rule") {
        std::string changed = text;
        changed.replace(changed.find("B200"), 4, "V100");
        const TemporaryFile file("rule.txt", changed);
        CHECK_THAT(message_of(file.path()), Catch::Contains("no accumulation rule for volta"));
    }
}

TEST_CASE("the zero-group switch chooses between the two published readings") {
    const vr::VectorFile file(folder() + "open_question_zero_group.txt.gz");
    int cases = 0;
    for (const vr::VectorLine& line : file.lines()) {
        file.expect_fields(line, 9, "id qualifier a b c sa sb d1 d2");
        const bool block16 = line.fields[1].text.find("block16") != std::string_view::npos;
        const bool ue4m3 = line.fields[1].text.find("ue4m3") != std::string_view::npos;
        auto contract = vr::make_contract(
            vr::Architecture::kBlackwell, vr::NumberFormat::kE2m1, vr::NumberFormat::kE2m1,
            vr::NumberFormat::kFp32, ue4m3 ? vr::NumberFormat::kUe4m3 : vr::NumberFormat::kUe8m0,
            block16 ? 16 : 32);
        REQUIRE(contract.has_value());
        const auto a = file.elements(line, 2, contract->a, 64);
        const auto b = file.elements(line, 3, contract->b, 64);
        const auto sa = file.elements(line, 5, *contract->scale, block16 ? 4 : 2);
        const auto sb = file.elements(line, 6, *contract->scale, block16 ? 4 : 2);
        const auto c = static_cast<std::uint32_t>(file.number(line, 4, 8));
        vr::Corners corners;
        CHECK(vr::dot_step(*contract, {a, sa}, {b, sb}, c, corners) == file.number(line, 7, 8));
        CHECK(corners.has(vr::Corner::kZeroGroup));
        contract->rule.zero_group_takes_part = false;
        CHECK(vr::dot_step(*contract, {a, sa}, {b, sb}, c, corners) == file.number(line, 8, 8));
        ++cases;
    }
    CHECK(cases == 180);
}

}  // namespace
