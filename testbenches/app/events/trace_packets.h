// SPDX-License-Identifier: Apache-2.0
// A reader of Perfetto traces of its own, so that the writer is not tested against itself.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace vr::testing {

/// Fields of a message: numbers (wire type 0) and bytes (wire type 2), in order.
struct WireMessage {
    std::multimap<std::uint32_t, std::uint64_t> numbers;
    std::multimap<std::uint32_t, std::string> bytes;

    explicit WireMessage(std::string_view text) {
        std::size_t at = 0;
        const auto varint = [&] {
            std::uint64_t value = 0;
            for (unsigned shift = 0;; shift += 7) {
                if (at >= text.size() || shift > 63) {
                    throw std::runtime_error("truncated varint");
                }
                const auto byte = static_cast<unsigned char>(text[at++]);
                value |= std::uint64_t{byte & 0x7fU} << shift;
                if ((byte & 0x80U) == 0) {
                    return value;
                }
            }
        };
        while (at < text.size()) {
            const std::uint64_t tag = varint();
            const auto field = static_cast<std::uint32_t>(tag >> 3);
            if ((tag & 7U) == 0) {
                numbers.emplace(field, varint());
            } else if ((tag & 7U) == 2) {
                const std::uint64_t length = varint();
                if (length > text.size() - at) {
                    throw std::runtime_error("truncated bytes");
                }
                bytes.emplace(field, std::string(text.substr(at, length)));
                at += length;
            } else {
                throw std::runtime_error("unexpected wire type");
            }
        }
    }
    [[nodiscard]] std::uint64_t number(std::uint32_t field) const {
        const auto found = numbers.find(field);
        return found == numbers.end() ? 0 : found->second;
    }
    [[nodiscard]] std::string text(std::uint32_t field) const {
        const auto found = bytes.find(field);
        return found == bytes.end() ? "" : found->second;
    }
    [[nodiscard]] bool has(std::uint32_t field) const { return bytes.count(field) > 0; }
};

/// A slice as it is after matching begins with ends.
struct ReadSlice {
    std::string track;
    std::string process;
    std::string name;
    std::uint64_t begin = 0, end = 0;  ///< ticks
    std::size_t depth = 0;
    std::map<std::string, std::string> arguments;
};

struct ReadTrace {
    std::vector<ReadSlice> slices;  ///< in order of their ends
    std::vector<std::pair<std::string, std::uint64_t>> instants;
    std::vector<std::pair<std::string, std::int64_t>> counters;  ///< counter track's name, value
    std::vector<std::string> free_tracks;
    bool cleared = false;
};

inline ReadTrace read_perfetto(const std::string& file) {
    ReadTrace out;
    struct Track {
        std::string name;
        std::uint64_t parent = 0;
        bool counter = false;
        std::vector<ReadSlice> open;
    };
    std::map<std::uint64_t, Track> tracks;
    std::uint64_t last = 0;
    for (const auto& [field, body] : WireMessage(file).bytes) {
        const WireMessage packet(body);
        if (field != 1 || packet.number(10) == 0) {
            throw std::runtime_error("not a packet of a sequence");
        }
        out.cleared = out.cleared || packet.number(13) == 1;
        if (packet.has(60)) {
            const WireMessage d(packet.text(60));
            Track& track = tracks[d.number(1)];
            track.parent = d.number(5);
            track.counter = d.has(8);
            track.name = d.has(3)   ? WireMessage(d.text(3)).text(6)
                         : d.has(4) ? WireMessage(d.text(4)).text(5)
                                    : d.text(2);
            if (!d.has(3) && !d.has(4) && !d.has(8)) {
                out.free_tracks.push_back(track.name);
            }
            continue;
        }
        const std::uint64_t at = packet.number(8);
        if (at < last) {
            throw std::runtime_error("time goes back");
        }
        last = at;
        const WireMessage event(packet.text(11));
        Track& track = tracks.at(event.number(11));
        if (event.number(9) == 1) {
            ReadSlice slice{
                track.name, tracks.at(track.parent).name, event.text(23), at, 0, track.open.size(),
                {}};
            for (auto [it, end] = event.bytes.equal_range(4); it != end; ++it) {
                const WireMessage a(it->second);
                slice.arguments[a.text(10)] = a.has(6) ? a.text(6) : std::to_string(a.number(4));
            }
            track.open.push_back(slice);
        } else if (event.number(9) == 2) {
            track.open.back().end = at;
            out.slices.push_back(track.open.back());
            track.open.pop_back();
        } else if (event.number(9) == 3) {
            out.instants.emplace_back(event.text(23), at);
        } else if (event.number(9) == 4 && track.counter) {
            out.counters.emplace_back(track.name, static_cast<std::int64_t>(event.number(30)));
        } else {
            throw std::runtime_error("unexpected event");
        }
    }
    for (const auto& [uuid, track] : tracks) {
        if (!track.open.empty()) {
            throw std::runtime_error("a slice is never closed");
        }
    }
    return out;
}

}  // namespace vr::testing
