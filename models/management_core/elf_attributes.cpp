// SPDX-License-Identifier: Apache-2.0
// The architecture that a file was built for, as compilers note it in .riscv.attributes (RISC-V ELF
// psABI, "Attributes"): one clear error instead of an illegal instruction in the middle of a run.
#include <algorithm>
#include <array>
#include <string_view>

#include "models/management_core/elf_reader.h"

namespace vr::elf {

namespace {

constexpr std::uint32_t kSectionEntry = 40;
constexpr std::uint32_t kTypeAttributes = 0x70000003;
constexpr std::uint32_t kTagFile = 1;
constexpr std::uint32_t kTagArchitecture = 5;
constexpr std::array<std::string_view, 8> kKnown = {"rv32i", "m",        "c",     "zicsr",
                                                    "zca",   "zifencei", "zmmul", "zicntr"};

// One sub-section of attributes: (tag, number) for even tags, (tag, text) for odd ones.
class Attributes {
  public:
    explicit Attributes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    [[nodiscard]] bool more() const { return at_ < bytes_.size(); }
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; more() && shift < 64; shift += 7) {
            const std::uint8_t byte = bytes_[at_++];
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0) {
                break;
            }
        }
        return value;
    }
    std::string text() {
        std::string out;
        while (more() && bytes_[at_] != 0) {
            out += static_cast<char>(bytes_[at_++]);
        }
        ++at_;
        return out;
    }
    std::span<const std::uint8_t> take(std::uint64_t size) {
        const std::uint64_t left = bytes_.size() - std::min<std::uint64_t>(at_, bytes_.size());
        const auto part = bytes_.subspan(at_, static_cast<std::size_t>(std::min(size, left)));
        at_ += part.size();
        return part;
    }
    std::uint32_t word() {
        std::uint32_t value = 0;
        unsigned shift = 0;
        for (const std::uint8_t byte : take(4)) {
            value |= static_cast<std::uint32_t>(byte) << shift;
            shift += 8;
        }
        return value;
    }

  private:
    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

std::string architecture_in(std::span<const std::uint8_t> file_attributes) {
    Attributes in(file_attributes);
    while (in.more()) {
        const std::uint64_t tag = in.number();
        if (tag % 2 == 0) {
            (void)in.number();
            continue;
        }
        const std::string text = in.text();
        if (tag == kTagArchitecture) {
            return text;
        }
    }
    return "";
}

// Format 'A', then (length, vendor, (tag, size, attributes)...)...
std::string architecture_of(std::span<const std::uint8_t> section) {
    Attributes in(section.subspan(std::min<std::size_t>(1, section.size())));
    while (in.more()) {
        const std::uint32_t length = in.word();
        Attributes vendor(in.take(length < 4 ? 0 : length - 4));
        if (vendor.text() != "riscv") {
            continue;
        }
        while (vendor.more()) {
            const std::uint64_t tag = vendor.number();
            const std::uint32_t size = vendor.word();
            const auto part = vendor.take(size < 5 ? 0 : size - 5);
            if (tag == kTagFile) {
                return architecture_in(part);
            }
        }
    }
    return "";
}

// "zicsr2p0" without its version.
std::string_view without_version(std::string_view name) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    std::string_view short_name = name;
    while (!short_name.empty() && is_digit(short_name.back())) {
        short_name.remove_suffix(1);
    }
    if (short_name.size() == name.size() || short_name.empty() || short_name.back() != 'p') {
        return name;
    }
    short_name.remove_suffix(1);
    while (!short_name.empty() && is_digit(short_name.back())) {
        short_name.remove_suffix(1);
    }
    return short_name;
}

}  // namespace

void check_attributes(const Reader& in) {
    const std::uint64_t table = in.u32(32);
    const std::uint32_t entry = in.u16(46);
    const std::uint32_t count = in.u16(48);
    if (table == 0 || count == 0 || entry != kSectionEntry) {
        return;  // a file without sections says nothing about its architecture
    }
    (void)in.range(table, std::uint64_t{count} * kSectionEntry, "the section headers");
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint64_t header = table + std::uint64_t{i} * kSectionEntry;
        if (in.u32(header + 4) != kTypeAttributes) {
            continue;
        }
        const std::uint32_t offset = in.u32(header + 16);
        const std::string architecture =
            architecture_of(in.range(offset, in.u32(header + 20), "the attributes section"));
        std::string_view rest = architecture;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find('_'), rest.size());
            const std::string_view name = without_version(rest.substr(0, end));
            if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) {
                in.fail(offset,
                        fmt::format("built for {}: the management core does not have '{}'",
                                    architecture, name),
                        "RV32IMC_Zicsr_Zifencei", "compile with -march=rv32imc_zicsr -mabi=ilp32");
            }
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
}

}  // namespace vr::elf
