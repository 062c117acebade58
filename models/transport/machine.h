// SPDX-License-Identifier: Apache-2.0
// What memo, fast-forward and the bisimulation test need of a machine beyond what folding needs
// (fold_parts.h). Not modelled: machines whose state is not all in their State; they fail the
// mutation fuzz.
#pragma once

#include <concepts>
#include <cstdint>
#include <vector>

#include "models/transport/state.h"

namespace vr {

/// A machine whose behaviour follows from its configuration and its declared state alone.
///  - restore(): takes over a whole state, given by another machine of the same configuration.
///  - Output has the tick at which it happens; shift_output() moves an output by dt ticks and by k
///  times the identity
///    steps of the delta, as shift() moves a state.
///  - settle(tick), if there is one: does what the machine leaves undone while nobody asks, up to
///    `tick`, and changes nothing that it does later. States are compared after it only.
template <class M>
concept RestorableMachine = std::copy_constructible<M> &&
    requires(M& machine, const M& constant, const typename M::State& state,
             std::vector<typename M::Output>& outputs, typename M::Output& output,
             const StateDelta& delta) {
    requires DeclaredState<typename M::State>;
    { constant.state() } -> std::same_as<const typename M::State&>;
    { constant.next() } -> std::same_as<std::int64_t>;
    machine.restore(state);
    machine.run(std::int64_t{}, outputs);
    { output.tick } -> std::convertible_to<std::int64_t>;
    M::shift_output(output, std::int64_t{}, std::int64_t{}, delta);
};

/// Calls the machine's settle(), if it has one.
template <class M>
void settle_lazy(M& machine, std::int64_t now) {
    if constexpr (requires { machine.settle(now); }) {
        machine.settle(now);
    }
}

}  // namespace vr
