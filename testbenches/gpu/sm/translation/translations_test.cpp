// SPDX-License-Identifier: Apache-2.0
// Question: does a pair of SMs know the pages that it used last, and no more of them than it holds,
// and do requests wait for a translation that is on its way?
#include "models/gpu/sm/translation/translations.h"

#include <catch2/catch.hpp>

using vr::Time;
using vr::Translations;

namespace {
constexpr Time kNow{100};
constexpr Time kFetched{130};
}  // namespace

TEST_CASE("translations: the page used longest ago is the first that is not held any more") {
    vr::TranslationConfig config;
    config.entries = 2;
    config.page = {4096};
    Translations held(config);
    // Requests far apart: what was fetched is there by the next one.
    Time now = kNow;
    const auto hit = [&](std::uint64_t address) {
        now = now + Time{1000};
        return held.there(address, now, now + Time{30}) == now;
    };
    CHECK_FALSE(hit(0));
    CHECK(hit(4095));
    CHECK_FALSE(hit(4096));
    CHECK(hit(0));
    CHECK_FALSE(hit(8192));  // in the place of page 1
    CHECK(hit(0));
    CHECK_FALSE(hit(4096));
}

TEST_CASE("translations: requests wait with the first one of their page, and no longer") {
    vr::TranslationConfig config;
    config.entries = 2;
    config.page = {4096};
    Translations held(config);
    CHECK(held.there(0, kNow, kFetched) == kFetched);
    const Time soon = kNow + Time{10};
    CHECK(held.there(64, soon, soon + Time{30}) == kFetched);
    CHECK(held.there(4096, soon, soon + Time{30}) == soon + Time{30});
    const Time later = kFetched + Time{1};
    CHECK(held.there(128, later, later + Time{30}) == later);
}

TEST_CASE("translations: without entries none ever misses") {
    Translations none{vr::TranslationConfig{}};
    CHECK(none.there(0, kNow, kFetched) == kNow);
    CHECK(none.there(std::uint64_t{1} << 40, kNow, kFetched) == kNow);
}
