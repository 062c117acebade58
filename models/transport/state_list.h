// SPDX-License-Identifier: Apache-2.0
// What state_lines() and state_members() return: values of different types, one after the other.
// Every class with a state makes such a type in every file that sees its header; a std::tuple with
// its many conversions took a third of the time to compile a header full of them.
#pragma once

#include <cstddef>
#include <utility>

namespace vr {

namespace detail {

template <std::size_t kI, class T>
struct StateItem {
    T value;
};
template <class Numbers, class... T>
struct StateItems;
template <std::size_t... kI, class... T>
struct StateItems<std::index_sequence<kI...>, T...> : StateItem<kI, T>... {
    template <class Function>
    constexpr void apply(Function&& function) const {
        function(StateItem<kI, T>::value...);
    }
};

}  // namespace detail

template <class... T>
struct StateList : detail::StateItems<std::index_sequence_for<T...>, T...> {
    static constexpr std::size_t kSize = sizeof...(T);
};

/// The value of number kI.
template <std::size_t kI, class T>
[[nodiscard]] constexpr const T& item_of(const detail::StateItem<kI, T>& list) {
    return list.value;
}

}  // namespace vr
