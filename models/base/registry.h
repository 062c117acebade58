// SPDX-License-Identifier: Apache-2.0
// Things that a configuration names: policies, kernels. Whoever brings one registers it by a
// constant at namespace scope, also from outside the tree; nobody edits a list.
// Not modelled: taking something out again.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/base/error.h"

namespace vr {

/// Makers by name. A registration must be linked in as an object file (vrsim_add_policy() does
/// that): a linker drops from an archive what nobody refers to.
template <class Made>
class Registry {
  public:
    using Maker = std::function<std::unique_ptr<Made>()>;
    /// `what` is the word for one of them in messages.
    explicit Registry(std::string what) : what_(std::move(what)) {}
    /// Throws InternalError when the name is taken.
    void add(std::string name, Maker maker) {
        const auto [place, is_new] = makers_.emplace(std::move(name), std::move(maker));
        ensure(is_new, "two registrations of the {} '{}'", what_, place->first);
    }
    /// Throws UsageError with the list of names when there is none of this name.
    [[nodiscard]] std::unique_ptr<Made> make(std::string_view name) const {
        const auto found = makers_.find(std::string(name));
        if (found == makers_.end()) {
            throw UsageError(unknown(name));
        }
        return found->second();
    }
    [[nodiscard]] bool has(std::string_view name) const {
        return makers_.contains(std::string(name));
    }
    /// In alphabetical order; the views live as long as the registry.
    [[nodiscard]] std::vector<std::string_view> names() const {
        std::vector<std::string_view> out;
        for (const auto& [name, maker] : makers_) {
            out.push_back(name);
        }
        return out;
    }

  private:
    [[nodiscard]] std::string unknown(std::string_view name) const {
        std::vector<std::string> known;
        for (const auto& [one, maker] : makers_) {
            known.push_back(one);
        }
        const std::string nearest = nearest_name(name, known);
        return fmt::format("unknown {} '{}'; allowed: {}{}", what_, name, fmt::join(known, ", "),
                           nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest));
    }
    std::string what_;
    std::map<std::string, Maker> makers_;
};

/// `const Registration<MyPolicy, BlockPolicy> kRegistered(block_policies(), "my_policy");`
template <class Own, class Made>
struct Registration {
    Registration(Registry<Made>& registry, std::string name) {
        registry.add(std::move(name), [] { return std::make_unique<Own>(); });
    }
};

}  // namespace vr
