// SPDX-License-Identifier: Apache-2.0
// Documents name only files that exist, and the check would notice if they did not.
#include "testbenches/repository/documents.h"

#include <catch2/catch.hpp>

#include "testbenches/launcher/command.h"
#include "testbenches/repository/hygiene.h"

using namespace vr::test;

TEST_CASE("documents name and link to what exists") {
    const auto breaches = document_breaches(VRSIM_SOURCE_DIR, repository_files(VRSIM_SOURCE_DIR));
    INFO(text_of(breaches));
    CHECK(breaches.empty());
}

TEST_CASE("a name or link of something that does not exist is caught") {
    const TemporaryFolder folder;
    write_text(folder.path() / "models/base/a.h", "");
    write_text(folder.path() / "docs/good.md",
               "`models/base/`, `models/base/a.h`, `models/NAME/`, [x](bad.md), [y](#here), "
               "[z](https://example.org)\n\n    `models/example/`\n");
    std::filesystem::create_directories(folder.path() / "tlm/none");  // empty: not in a clone
    write_text(folder.path() / "docs/bad.md",
               "`models/base/b.h`\n\n[x](absent.md#part)\n`tlm/none/`\n");
    const auto breaches = document_breaches(folder.path(), files_below(folder.path()));
    INFO(text_of(breaches));
    REQUIRE(breaches.size() == 3);
    CHECK(breaches[0].text() == "docs/bad.md:1: names models/base/b.h, which does not exist");
    CHECK(breaches[1].text() == "docs/bad.md:3: links to absent.md, which does not exist");
    CHECK(breaches[2].text() == "docs/bad.md:4: names tlm/none/, which does not exist");
}
