// SPDX-License-Identifier: Apache-2.0
// Writer of JSON text with keys in the order of calls, and numbers exactly as given, so that equal
// results are equal bytes on every host. Not modelled: reading, and numbers as floating point.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "models/base/quantity.h"

namespace vr {

/// Builds one document. Inside an object every value is preceded by key(); inside an array none is.
class JsonWriter {
  public:
    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);
    JsonWriter& text(std::string_view value);
    JsonWriter& number(std::int64_t value);
    JsonWriter& boolean(bool value);
    /// A number already written as JSON text, e.g. a ratio with fixed digits.
    JsonWriter& raw(std::string_view value);
    /// Femtoseconds: a decimal string, as they pass 2^53.
    JsonWriter& time(Time value);

    // Key and value in one call.
    JsonWriter& field(std::string_view name, std::string_view value) {
        return key(name).text(value);
    }
    JsonWriter& field(std::string_view name, const char* value) { return key(name).text(value); }
    JsonWriter& field(std::string_view name, std::int64_t value) { return key(name).number(value); }
    JsonWriter& field(std::string_view name, bool value) { return key(name).boolean(value); }
    JsonWriter& field(std::string_view name, Time value) { return key(name).time(value); }

    /// The document with a line end.
    [[nodiscard]] std::string take();

  private:
    void separate();
    void line();
    std::string out_;
    std::string first_ = "1";  // one per open container: '1' until it has an element
    bool after_key_ = false;
};

}  // namespace vr
