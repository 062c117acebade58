// SPDX-License-Identifier: Apache-2.0
// The ELF reader: what it takes, and a clear error for everything else.
#include <catch2/catch.hpp>
#include <functional>

#include "models/base/error.h"
#include "models/base/random.h"
#include "models/management_core/elf.h"
#include "testbenches/management_core/elf_writer.h"

using namespace vr;
using namespace vr::testing;
using Catch::Matchers::Contains;

namespace {

std::string error_of(const FileBytes& file) {
    try {
        (void)parse_elf(file, "fw.elf");
    } catch (const InputError& error) {
        CHECK(static_cast<int>(error.exit_code()) == 3);
        return error.what();
    }
    return "no error";
}

// A file with a section of attributes that says `architecture`.
FileBytes with_architecture(const std::string& architecture) {
    FileBytes file = elf_of({rv::kNop});
    const auto attributes = static_cast<std::uint32_t>(file.size());
    const auto text = static_cast<std::uint32_t>(architecture.size() + 1);
    FileBytes section(1 + 4 + 6 + 1 + 4 + 1);
    section[0] = 'A';
    put32(section, 1, 4 + 6 + 1 + 4 + 1 + text);
    std::copy_n("riscv", 6, section.begin() + 5);
    section[11] = 1;
    put32(section, 12, 1 + 4 + 1 + text);
    section[16] = 5;
    section.insert(section.end(), architecture.begin(), architecture.end());
    section.push_back(0);
    file.insert(file.end(), section.begin(), section.end());
    const auto table = static_cast<std::uint32_t>(file.size());
    file.resize(file.size() + 40);
    put32(file, table + 4, 0x70000003);
    put32(file, table + 16, attributes);
    put32(file, table + 20, static_cast<std::uint32_t>(section.size()));
    put32(file, 32, table);
    put16(file, 46, 40);
    put16(file, 48, 1);
    return file;
}

}  // namespace

TEST_CASE("an executable gives entry, bytes and zeros") {
    const ElfImage image = parse_elf(elf_of({0x11223344, rv::kNop}, 0x80000100, 24), "fw.elf");
    CHECK(image.entry == 0x80000100);
    REQUIRE(image.segments.size() == 1);
    CHECK(image.segments[0].address == 0x80000100);
    CHECK(image.segments[0].bytes.size() == 8);
    CHECK(image.segments[0].bytes[0] == 0x44);
    CHECK(image.segments[0].memory_size == 32);
    CHECK(image.segments[0].executable);
    CHECK(image.digest != parse_elf(elf_of({0, 0}, 0x80000100, 24), "fw.elf").digest);
    CHECK_NOTHROW(check_fits(image, 0x80000000, 0x120));
}

TEST_CASE("each wrong header field is named with its offset and what is allowed") {
    struct Case {
        std::function<void(FileBytes&)> change;
        const char* told;
    };
    const Case cases[] = {
        {[](FileBytes& f) { f[1] = 'F'; }, "fw.elf: at offset 0x0: no ELF file; allowed: 7f 45 4c"},
        {[](FileBytes& f) { f[4] = 2; }, "EI_CLASS is 0x2; allowed: 0x1 (32 bits)"},
        {[](FileBytes& f) { f[5] = 2; }, "EI_DATA is 0x2; allowed: 0x1 (little endian)"},
        {[](FileBytes& f) { f[6] = 0; }, "EI_VERSION is 0x0"},
        {[](FileBytes& f) { put16(f, 18, 62); },
         "at offset 0x12: e_machine is 0x3e; allowed: 0xf3"},
        {[](FileBytes& f) { put16(f, 16, 3); }, "e_type is 0x3"},
        {[](FileBytes& f) { put16(f, 42, 56); }, "e_phentsize is 0x38"},
        {[](FileBytes& f) { put32(f, 36, 4); }, "a floating-point ABI"},
        {[](FileBytes& f) { put32(f, 36, 9); }, "RV32E"},
        {[](FileBytes& f) { put16(f, 44, 0); }, "e_phnum is 0; allowed: 1 to 64"},
        {[](FileBytes& f) { put16(f, 44, 65535); }, "e_phnum is 65535"},
        {[](FileBytes& f) { put16(f, 44, 9); }, "the program headers of 288 bytes"},
        {[](FileBytes& f) { put32(f, 28, 0xfffffff0); },
         "at offset 0xfffffff0: the program headers"},
        {[](FileBytes& f) { put32(f, 24, 0x80000001); }, "e_entry is 0x80000001; allowed: an even"},
        {[](FileBytes& f) { put32(f, 24, 0x90000000); }, "e_entry is 0x90000000"},
        {[](FileBytes& f) { put32(f, 52, 3); }, "asks for a dynamic loader"},
        {[](FileBytes& f) { put32(f, 52, 6); }, "no segment to load"},
        {[](FileBytes& f) { put32(f, 52 + 24, 6); }, "e_entry is"},  // not executable
        {[](FileBytes& f) { put32(f, 52 + 16, 9); }, "p_filesz is 9; allowed: at most p_memsz, 8"},
        {[](FileBytes& f) { put32(f, 52 + 20, 0xffffffff); }, "below address 2^32"},
        {[](FileBytes& f) { put32(f, 52 + 4, 0x1000); }, "at offset 0x1000: a segment of 8 bytes"},
        {[](FileBytes& f) {
             put32(f, 52 + 16, 0x7fffffff);
             put32(f, 52 + 20, 0x7fffffff);
         },
         "a segment of 2147483647 bytes"},
    };
    for (const Case& c : cases) {
        FileBytes file = elf_of({rv::kNop, rv::kNop});
        REQUIRE(error_of(file) == "no error");
        c.change(file);
        CHECK_THAT(error_of(file), Contains(c.told));
    }
}

