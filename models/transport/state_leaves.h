// SPDX-License-Identifier: Apache-2.0
// The leaves of a declared state by name: as text, and one by one for tests that change them.
// Not covered: reading the text back.
#pragma once

#include <string>

#include "models/transport/state_visit.h"

namespace vr {

namespace detail {

template <class Fn>
struct LeafVisitor : VisitorBase {
    explicit LeafVisitor(Fn& f) : call(f) {}
    Fn& call;
    std::string path{};
    std::vector<std::size_t> ends{};
    void enter(const char* name) {
        ends.push_back(path.size());
        if (!path.empty()) {
            path += '.';
        }
        path += name;
    }
    void element(std::size_t i) {
        ends.push_back(path.size());
        path += '[';
        path += std::to_string(i);
        path += ']';
    }
    void leave() {
        path.resize(ends.back());
        ends.pop_back();
    }
    template <StateKind kKind, class T>
    void leaf(T& value, std::uint64_t) {
        call(static_cast<const std::string&>(path), kKind, value);
    }
};

template <class T>
std::string leaf_text(StateKind kind, std::int64_t word) {
    if (is_time(kind) && word == kNeverTick) {
        return "never";
    }
    const bool may_be_none = kind == StateKind::kIdentity || kind == StateKind::kPosition;
    if (may_be_none && word == to_word(kNoIdentity<T>)) {
        return "none";
    }
    return std::is_unsigned_v<T> ? std::to_string(static_cast<std::uint64_t>(word))
                                 : std::to_string(word);
}

}  // namespace detail

/// Calls fn(path, kind, leaf) for every leaf; `path` reads like "banks[2].open_row", `leaf` is a
/// reference.
template <class S, class Fn>
requires DeclaredState<std::remove_const_t<S>>
void for_each_leaf(S& state, Fn&& fn) {
    detail::LeafVisitor<std::remove_reference_t<Fn>> visitor(fn);
    detail::visit_state(state, visitor);
}

/// The state as text: "name = value" a line, in the order of the lines; nested names have dots and
/// indices.
template <DeclaredState S>
[[nodiscard]] std::string dump(const S& state) {
    std::string text;
    for_each_leaf(state, [&](const std::string& path, StateKind kind, const auto& leaf) {
        using T = std::remove_cvref_t<decltype(leaf)>;
        text += path + " = " + detail::leaf_text<T>(kind, detail::to_word(leaf)) + '\n';
    });
    return text;
}

/// The same with times told from `now`: "now + 12", "now - 5", and "past" where it does not matter
/// how long ago. Equal for states that differ only in what can have no effect.
template <DeclaredState S>
[[nodiscard]] std::string dump(const S& state, std::int64_t now) {
    std::string text;
    for_each_leaf(state, [&](const std::string& path, StateKind kind, const auto& leaf) {
        using T = std::remove_cvref_t<decltype(leaf)>;
        const std::int64_t word = detail::to_word(leaf);
        text += path + " = ";
        if (!detail::is_time(kind) || word == kNeverTick) {
            text += detail::leaf_text<T>(kind, word);
        } else if (word > now) {
            text += "now + " + std::to_string(word - now);
        } else if (kind == StateKind::kFutureTime) {
            text += "past";
        } else {
            text += "now - " + std::to_string(now - word);
        }
        text += '\n';
    });
    return text;
}

}  // namespace vr
