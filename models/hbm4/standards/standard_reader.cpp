// SPDX-License-Identifier: Apache-2.0
// Reads a standard's table. Every key is known, every word one of a list.
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "models/base/configuration_document.h"
#include "models/base/error.h"
#include "models/hbm4/ecc/word_code.h"
#include "models/hbm4/standards/standard.h"

namespace vr::hbm4 {

namespace {

using namespace configuration;

class Reader {
  public:
    Standard read(const TomlNode& root) {
        Standard standard;
        for (const TomlNode& node : root.children) {
            if (node.name == "standard") {
                read_head(node, standard);
            } else if (node.name == "command") {
                commands(node, standard);
            } else if (node.name == "rule") {
                for (const TomlNode& one : node.children) {
                    rule(one, standard);
                }
            } else if (node.name == "ecc") {
                error_correction(node, standard.ecc);
            } else {
                unknown(node, "", {"standard", "command", "rule", "ecc"});
            }
        }
        if (standard.rules.empty()) {
            throw InputError(at(root.value, "the table has no rule", "tables [rule.NAME]"));
        }
        for (const Rule& rule : standard.rules) {
            for (const Command command : {rule.after, rule.before}) {
                if (!standard.has(command)) {
                    throw InputError(
                        Diagnostic{rule.at, 0, 0,
                                   fmt::format("rule.{} is of {}, which the table "
                                               "does not have",
                                               rule.name, name_of(command)),
                                   fmt::format("a table [command.{}]", name_of(command)), ""});
                }
            }
        }
        return standard;
    }

  private:
    [[noreturn]] static void unknown(const TomlNode& node, const std::string& table,
                                     const std::vector<std::string>& allowed) {
        throw InputError(at(node.key, join(table, node.name) + " is an unknown key",
                            list_of(allowed), did_you_mean(node.name, allowed)));
    }
    static const std::string& text(const TomlNode& node, const std::string& table) {
        if (node.scalar.kind != Scalar::Kind::kText) {
            throw InputError(at(node.value,
                                assignment(join(table, node.name), node.scalar) + " is " +
                                    std::string(node.scalar.kind_name()),
                                "text"));
        }
        return node.scalar.text;
    }
    static std::optional<std::int64_t> whole_number(const TomlNode& node) {
        constexpr std::size_t kMostDigits = 9;  // enough for every number here
        if (node.scalar.kind != Scalar::Kind::kInteger || node.scalar.text.size() > kMostDigits) {
            return std::nullopt;
        }
        return std::stoll(node.scalar.text);
    }
    static std::int64_t window_of(const TomlNode& node, const std::string& table) {
        constexpr std::int64_t kMost = 99;
        const std::optional<std::int64_t> given = whole_number(node);
        if (!given || *given < 1 || *given > kMost) {
            throw InputError(at(node.value, assignment(join(table, node.name), node.scalar),
                                fmt::format("1 to {} commands", kMost)));
        }
        return *given;
    }
    static std::int64_t one_of(const TomlNode& node, const std::string& table,
                               const std::vector<std::int64_t>& allowed) {
        const std::optional<std::int64_t> given = whole_number(node);
        if (!given || std::find(allowed.begin(), allowed.end(), *given) == allowed.end()) {
            throw InputError(at(node.value, assignment(join(table, node.name), node.scalar),
                                fmt::format("{}", fmt::join(allowed, ", "))));
        }
        return *given;
    }
    template <class Word, std::size_t Count>
    static Word word(const TomlNode& node, const std::string& table) {
        const std::string& given = text(node, table);
        std::vector<std::string> allowed;
        for (std::size_t i = 0; i < Count; ++i) {
            allowed.emplace_back(name_of(static_cast<Word>(i)));
            if (allowed.back() == given) {
                return static_cast<Word>(i);
            }
        }
        throw InputError(at(node.value, fmt::format("{} = \"{}\"", join(table, node.name), given),
                            list_of(allowed), did_you_mean(given, allowed)));
    }

    static void read_head(const TomlNode& node, Standard& standard) {
        for (const TomlNode& key : node.children) {
            if (key.name == "name") {
                standard.name = text(key, node.name);
            } else if (key.name == "document") {
                standard.document = text(key, node.name);
            } else {
                unknown(key, node.name, {"name", "document"});
            }
        }
    }

    // The core knows the commands: the table says the same for its readers, and is checked.
    static void commands(const TomlNode& node, Standard& standard) {
        for (const TomlNode& one : node.children) {
            const TomlNode name{one.name, {Scalar::Kind::kText, one.name}, one.key, one.key, {}};
            const auto command = word<Command, kCommandCount>(name, "command");
            const bool column = command == Command::kRead || command == Command::kWrite;
            standard.commands.push_back(command);
            const std::string table = "command." + one.name;
            for (const TomlNode& key : one.children) {
                const std::string& given = text(key, table);
                const std::string expected =
                    key.name == "bus" ? (column ? "column" : "row")
                    : key.name == "slots" && command == Command::kActivate ? "activate_slots"
                    : key.name == "stands_for" && command == Command::kPrechargeAll ? "PRE"
                                                                                    : "";
                if (expected.empty()) {
                    unknown(key, table, {"bus", "slots (of ACT)", "stands_for (of PREab)"});
                }
                if (given != expected) {
                    throw InputError(
                        at(key.value, fmt::format("{}.{} = \"{}\"", table, key.name, given),
                           "\"" + expected + "\", which is what the controller sends"));
                }
            }
        }
    }

