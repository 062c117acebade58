// SPDX-License-Identifier: Apache-2.0
// Address translations that a pair of SMs holds: pages, least recently used. A page that is not
// among them takes `miss_latency` more. Not modelled: the levels behind it, a bound on their rate.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/parameter.h"
#include "models/base/quantity.h"
#include "models/transport/state_members.h"

namespace vr {

struct TranslationConfig {
    std::int64_t entries{};
    Bytes page{};
    Cycles miss_latency{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("entries", entries, {"0", "4096"},
          "translations that a pair of SMs holds; 0: none ever misses");
        p("page", page, {"4 KiB", "1 GiB"}, "bytes of a page");
        p("miss_latency", miss_latency, {"0 clk", "100000 clk"},
          "added to a request whose translation is not held, SM clock");
    }
};

class Translations {
  public:
    explicit Translations(const TranslationConfig& config)
        : entries_(static_cast<std::size_t>(config.entries)),
          page_(static_cast<std::uint64_t>(config.page.value)) {}
    /// Whether the page of the address was held; it is now.
    [[nodiscard]] bool hit(std::uint64_t address);
    static constexpr auto state_members() {
        using T = Translations;
        return vr::state_members(&T::held_, vr::left_out(&T::entries_), vr::left_out(&T::page_));
    }

  private:
    std::vector<std::uint64_t> held_;  // page numbers, the latest used last
    std::size_t entries_;
    std::uint64_t page_;
};

}  // namespace vr
