// SPDX-License-Identifier: Apache-2.0
#include "app/report/fault_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/report/text.h"
#include "models/hbm4/ecc/word_code.h"

namespace vr {

namespace {

constexpr std::size_t kMostLines = 8;

struct First {
    const char* kind;
    const hbm4::FirstError* error;
};

std::vector<First> firsts_of(const hbm4::FaultCounts& counts) {
    std::vector<First> out;
    for (const First& first : {First{"corrected", &counts.first_corrected},
                               First{"uncorrectable", &counts.first_uncorrectable},
                               First{"silent", &counts.first_silent}}) {
        if (first.error->at != kNever) {
            out.push_back(first);
        }
    }
    return out;
}

std::string tensor_at(const MemoryFaultResult& memory, std::uint64_t address) {
    const auto found =
        std::find_if(memory.tensors.begin(), memory.tensors.end(), [&](const FaultyTensor& one) {
            return address < one.end && address + hbm4::kWordBytes > one.begin;
        });
    return found == memory.tensors.end() ? "" : found->name;
}

std::string text_of(const MemoryFaultResult& memory) {
    std::string out = fmt::format("\n  faults of {}: {}; scrubbing {}\n", memory.memory,
                                  memory.code, memory.scrubs ? "on the die" : "off");
    if (!memory.file.empty()) {
        out += fmt::format("    list of {}, digest {}\n", memory.file, memory.file_digest);
    }
    for (const hbm4::FaultCountName& line : hbm4::kFaultCountNames) {
        const std::uint64_t value = memory.counts.*line.value;
        if (value > 0) {
            out += fmt::format("    {:<20} {:>14}  {}\n", line.name, value, line.meaning);
        }
    }
    for (const First& first : firsts_of(memory.counts)) {
        const std::string tensor = tensor_at(memory, first.error->address);
        out += fmt::format("    first {:<14} {:#014x} at {}{}\n", first.kind, first.error->address,
                           time_text(first.error->at), tensor.empty() ? "" : " in " + tensor);
    }
    for (const FailedOperator& failed : memory.failed) {
        out +=
            fmt::format("    operator {} FAILED: it read {} words that the memory says are wrong\n",
                        failed.id, failed.words);
    }
    const std::size_t shown = std::min(memory.tensors.size(), kMostLines);
    for (std::size_t i = 0; i < shown; ++i) {
        const FaultyTensor& tensor = memory.tensors[i];
        out += fmt::format("    {:#014x} to {:#014x}  {}\n", tensor.begin, tensor.end, tensor.name);
    }
    if (shown < memory.tensors.size()) {
        out += fmt::format("    ... {} tensors more (see --json)\n", memory.tensors.size() - shown);
    }
    if (!memory.carries_data) {
        out += "    no data are carried: words count as read where an access touches them\n";
    } else if (memory.tensors.empty()) {
        out += "    no tensor here has data: faults reach nothing that is read\n";
    }
    return out;
}

}  // namespace

std::string fault_text(const std::vector<MemoryFaultResult>& memories) {
    std::string out;
    for (const MemoryFaultResult& memory : memories) {
        out += text_of(memory);
    }
    return out;
}

void write_faults(JsonWriter& json, const std::vector<MemoryFaultResult>& memories) {
    if (memories.empty()) {
        return;
    }
    json.key("memory_faults").begin_array();
    for (const MemoryFaultResult& memory : memories) {
        json.begin_object()
            .field("memory", memory.memory)
            .field("ecc", memory.code)
            .field("scrubs", memory.scrubs)
            .field("carries_data", memory.carries_data);
        if (!memory.file.empty()) {
            json.field("file", memory.file).field("file_digest", memory.file_digest);
        }
        for (const hbm4::FaultCountName& line : hbm4::kFaultCountNames) {
            json.field(line.name, static_cast<std::int64_t>(memory.counts.*line.value));
        }
        json.key("first").begin_array();
        for (const First& first : firsts_of(memory.counts)) {
            json.begin_object()
                .field("kind", first.kind)
                .field("address", fmt::format("{:#x}", first.error->address))
                .field("at_fs", first.error->at)
                .field("tensor", tensor_at(memory, first.error->address))
                .end_object();
        }
        json.end_array();
        json.key("failed_operators").begin_array();
        for (const FailedOperator& failed : memory.failed) {
            json.begin_object()
                .field("id", failed.id)
                .field("uncorrectable", static_cast<std::int64_t>(failed.words))
                .end_object();
        }
        json.end_array();
        json.key("tensors").begin_array();
        for (const FaultyTensor& tensor : memory.tensors) {
            json.begin_object()
                .field("name", tensor.name)
                .field("begin", fmt::format("{:#x}", tensor.begin))
                .field("end", fmt::format("{:#x}", tensor.end))
                .end_object();
        }
        json.end_array().end_object();
    }
    json.end_array();
}

}  // namespace vr
