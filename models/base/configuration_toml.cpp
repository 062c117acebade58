// SPDX-License-Identifier: Apache-2.0
// The only file that includes toml++ (it is slow to compile): from TOML text to our own tree.
#include <fstream>
#include <iterator>

#include <toml++/toml.h>

#include "models/base/configuration_document.h"

namespace vr::configuration {

namespace {

Place place_of(const std::string& file, const toml::source_position& position) {
    return {file, position.line, position.column};
}

Scalar scalar_of(const toml::node& node) {
    using Kind = Scalar::Kind;
    switch (node.type()) {
        case toml::node_type::string:
            return {Kind::kText, node.as_string()->get()};
        case toml::node_type::integer:
            return {Kind::kInteger, fmt::format("{}", node.as_integer()->get())};
        case toml::node_type::floating_point: {
            std::string text = fmt::format("{}", node.as_floating_point()->get());
            if (text.find_first_not_of("-0123456789") == std::string::npos) {
                text += ".0";  // keep it recognisable as a decimal number
            }
            return {Kind::kDecimal, text};
        }
        case toml::node_type::boolean:
            return {Kind::kBoolean, node.as_boolean()->get() ? "true" : "false"};
        case toml::node_type::table:
            return {Kind::kTable, {}};
        case toml::node_type::array:
            return {Kind::kList, {}};
        default:
            return {Kind::kDate, {}};
    }
}

TomlNode convert(const std::string& file, std::string name, const toml::node& node,
                 const Place& key) {
    TomlNode result{std::move(name), scalar_of(node), key, place_of(file, node.source().begin), {}};
    if (const toml::table* table = node.as_table()) {
        for (const auto& [child_name, child] : *table) {
            result.children.push_back(convert(file, std::string(child_name.str()), child,
                                              place_of(file, child_name.source().begin)));
        }
    } else if (const toml::array* list = node.as_array()) {
        for (const toml::node& item : *list) {
            result.children.push_back(convert(file, {}, item, place_of(file, item.source().begin)));
        }
    }
    return result;
}

// toml++ says "cannot redefine existing integer 'capacity'" in several wordings; ours names the
// key.
std::string syntax_text(std::string_view description) {
    const std::size_t open = description.find('\'');
    const std::size_t close =
        description.find('\'', open == std::string_view::npos ? open : open + 1);
    if (description.find("redefine existing") != std::string_view::npos &&
        close != std::string_view::npos) {
        return fmt::format("{} is given twice", description.substr(open + 1, close - open - 1));
    }
    return fmt::format("not valid TOML: {}", description);
}

}  // namespace

TomlNode read_toml(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream),
                           std::istreambuf_iterator<char>()};
    if (!stream) {
        throw InputError(at({file}, "the file cannot be read", "a readable TOML file"));
    }
    return parse_toml(text, file);
}

TomlNode parse_toml(const std::string& text, const std::string& file) {
    try {
        const toml::table table = toml::parse(text, file);
        return convert(file, {}, table, {file, 0, 0});
    } catch (const toml::parse_error& error) {
        throw InputError(
            at(place_of(file, error.source().begin), syntax_text(error.description())));
    }
}

}  // namespace vr::configuration
