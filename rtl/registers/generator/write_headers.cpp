// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "rtl/registers/generator/register_source.h"

namespace vr::registers {

namespace {

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
}

// "launch_first" as "LaunchFirst".
std::string camel(std::string_view text) {
    std::string out;
    bool begin = true;
    for (const char c : text) {
        if (c == '_') {
            begin = true;
            continue;
        }
        out += begin ? upper(std::string(1, c)) : std::string(1, c);
        begin = false;
    }
    return out;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        out += c == '"' || c == '\\' ? "\\" : "";
        out += c;
    }
    return out + "\"";
}

std::string access_name(const std::string& access) {
    return access == "ro"   ? "kReadOnly"
           : access == "rw" ? "kReadWrite"
           : access == "wo" ? "kWriteOnly"
                            : "kOneToClear";
}

std::string banner(const MapSource& map, std::string_view open, std::string_view close) {
    return fmt::format(
        "{0} SPDX-License-Identifier: Apache-2.0{1}\n"
        "{0} {2}. Generated from {3}: do not edit.{1}\n"
        "{0} This map is vrsim's own, not NVIDIA's.{1}\n",
        open, close, map.title, map.file);
}

}  // namespace

std::string c_header(const MapSource& map) {
    const std::string block = "VR_" + upper(map.name);
    std::string out = banner(map, "/*", " */");
    out += fmt::format("#ifndef {0}_H\n#define {0}_H\n\n", block);
    out += fmt::format("#define {}_BASE {:#010x}u\n", block, map.base);
    for (const RegisterSource& reg : map.registers) {
        const std::string name = block + "_" + upper(reg.name);
        out += fmt::format("\n/* {}: {} */\n", reg.access, reg.help);
        out += fmt::format("#define {} {:#010x}u\n", name, map.base + reg.offset);
        for (const FieldSource& field : reg.fields) {
            const std::string path = name + "_" + upper(field.name);
            out +=
                fmt::format("#define {}_MASK {:#010x}u /* {} */\n", path, field.mask(), field.help);
            out += fmt::format("#define {}_SHIFT {}\n", path, field.low);
        }
        for (const ValueSource& value : reg.values) {
            out += fmt::format("#define {}_{} {:#x}u\n", name, upper(value.name), value.value);
        }
    }
    return out + "\n#endif\n";
}

std::string cpp_table(const MapSource& map) {
    std::string out = banner(map, "//", "");
    out += "#pragma once\n\n#include \"models/transport/register_map.h\"\n\n";
    out += fmt::format("namespace vr::registers::{} {{\n\n", map.name);
    for (const RegisterSource& reg : map.registers) {
        const std::string name = camel(reg.name);
        out += fmt::format("inline constexpr std::uint32_t k{} = {:#x};  // offset\n", name,
                           reg.offset);
        for (const FieldSource& field : reg.fields) {
            out += fmt::format("inline constexpr std::uint32_t k{}{}Mask = {:#x};\n", name,
                               camel(field.name), field.mask());
            out += fmt::format("inline constexpr std::uint32_t k{}{}Shift = {};\n", name,
                               camel(field.name), field.low);
        }
        for (const ValueSource& value : reg.values) {
            out += fmt::format("inline constexpr std::uint32_t k{}{} = {:#x};\n", name,
                               camel(value.name), value.value);
        }
    }
    out += "\ninline constexpr RegisterDescription kRegisters[] = {\n";
    for (const RegisterSource& reg : map.registers) {
        out +=
            fmt::format("    {{{}, {:#x}, RegisterAccess::{}, {:#x}, {:#x}}},\n", quoted(reg.name),
                        reg.offset, access_name(reg.access), reg.reset, reg.mask());
    }
    out += fmt::format(
        "}};\ninline constexpr RegisterMap kMap{{{}, {:#x}, {:#x}, kRegisters}};\n\n"
        "}}  // namespace vr::registers::{}\n",
        quoted(map.name), map.base, map.size, map.name);
    return out;
}

}  // namespace vr::registers
