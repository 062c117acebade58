// SPDX-License-Identifier: Apache-2.0
// Follows the JSON of a Chrome trace token by token and hands over its events one by one, so that
// memory holds a single event however large the file is. Not modelled: everything outside of the
// list of events.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "traces/formats/bytes/byte_source.h"
#include "traces/formats/import/trace_text.h"

namespace vr::pytorch {

class EventBuilder final : public nlohmann::json_sax<nlohmann::json> {
  public:
    using Json = nlohmann::json;
    using Sink = std::function<void(const Json&, const ForeignPlace&)>;
    EventBuilder(const ByteSource& source, Sink sink) : source_(source), sink_(std::move(sink)) {}

    bool null() override { return value(nullptr); }
    bool boolean(bool v) override { return value(v); }
    bool number_integer(number_integer_t v) override { return value(v); }
    bool number_unsigned(number_unsigned_t v) override { return value(v); }
    /// Kept as it is written: times are never floating point.
    bool number_float(number_float_t, const string_t& text) override { return value(text); }
    bool string(string_t& v) override { return value(std::move(v)); }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override;
    bool parse_error(std::size_t, const std::string&, const Json::exception& error) override;

    /// Whether the list of events was there.
    [[nodiscard]] bool seen_events() const { return seen_events_; }
    /// Throws InputError for the place where parsing ended.
    [[noreturn]] void raise() const;

  private:
    bool value(Json v);
    bool open(Json container);
    bool close();
    [[nodiscard]] bool in_event() const { return !path_.empty(); }
    const ByteSource& source_;
    Sink sink_;
    Json event_;
    std::vector<Json*> path_;        // containers that are open, from the event down
    std::vector<std::string> keys_;  // key that waits for its value, per open container
    std::string top_key_;
    int depth_ = 0;         // of containers around the event
    int events_depth_ = 0;  // depth of the list of events; 0 while outside of it
    bool seen_events_ = false;
    ForeignPlace place_;
    std::string error_;
};

}  // namespace vr::pytorch
