// SPDX-License-Identifier: Apache-2.0
// Question: does a pair of SMs know the pages that it used last, and no more of them than it holds?
#include "models/gpu/sm/translation/translations.h"

#include <catch2/catch.hpp>

using vr::Translations;

TEST_CASE("translations: the page used longest ago is the first that is not held any more") {
    vr::TranslationConfig config;
    config.entries = 2;
    config.page = {4096};
    Translations held(config);
    CHECK_FALSE(held.hit(0));
    CHECK(held.hit(4095));
    CHECK_FALSE(held.hit(4096));
    CHECK(held.hit(0));
    CHECK_FALSE(held.hit(8192));  // in the place of page 1
    CHECK(held.hit(0));
    CHECK_FALSE(held.hit(4096));
}

TEST_CASE("translations: without entries none ever misses") {
    Translations none{vr::TranslationConfig{}};
    CHECK(none.hit(0));
    CHECK(none.hit(std::uint64_t{1} << 40));
}
