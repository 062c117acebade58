// SPDX-License-Identifier: Apache-2.0
#include "app/report/json_writer.h"

#include <fmt/format.h>

#include <utility>

namespace vr {

void JsonWriter::line() {
    out_ += '\n';
    out_.append(2 * (first_.size() - 1), ' ');
}

void JsonWriter::separate() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (first_.back() == '1') {
        first_.back() = '0';
    } else {
        out_ += ',';
    }
    if (first_.size() > 1) {
        line();
    }
}

JsonWriter& JsonWriter::begin_object() {
    separate();
    out_ += '{';
    first_ += '1';
    return *this;
}

JsonWriter& JsonWriter::end_object() {
    const bool empty = first_.back() == '1';
    first_.pop_back();
    if (!empty) {
        line();
    }
    out_ += '}';
    return *this;
}

JsonWriter& JsonWriter::begin_array() {
    separate();
    out_ += '[';
    first_ += '1';
    return *this;
}

JsonWriter& JsonWriter::end_array() {
    const bool empty = first_.back() == '1';
    first_.pop_back();
    if (!empty) {
        line();
    }
    out_ += ']';
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    text(name);
    out_ += ": ";
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
    separate();
    out_ += '"';
    for (const char c : value) {
        switch (c) {
            case '"':
                out_ += "\\\"";
                break;
            case '\\':
                out_ += "\\\\";
                break;
            case '\n':
                out_ += "\\n";
                break;
            case '\t':
                out_ += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out_ += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
                } else {
                    out_ += c;
                }
        }
    }
    out_ += '"';
    return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
    return raw(fmt::format("{}", value));
}

JsonWriter& JsonWriter::boolean(bool value) {
    return raw(value ? "true" : "false");
}

JsonWriter& JsonWriter::raw(std::string_view value) {
    separate();
    out_ += value;
    return *this;
}

JsonWriter& JsonWriter::time(Time value) {
    return text(fmt::format("{}", value.value));
}

std::string JsonWriter::take() {
    out_ += '\n';
    return std::exchange(out_, {});
}

}  // namespace vr
