// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/pytorch_profiler/profile_events.h"

#include <array>
#include <istream>
#include <nlohmann/json.hpp>
#include <optional>

#include "traces/formats/bytes/byte_source.h"
#include "traces/formats/pytorch_profiler/event_builder.h"

namespace vr::pytorch {

namespace {

using nlohmann::json;

constexpr int kNanosecondDigits = 3;
constexpr int kFemtosecondDigits = 9;

struct Category {
    std::string_view word;  // as the profiler's versions write it
    EventKind kind;
};
constexpr std::array<Category, 13> kCategories = {{{"cpu_op", EventKind::kHostOperator},
                                                   {"Operator", EventKind::kHostOperator},
                                                   {"cuda_runtime", EventKind::kRuntime},
                                                   {"cuda_driver", EventKind::kRuntime},
                                                   {"Runtime", EventKind::kRuntime},
                                                   {"kernel", EventKind::kKernel},
                                                   {"Kernel", EventKind::kKernel},
                                                   {"gpu_memcpy", EventKind::kCopy},
                                                   {"Memcpy", EventKind::kCopy},
                                                   {"gpu_memset", EventKind::kSet},
                                                   {"Memset", EventKind::kSet},
                                                   {"cuda_sync", EventKind::kStreamWait},
                                                   {"hip_runtime", EventKind::kRuntime}}};

std::optional<EventKind> kind_of(const json& event) {
    if (event.value("ph", json()) != "X" || !event.contains("cat") || !event["cat"].is_string()) {
        return std::nullopt;
    }
    const auto& word = event["cat"].get_ref<const std::string&>();
    for (const Category& category : kCategories) {
        if (category.word == word) {
            return category.kind;
        }
    }
    return std::nullopt;
}

// A number as it is written: integers as integers, others kept as text by the builder.
std::string number_text(const json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

class Converter {
  public:
    Converter(const json& event, const std::string& file, const ForeignPlace& place)
        : event_(event), args_(event.value("args", json::object())), file_(file), place_(place) {}

    // Reads what the kind needs; throws InputError where it is not there.
    Event convert(EventKind kind) {
        Event out;
        out.kind = kind;
        out.place = place_;
        if (!event_.contains("name") || !event_["name"].is_string()) {
            fail("an event has no name", "\"name\": a text");
        }
        out.name = event_["name"].get<std::string>();
        std::int64_t duration = 0;
        if (!event_.contains("ts") ||
            !parse_microseconds(number_text(event_["ts"]), kNanosecondDigits, out.begin_ns)) {
            fail(fmt::format("event '{}' has no time", shown(out.name)), "\"ts\": microseconds");
        }
        if (!event_.contains("dur") ||
            !parse_microseconds(number_text(event_["dur"]), kFemtosecondDigits, duration) ||
            duration < 0) {
            fail(fmt::format("event '{}' has no duration", shown(out.name)),
                 "\"dur\": microseconds, 0 or more");
        }
        out.duration = {duration};
        out.thread = text_of(event_, "pid") + "/" + text_of(event_, "tid");
        out.external = integer({"External id", "external id"}, -1);
        out.correlation = integer({"correlation"}, -1);
        out.stream = integer({"stream"}, 0);
        out.device = integer({"device"}, 0);
        out.bytes = integer({"bytes"}, 0);
        out.waits_for_stream = integer({"wait_on_stream"}, -1);
        out.elements_in = integer({"In msg nelems"}, 0);
        out.elements_out = integer({"Out msg nelems"}, 0);
        out.collective = text_of(args_, "Collective name");
        out.group = text_of(args_, "Process Group Name");
        out.element_type = text_of(args_, "dtype");
        if (kind == EventKind::kHostOperator) {
            read_inputs(out);
        }
        return out;
    }

  private:
    static std::string shown(const std::string& name) { return name.substr(0, 60); }

    [[noreturn]] void fail(std::string what, std::string allowed) const {
        throw InputError(Diagnostic{file_, place_.line, place_.column, std::move(what),
                                    std::move(allowed),
                                    "the file is no complete profile of torch.profiler"});
    }

    static std::string text_of(const json& object, const char* key) {
        if (!object.contains(key)) {
            return "";
        }
        const json& value = object[key];
        return value.is_string() ? value.get<std::string>() : value.dump();
    }

    std::int64_t integer(std::initializer_list<const char*> keys, std::int64_t standard) const {
        for (const char* key : keys) {
            if (args_.contains(key) && args_[key].is_number_integer()) {
                return args_[key].get<std::int64_t>();
            }
        }
        return standard;
    }

    void read_inputs(Event& out) const {
        const json none;
        const json* dims = &none;
        for (const char* key : {"Input Dims", "Input dims"}) {
            dims = args_.contains(key) ? &args_[key] : dims;
        }
        const json types = args_.value("Input type", json());
        for (std::size_t i = 0; dims->is_array() && i < dims->size(); ++i) {
            SourceTensor tensor;
            const json& shape = (*dims)[i];
            bool plain = shape.is_array();
            for (std::size_t d = 0; plain && d < shape.size(); ++d) {
                plain = shape[d].is_number_integer();
                if (plain) {
                    tensor.dims.push_back(shape[d].get<std::int64_t>());
                }
            }
            if (types.is_array() && i < types.size() && types[i].is_string()) {
                tensor.type = types[i].get<std::string>();
            }
            out.inputs.push_back(plain ? tensor
                                       : SourceTensor{});  // lists of tensors have no shape
        }
    }

    const json& event_;
    const json args_;
    const std::string& file_;
    const ForeignPlace& place_;
};

}  // namespace

bool parse_microseconds(const std::string& text, int digits, std::int64_t& out) {
    std::size_t at = 0;
    const bool negative = !text.empty() && text[0] == '-';
    at += negative ? 1 : 0;
    std::int64_t value = 0;
    int decimals = -1;  // -1: before the point
    bool any = false;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9') {
            return false;
        }
        any = true;
        if (decimals >= digits) {
            continue;
        }
        decimals += decimals >= 0 ? 1 : 0;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, c - '0', &value)) {
            return false;
        }
    }
    for (int i = decimals < 0 ? 0 : decimals; i < digits; ++i) {
        if (__builtin_mul_overflow(value, 10, &value)) {
            return false;
        }
    }
    out = negative ? -value : value;
    return any;
}

Profile read_profile(const std::string& path) {
    ByteSource source(path, "a profile of torch.profiler in JSON");
    Profile profile;
    EventBuilder builder(source, [&](const json& event, const ForeignPlace& place) {
        const std::optional<EventKind> kind = kind_of(event);
        if (!kind) {
            ++profile.passed_over;
            return;
        }
        Event converted = Converter(event, path, place).convert(*kind);
        if (converted.kind == EventKind::kStreamWait && converted.waits_for_stream < 0) {
            ++profile.passed_over;
            return;
        }
        for (const SourceTensor& input : converted.inputs) {
            profile.has_shapes = profile.has_shapes || !input.dims.empty();
        }
        profile.events.push_back(std::move(converted));
    });
    std::istream stream(&source);
    if (!json::sax_parse(stream, &builder)) {
        builder.raise();
    }
    if (!builder.seen_events()) {
        throw InputError(Diagnostic{
            path, 0, 0, fmt::format("no list of events in {} bytes of JSON", source.place().byte),
            "\"traceEvents\": [...], or a list at the top",
            "export_chrome_trace() of torch.profiler writes it"});
    }
    return profile;
}

}  // namespace vr::pytorch
