// SPDX-License-Identifier: Apache-2.0
#include "rtl/registers/generator/register_source.h"

#include <toml++/toml.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <limits>
#include <set>
#include <string_view>

#include "models/base/error.h"

namespace vr::registers {

namespace {

constexpr std::uint32_t kWidth = 4;  // bytes of a register

// Collects what is wrong, with the line of the node concerned.
class Checker {
  public:
    explicit Checker(const std::string& file) : file_(file) {}
    void problem(const toml::node& at, std::string what, std::string allowed) {
        const toml::source_position where = at.source().begin;
        problems_.push_back({file_, static_cast<std::uint32_t>(where.line),
                             static_cast<std::uint32_t>(where.column), std::move(what),
                             std::move(allowed), ""});
    }
    void known_keys(const toml::table& table, std::initializer_list<std::string_view> known) {
        for (const auto& [key, node] : table) {
            if (std::find(known.begin(), known.end(), key.str()) == known.end()) {
                std::string allowed;
                for (const std::string_view name : known) {
                    allowed += (allowed.empty() ? "" : ", ") + std::string(name);
                }
                problem(node, fmt::format("unknown key '{}'", key.str()), allowed);
            }
        }
    }
    std::string text(const toml::table& table, const char* key) {
        const auto* value = table.get(key);
        if (value == nullptr || !value->is_string()) {
            problem(value == nullptr ? table : *value,
                    fmt::format("'{}' is missing or no text", key), "a text in quotes");
            return "";
        }
        return **value->as_string();
    }
    std::string name(const toml::table& table) {
        const std::string found = text(table, "name");
        const bool good = !found.empty() && std::all_of(found.begin(), found.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        });
        if (!good) {
            problem(table, fmt::format("name '{}'", found), "lower-case letters, digits and _");
        }
        return found;
    }
    std::uint32_t number(const toml::table& table, const char* key) {
        const auto* value = table.get(key);
        return value == nullptr ? missing(table, key) : number_of(*value, key);
    }
    std::uint32_t number_of(const toml::node& node, const char* key) {
        const auto* value = node.as_integer();
        constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
        if (value == nullptr || value->get() < 0 || value->get() > kMost) {
            problem(node, fmt::format("'{}' is no 32-bit number", key), "0 to 0xffffffff");
            return 0;
        }
        return static_cast<std::uint32_t>(value->get());
    }
    void each(const toml::table& table, const char* key,
              const std::function<void(const toml::table&)>& take) {
        const auto* list = table.get_as<toml::array>(key);
        if (list == nullptr) {
            if (const auto* other = table.get(key)) {
                problem(*other, fmt::format("'{}' is no list", key), "a list of tables");
            }
            return;
        }
        for (const toml::node& node : *list) {
            if (const auto* item = node.as_table()) {
                take(*item);
            } else {
                problem(node, fmt::format("an item of '{}' is no table", key), "a table");
            }
        }
    }
    void finish() {
        if (!problems_.empty()) {
            throw InputError(std::move(problems_));
        }
    }

