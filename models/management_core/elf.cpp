// SPDX-License-Identifier: Apache-2.0
#include "models/management_core/elf.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "models/base/fnv.h"
#include "models/management_core/elf_reader.h"

namespace vr {

namespace {

// Offsets and values of the ELF32 header (System V ABI, chapter 4) and of the RISC-V psABI.
constexpr std::uint32_t kHeaderSize = 52;
constexpr std::uint32_t kProgramEntry = 32;
constexpr std::uint32_t kTypeLoad = 1;
constexpr std::uint32_t kTypeInterpreter = 3;
constexpr std::uint32_t kFlagExecute = 1;
constexpr std::uint32_t kMachineRiscv = 243;
constexpr std::uint32_t kFlagFloatAbi = 0x6;
constexpr std::uint32_t kFlagRve = 0x8;
constexpr std::uint32_t kMostSegments = 64;
constexpr std::uint64_t kLargestFile = 64U << 20;  // far above any memory of the core

void expect(const elf::Reader& in, std::uint64_t offset, const char* field, std::uint32_t given,
            std::uint32_t wanted, const char* meaning) {
    if (given != wanted) {
        in.fail(offset, fmt::format("{} is {:#x}", field, given),
                fmt::format("{:#x} ({})", wanted, meaning));
    }
}

void check_header(const elf::Reader& in) {
    if (in.size() < kHeaderSize) {
        in.fail(0, fmt::format("a file of {} bytes is no ELF file", in.size()),
                fmt::format("at least {} bytes, the ELF header", kHeaderSize));
    }
    if (in.u8(0) != 0x7f || in.u8(1) != 'E' || in.u8(2) != 'L' || in.u8(3) != 'F') {
        in.fail(0, "no ELF file", "7f 45 4c 46 as the first four bytes",
                "give the linker's output, not a raw binary");
    }
    expect(in, 4, "EI_CLASS", in.u8(4), 1, "32 bits");
    expect(in, 5, "EI_DATA", in.u8(5), 1, "little endian");
    expect(in, 6, "EI_VERSION", in.u8(6), 1, "current");
    expect(in, 18, "e_machine", in.u16(18), kMachineRiscv, "RISC-V");
    expect(in, 16, "e_type", in.u16(16), 2, "executable, linked to fixed addresses");
    expect(in, 42, "e_phentsize", in.u16(42), kProgramEntry, "an ELF32 program header");
    const std::uint32_t flags = in.u32(36);
    if ((flags & kFlagFloatAbi) != 0) {
        in.fail(36, fmt::format("e_flags {:#x}: a floating-point ABI", flags), "the soft-float ABI",
                "compile with -mabi=ilp32");
    }
    if ((flags & kFlagRve) != 0) {
        in.fail(36, fmt::format("e_flags {:#x}: RV32E", flags), "RV32I with 32 registers",
                "compile with -march=rv32imc_zicsr");
    }
    const std::uint32_t count = in.u16(44);
    if (count == 0 || count > kMostSegments) {
        in.fail(44, fmt::format("e_phnum is {}", count),
                fmt::format("1 to {} program headers", kMostSegments));
    }
}

ElfSegment read_segment(const elf::Reader& in, std::uint64_t header) {
    const std::uint32_t offset = in.u32(header + 4);
    const std::uint32_t in_file = in.u32(header + 16);
    ElfSegment segment;
    segment.address = in.u32(header + 12);
    segment.memory_size = in.u32(header + 20);
    segment.executable = (in.u32(header + 24) & kFlagExecute) != 0;
    if (in_file > segment.memory_size) {
        in.fail(header + 16, fmt::format("p_filesz is {}", in_file),
                fmt::format("at most p_memsz, {}", segment.memory_size));
    }
    if (std::uint64_t{segment.address} + segment.memory_size > (std::uint64_t{1} << 32)) {
        in.fail(header + 20, fmt::format("{} bytes at {:#x}", segment.memory_size, segment.address),
                "below address 2^32");
    }
    const auto bytes = in.range(offset, in_file, "a segment");
    segment.bytes.assign(bytes.begin(), bytes.end());
    return segment;
}

void check_segments(const elf::Reader& in, const ElfImage& image) {
    if (image.segments.empty()) {
        in.fail(in.u32(28), "no segment to load", "at least one PT_LOAD with a size",
                "link with a script that gives the code an address");
    }
    for (std::size_t i = 1; i < image.segments.size(); ++i) {
        const ElfSegment& a = image.segments[i - 1];
        const ElfSegment& b = image.segments[i];
        if (std::uint64_t{a.address} + a.memory_size > b.address) {
            in.fail(in.u32(28),
                    fmt::format("segments overlap: {} bytes at {:#x} and {} bytes at {:#x}",
                                a.memory_size, a.address, b.memory_size, b.address),
                    "segments apart from each other");
        }
    }
    const bool inside =
        std::any_of(image.segments.begin(), image.segments.end(), [&](const ElfSegment& segment) {
            return segment.executable && image.entry - segment.address < segment.memory_size;
        });
    if (!inside || image.entry % 2 != 0) {
        in.fail(24, fmt::format("e_entry is {:#x}", image.entry),
                "an even address in an executable segment");
    }
}

}  // namespace

ElfImage parse_elf(std::span<const std::uint8_t> bytes, const std::string& file) {
    const elf::Reader in(bytes, file);
    check_header(in);
    ElfImage image;
    image.file = file;
    image.entry = in.u32(24);
    const std::uint64_t table = in.u32(28);
    const std::uint32_t count = in.u16(44);
    (void)in.range(table, std::uint64_t{count} * kProgramEntry, "the program headers");
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint64_t header = table + std::uint64_t{i} * kProgramEntry;
        const std::uint32_t type = in.u32(header);
        if (type == kTypeInterpreter) {
            in.fail(header, "the file asks for a dynamic loader", "a static executable",
                    "link with -static -nostdlib");
        }
        if (type == kTypeLoad && in.u32(header + 20) > 0) {
            image.segments.push_back(read_segment(in, header));
        }
    }
    std::stable_sort(
        image.segments.begin(), image.segments.end(),
        [](const ElfSegment& a, const ElfSegment& b) { return a.address < b.address; });
    check_segments(in, image);
    elf::check_attributes(in);
    Fnv1a hash;
    hash.push(bytes);
    image.digest = hash.value();
    return image;
}

ElfImage read_elf(const std::string& path) {
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    if (!in) {
        throw InputError(Diagnostic{path, 0, 0, "cannot be opened", "a file that can be read", ""});
    }
    const std::streamoff size = in.tellg();
    if (size < 0 || static_cast<std::uint64_t>(size) > kLargestFile) {
        throw InputError(Diagnostic{path, 0, 0, fmt::format("a file of {} bytes", size),
                                    fmt::format("up to {} bytes", kLargestFile), ""});
    }
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
    in.seekg(0);
    in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
    if (!in) {
        throw InputError(Diagnostic{path, 0, 0, "cannot be read", "a file that can be read", ""});
    }
    return parse_elf(bytes, path);
}

void check_fits(const ElfImage& image, std::uint32_t base, std::uint64_t size) {
    for (const ElfSegment& segment : image.segments) {
        const std::uint64_t begin = segment.address;
        if (begin < base || begin + segment.memory_size > base + size) {
            throw InputError(Diagnostic{
                image.file, 0, 0,
                fmt::format("a segment of {} bytes at {:#x}", segment.memory_size, begin),
                fmt::format("inside the management core's memory, {:#x} to {:#x}", base,
                            base + size - 1),
                "link for that memory, or --set gpu.management_core.memory"});
        }
    }
}

}  // namespace vr
