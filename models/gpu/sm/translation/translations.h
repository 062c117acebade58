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
    /// When a request of `at` knows where the address lies: at once if its page is held, with the
    /// page's first request if that is still on its way, else at `fetched`; it is held from now on.
    [[nodiscard]] Time there(std::uint64_t address, Time at, Time fetched);
    static constexpr auto state_members() {
        using T = Translations;
        return vr::state_members(&T::held_, vr::left_out(&T::entries_), vr::left_out(&T::page_));
    }

  private:
    struct Held {
        std::uint64_t page = 0;
        Time there;
        static constexpr auto state_members() {
            return vr::state_members(&Held::page, &Held::there);
        }
    };
    std::vector<Held> held_;  // the latest used last
    std::size_t entries_;
    std::uint64_t page_;
};

}  // namespace vr