  private:
    std::uint32_t missing(const toml::table& table, const char* key) {
        problem(table, fmt::format("'{}' is missing", key), "a number");
        return 0;
    }
    const std::string& file_;
    std::vector<Diagnostic> problems_;
};

FieldSource read_field(Checker& check, const toml::table& table) {
    check.known_keys(table, {"name", "bits", "help"});
    FieldSource field;
    field.name = check.name(table);
    field.help = check.text(table, "help");
    const auto* bits = table.get_as<toml::array>("bits");
    if (bits == nullptr || bits->size() != 2) {
        check.problem(table, "'bits' is no pair", "[lowest, highest]");
        return field;
    }
    field.low = check.number_of(*bits->get(0), "bits");
    field.high = check.number_of(*bits->get(1), "bits");
    if (field.low > field.high || field.high > 31) {
        check.problem(*bits, fmt::format("bits {} to {}", field.low, field.high),
                      "0 to 31, lowest first");
        field.low = field.high = 0;
    }
    return field;
}

void check_register(Checker& check, const toml::table& table, const RegisterSource& reg) {
    static const std::set<std::string> kAccess = {"ro", "rw", "wo", "w1c"};
    if (!kAccess.contains(reg.access)) {
        check.problem(table, fmt::format("access '{}'", reg.access), "ro, rw, wo or w1c");
    }
    if (reg.offset % kWidth != 0) {
        check.problem(table, fmt::format("offset {:#x}", reg.offset), "a multiple of 4");
    }
    if ((reg.reset & ~reg.mask()) != 0) {
        check.problem(table, fmt::format("reset {:#x} has bits outside of the fields", reg.reset),
                      fmt::format("bits of {:#x}", reg.mask()));
    }
    if (reg.access == "wo" && reg.reset != 0) {
        check.problem(table, "a write-only register with a reset value", "0: nobody can read it");
    }
    std::uint32_t taken = 0;
    std::set<std::string> names;
    for (const FieldSource& field : reg.fields) {
        if ((taken & field.mask()) != 0) {
            check.problem(table, fmt::format("field '{}' overlaps another", field.name),
                          "fields apart from each other");
        }
        if (!names.insert(field.name).second) {
            check.problem(table, fmt::format("field '{}' twice", field.name), "names once");
        }
        taken |= field.mask();
    }
}

RegisterSource read_register(Checker& check, const toml::table& table) {
    check.known_keys(table, {"name", "offset", "access", "reset", "help", "fields", "values"});
    RegisterSource reg;
    reg.name = check.name(table);
    reg.offset = check.number(table, "offset");
    reg.access = check.text(table, "access");
    reg.reset = check.number(table, "reset");
    reg.help = check.text(table, "help");
    check.each(table, "fields",
               [&](const toml::table& field) { reg.fields.push_back(read_field(check, field)); });
    check.each(table, "values", [&](const toml::table& value) {
        check.known_keys(value, {"name", "value"});
        reg.values.push_back({check.name(value), check.number(value, "value")});
    });
    check_register(check, table, reg);
    return reg;
}

void add_register(Checker& check, const toml::table& table, MapSource& map) {
    RegisterSource reg = read_register(check, table);
    if (reg.offset > map.size || map.size - reg.offset < kWidth) {
        check.problem(table, fmt::format("offset {:#x}", reg.offset),
                      fmt::format("inside the block of {:#x} bytes", map.size));
    }
    for (const RegisterSource& other : map.registers) {
        if (other.name == reg.name) {
            check.problem(table, fmt::format("register '{}' twice", reg.name), "names once");
        }
        if (other.offset == reg.offset) {
            check.problem(table, fmt::format("'{}' lies where '{}' does", reg.name, other.name),
                          "an offset of its own");
        }
    }
    map.registers.push_back(std::move(reg));
}

}  // namespace

std::uint32_t RegisterSource::mask() const {
    std::uint32_t mask = 0;
    for (const FieldSource& field : fields) {
        mask |= field.mask();
    }
    return fields.empty() ? ~0U : mask;
}

MapSource parse_map(const std::string& text, const std::string& file) {
    toml::table root;
    try {
        root = toml::parse(text);
    } catch (const toml::parse_error& error) {
        const toml::source_position where = error.source().begin;
        throw InputError(Diagnostic{file, static_cast<std::uint32_t>(where.line),
                                    static_cast<std::uint32_t>(where.column),
                                    std::string(error.description()), "TOML", ""});
    }
    Checker check(file);
    MapSource map;
    map.file = file;
    check.known_keys(root, {"name", "title", "base", "size", "register"});
    map.name = check.name(root);
    map.title = check.text(root, "title");
    map.base = check.number(root, "base");
    map.size = check.number(root, "size");
    if (map.size == 0 || (map.size & (map.size - 1)) != 0 || map.base % map.size != 0) {
        check.problem(root, fmt::format("{:#x} bytes at {:#x}", map.size, map.base),
                      "a power of two, at a multiple of itself");
    }
    check.each(root, "register",
               [&](const toml::table& table) { add_register(check, table, map); });
    if (map.registers.empty()) {
        check.problem(root, "no register", "at least one [[register]]");
    }
    check.finish();
    std::sort(map.registers.begin(), map.registers.end(),
              [](const auto& a, const auto& b) { return a.offset < b.offset; });
    return map;
}

}  // namespace vr::registers