TEST_CASE("overlapping segments and segments outside of the memory are refused") {
    FileBytes file = elf_of({rv::kNop, rv::kNop}, 0x80000000, 0, 2);
    put_segment(file, 1, 0, 0x80000004, 4, 4);
    CHECK_THAT(error_of(file), Contains("segments overlap: 8 bytes at 0x80000000 and 4 bytes at"));
    put_segment(file, 1, 0, 0x80000008, 4, 0x1000);
    CHECK(error_of(file) == "no error");
    const ElfImage image = parse_elf(file, "fw.elf");
    CHECK_THROWS_WITH(
        check_fits(image, 0x80000000, 0x1007),
        Contains("a segment of 4096 bytes at 0x80000008") &&
            Contains("inside the management core's memory, 0x80000000 to 0x80001006"));
    CHECK_NOTHROW(check_fits(image, 0x80000000, 0x1008));
    CHECK_THROWS_AS(check_fits(image, 0x80000004, 0x10000), InputError);
}

TEST_CASE("every truncation of a file is refused") {
    const FileBytes whole = with_architecture("rv32i2p1_m2p0_c2p0_zicsr2p0");
    REQUIRE(error_of(whole) == "no error");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const FileBytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK(error_of(part) != "no error");
    }
}

TEST_CASE("files with random bytes in them are read or refused, never worse") {
    const FileBytes whole = with_architecture("rv32i2p1_m2p0_c2p0_zicsr2p0");
    const RandomStream random(7, "elf", 0);
    std::uint64_t at = 0;
    int read = 0;
    for (int round = 0; round < 20'000; ++round) {
        FileBytes file = whole;
        for (std::uint64_t changes = random.at(at++) % 4 + 1; changes > 0; --changes) {
            const std::uint64_t where = random.at(at++) % file.size();
            file[where] = static_cast<std::uint8_t>(random.at(at++));
        }
        const std::string told = error_of(file);
        read += told == "no error";
        CHECK((told == "no error" || told.find("fw.elf: ") == 0));
    }
    CHECK(read > 100);
    CHECK(read < 15'000);
}

TEST_CASE("extensions that the core lacks are refused by name") {
    CHECK(error_of(with_architecture("rv32i2p1_m2p0_c2p0_zicsr2p0_zifencei2p0_zmmul1p0")) ==
          "no error");
    CHECK_THAT(
        error_of(with_architecture("rv32i2p1_m2p0_a2p1_c2p0")),
        Contains("the management core does not have 'a'") && Contains("-march=rv32imc_zicsr"));
    CHECK_THAT(error_of(with_architecture("rv64i2p1_m2p0")), Contains("'rv64i'"));
    CHECK_THAT(error_of(with_architecture("rv32i2p1_f2p2")), Contains("'f'"));
}

TEST_CASE("a file that is not there") {
    CHECK_THROWS_WITH(read_elf("no/such.elf"), Contains("no/such.elf: cannot be opened"));
}
