// SPDX-License-Identifier: Apache-2.0
// What the tests of the configuration share: a folder of TOML files, two small config structs, and
// the problems of a reading as text with the folder's name cut out.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "models/base/configuration.h"

namespace configuration_test {

struct TagConfig {
    std::int64_t ways{};
    bool hashed{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("ways", ways, {"1", "64"}, "ways of each set");
        p.optional("hashed", hashed, "true", {}, "spread sets by a hash of the address");
    }
};

struct L2Config {
    std::int64_t slices{};
    vr::Bytes capacity{};
    vr::Time latency{};
    std::string policy;
    vr::BytesPerCycle width{};
    TagConfig tags{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("slices", slices, {"1", "4096"}, "L2 slices of the whole GPU");
        p("capacity", capacity, {"64 KiB", "1 GiB"}, "L2 capacity of the whole GPU");
        p("latency", latency, {"1 ns", "1 us"}, "unloaded latency of a hit");
        p.optional("policy", policy, "lru", {"lru", "random"}, "which line is replaced");
        p.optional("width", width, "64 B/clk", {"1 B/clk", "1024 B/clk"}, "width of a slice");
        p.group("tags", tags);
    }
};

struct SmConfig {
    vr::Frequency clock{};
    vr::Cycles issue{};
    std::string label;
    template <class Visitor>
    void parameters(Visitor& p) {
        p("clock", clock, {"1 MHz", "10 GHz"}, "clock of the SM");
        p.optional("issue", issue, "2 clk", {}, "cycles from one instruction to the next");
        p.optional("label", label, "", {}, "free text");
    }
};

struct LinkConfig {
    vr::Bandwidth rate{};
    vr::BitRate lane{};
    vr::Frequency clock{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p.optional("rate", rate, "900 GB/s", {}, "per direction");
        p.optional("lane", lane, "200 Gb/s", {}, "of one lane");
        p.optional("clock", clock, "1 GHz", {}, "clock of the link");
    }
};

/// A preset with which nothing is wrong.
inline const std::string kGood = R"([gpu.l2]
slices = 256
capacity = "192 MiB"
latency = "120.5 ns"
[gpu.l2.tags]
ways = 16
[gpu.sm]
clock = "2387.5 MHz"
)";

/// A folder of its own for each test case, removed at its end.
class Folder {
  public:
    Folder()
        : path_(std::filesystem::temp_directory_path() /
                ("vrsim_configuration_test_" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name) << text;
    }
    [[nodiscard]] std::string path(const std::string& name) const {
        return (path_ / name).string();
    }
    [[nodiscard]] vr::ConfigurationRequest request(std::string platform, std::string profile = {},
                                                   std::vector<std::string> sets = {}) const {
        return {std::move(platform), std::move(profile), std::move(sets), {path_.string()}};
    }

    /// The problems of `run()`, each as text, without the folder's path.
    template <class Run>
    [[nodiscard]] std::vector<std::string> problems(Run run) const {
        std::vector<std::string> texts;
        try {
            run();
        } catch (const vr::InputError& error) {
            for (const vr::Diagnostic& diagnostic : error.diagnostics()) {
                texts.push_back(without_folder(diagnostic.text()));
            }
        }
        return texts;
    }
    /// The problems of binding the L2 and the SM of preset "p".
    [[nodiscard]] std::vector<std::string> problems_of(const std::string& text,
                                                       std::vector<std::string> sets = {},
                                                       std::string profile = {}) const {
        write("p.toml", text);
        return problems([&] {
            auto configuration = vr::Configuration::load(request("p", profile, sets));
            static_cast<void>(configuration.bind<L2Config>("gpu.l2"));
            static_cast<void>(configuration.bind<SmConfig>("gpu.sm"));
            configuration.finish();
        });
    }

  private:
    [[nodiscard]] std::string without_folder(std::string text) const {
        const std::string prefix = path_.string() + "/";
        for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) {
            text.erase(at, prefix.size());
        }
        return text;
    }
    std::filesystem::path path_;
};

/// kGood with one line replaced.
inline std::string with_line(const std::string& key, const std::string& line) {
    std::string text = kGood;
    const std::size_t begin = text.find("\n" + key + " = ") + 1;
    text.replace(begin, text.find('\n', begin) - begin, line);
    return text;
}

using Texts = std::vector<std::string>;

}  // namespace configuration_test