    static void rule(const TomlNode& node, Standard& standard) {
        Rule r;
        r.name = node.name;
        r.at = text_of(node.key);
        const std::string table = "rule." + node.name;
        std::vector<std::string> missing = {"after",    "before", "place",
                                            "distance", "source", "status"};
        for (const TomlNode& key : node.children) {
            std::erase(missing, key.name);
            if (key.name == "after") {
                r.after = word<Command, kCommandCount>(key, table);
            } else if (key.name == "before") {
                r.before = word<Command, kCommandCount>(key, table);
            } else if (key.name == "place") {
                r.place = word<Place, 5>(key, table);
            } else if (key.name == "distance") {
                terms(key, table, r);
            } else if (key.name == "window") {
                r.window = window_of(key, table);
            } else if (key.name == "status") {
                r.status = status(key, table);
            } else if (key.name == "source") {
                r.source = text(key, table);
            } else {
                unknown(key, table,
                        {"after", "before", "place", "distance", "window", "status", "source"});
            }
        }
        if (!missing.empty()) {
            throw InputError(at(node.key, fmt::format("[{}] lacks {}", table, list_of(missing)),
                                "all of after, before, place, distance, status, source"));
        }
        if (const Rule* same = standard.rule(r.after, r.before, r.place, r.window)) {
            throw InputError(at(node.key,
                                fmt::format("[{}] says the same as [rule.{}]", table, same->name),
                                "one rule between two commands at a place"));
        }
        standard.rules.push_back(std::move(r));
    }

    static std::string status(const TomlNode& key, const std::string& table) {
        const std::vector<std::string> allowed = {"published", "derived", "estimated"};
        const std::string& given = text(key, table);
        if (std::find(allowed.begin(), allowed.end(), given) == allowed.end()) {
            throw InputError(at(key.value, fmt::format("{}.status = \"{}\"", table, given),
                                list_of(allowed), did_you_mean(given, allowed)));
        }
        return given;
    }

    // Tables [ecc.mode], [ecc.metadata_bytes], [ecc.sideband_word_bits]: each a value, its status
    // and its source.
    static void error_correction(const TomlNode& node, StandardEcc& ecc) {
        std::vector<std::string> missing = {"mode", "metadata_bytes", "sideband_word_bits"};
        for (const TomlNode& one : node.children) {
            const std::string table = "ecc." + one.name;
            if (std::erase(missing, one.name) == 0) {
                unknown(one, node.name, {"mode", "metadata_bytes", "sideband_word_bits"});
            }
            std::vector<std::string> lacks = {"value", "status", "source"};
            for (const TomlNode& key : one.children) {
                std::erase(lacks, key.name);
                if (key.name == "status") {
                    (void)status(key, table);
                } else if (key.name == "source") {
                    (void)text(key, table);
                } else if (key.name != "value") {
                    unknown(key, table, {"value", "status", "source"});
                } else if (one.name == "mode") {
                    ecc.mode = word<EccMode, kEccModes>(key, table);
                } else if (one.name == "metadata_bytes") {
                    ecc.metadata_bytes = one_of(key, table, {0, 2, 4});  // whole symbols
                } else {
                    ecc.sideband_word_bits = one_of(key, table, {64, 128, kWordBytes * 8});
                }
            }
            if (!lacks.empty()) {
                throw InputError(at(one.key, fmt::format("[{}] lacks {}", table, list_of(lacks)),
                                    "all of value, status, source"));
            }
        }
        if (!missing.empty()) {
            throw InputError(at(node.key, fmt::format("[ecc] lacks {}", list_of(missing)),
                                "all of [ecc.mode], [ecc.metadata_bytes], "
                                "[ecc.sideband_word_bits], or none"));
        }
    }

    // "write_latency + burst + t_wr"
    static void terms(const TomlNode& key, const std::string& table, Rule& r) {
        std::istringstream words(text(key, table));
        std::string term;
        bool plus = false;
        while (words >> term) {
            if (plus != (term == "+")) {
                break;
            }
            if (!plus) {
                if (!is_time_parameter(term)) {
                    throw InputError(
                        at(key.value, fmt::format("{}.distance: {} is no time", table, term),
                           list_of(time_parameters()), did_you_mean(term, time_parameters())));
                }
                r.terms.push_back(term);
            }
            plus = !plus;
        }
        if (words || !plus) {
            throw InputError(at(key.value,
                                fmt::format("{}.distance = \"{}\"", table, key.scalar.text),
                                "names of parameters with + between them"));
        }
    }
    static const std::vector<std::string>& time_parameters() {
        static const std::vector<std::string> kNames = [] {
            Hbm4Config config;
            config.clock = {1};  // any: only the names are asked for
            return ParameterTicks(config).names();
        }();
        return kNames;
    }
    static bool is_time_parameter(const std::string& name) {
        const std::vector<std::string>& names = time_parameters();
        return std::find(names.begin(), names.end(), name) != names.end();
    }
};

}  // namespace

Standard read_standard(const std::string& text, const std::string& file) {
    return Reader().read(parse_toml(text, file));
}

}  // namespace vr::hbm4
