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

TEST_CASE("what documents quote stands in the files like this") {
    const auto files = repository_files(VRSIM_SOURCE_DIR);
    const auto breaches = quotation_breaches(VRSIM_SOURCE_DIR, files);
    INFO(text_of(breaches));
    CHECK(breaches.empty());
    // The page on kernels is held to its example; without marks it would be held to nothing.
    std::size_t marks = 0;
    for (const std::string& line : lines_of(VRSIM_SOURCE_DIR "/docs/kernels.md")) {
        marks += line.starts_with("<!-- quotes ") ? 1 : 0;
    }
    CHECK(marks >= 7);
}

TEST_CASE("a quotation that a file does not hold is caught") {
    const TemporaryFolder folder;
    write_text(folder.path() / "a.cpp", "one\n    two {\n        three\n\n    }\nfour\n");
    write_text(folder.path() / "good.md",
               "<!-- quotes a.cpp -->\n\n    two {\n        three\n\n    }\n\ntext\n"
               "<!-- quotes a.cpp -->\n    one\n");
    write_text(folder.path() / "bad.md",
               "<!-- quotes a.cpp -->\n\n    two {\n    three\n\n"  // indented otherwise
               "<!-- quotes a.cpp -->\n\n    one\n    three\n\n"    // a line left out
               "<!-- quotes b.cpp -->\n\n    one\n\n"
               "<!-- quotes a.cpp -->\ntext\n"
               "<!-- quotes a.cpp -->\n\n    four\n    five\n");
    const auto breaches = quotation_breaches(folder.path(), files_below(folder.path()));
    INFO(text_of(breaches));
    REQUIRE(breaches.size() == 5);
    CHECK(breaches[0].text() == "bad.md:1: quotes lines that are not in a.cpp like this");
    CHECK(breaches[1].text() == "bad.md:6: quotes lines that are not in a.cpp like this");
    CHECK(breaches[2].text() == "bad.md:11: quotes b.cpp, which does not exist");
    CHECK(breaches[3].text() == "bad.md:15: quotes nothing of a.cpp");
    CHECK(breaches[4].text() == "bad.md:17: quotes lines that are not in a.cpp like this");
}
