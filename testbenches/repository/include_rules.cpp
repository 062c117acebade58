// SPDX-License-Identifier: Apache-2.0
#include "testbenches/repository/include_rules.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "testbenches/repository/include_graph.h"

namespace vr::test {

namespace {

/// A folder whose subfolders are units of their own, and whose own files may know units outside it.
struct Composite {
    std::string_view folder;
    std::vector<std::string_view> parts;  ///< units outside the folder that it owns
};
const std::vector<Composite> kComposites = {
    {"models/gpu", {"models/hbm4", "models/management_core", "models/c2c"}},
    {"models/vera", {"models/c2c"}},
    {"models/gpu/tpc", {"models/gpu/sm"}},
    // Software, not hardware: kernels are written for an SM and know its parameters.
    {"models/gpu/kernels", {"models/gpu/sm"}},
};

/// Folders of a chip that are no hardware unit: the language in which its units are told what to
/// do, the tags that its caches are made of.
constexpr std::string_view kLanguages[] = {"models/gpu/tile_program", "models/gpu/cache_tags"};

// The unit that a file of models/ belongs to: models/UNIT, or models/CHIP/UNIT, or models/CHIP for
// the chip's own files.
std::string unit_of(const std::string& file) {
    std::string unit = "models";
    for (bool deeper = true; deeper;) {
        const std::size_t slash = file.find('/', unit.size() + 1);
        if (slash == std::string::npos) {
            break;
        }
        unit = file.substr(0, slash);
        deeper = std::any_of(kComposites.begin(), kComposites.end(),
                             [&](const Composite& composite) { return composite.folder == unit; });
    }
    return unit;
}

bool is_module(std::string_view file) {
    return file.ends_with("_module.h") || file.ends_with("_module.cpp");
}

bool is_core(std::string_view file) {
    return lies_in(file, "models") && !is_module(file);
}

bool is_foundation(std::string_view file) {
    return lies_in(file, "models/base") || lies_in(file, "models/numerics") ||
           lies_in(file, "models/transport");
}

// May the unit `from` know files of the unit `to`?
bool unit_may_know(const std::string& from, const std::string& to) {
    if (lies_in(from, to) || lies_in(to, from)) {
        return true;  // itself, the units around it, the units inside it
    }
    for (const Composite& composite : kComposites) {
        if (from == composite.folder &&
            std::any_of(composite.parts.begin(), composite.parts.end(),
                        [&](std::string_view part) { return lies_in(to, part); })) {
            return true;
        }
    }
    return std::any_of(std::begin(kLanguages), std::end(kLanguages), [&](std::string_view known) {
        const std::string_view chip = known.substr(0, known.rfind('/'));
        return to == known && lies_in(from, chip);
    });
}

// What is wrong with a file of models/ that includes `to`; nothing when all is well.
std::optional<std::string> fault_in_models(const std::string& from, const std::string& to) {
    if (lies_in(from, "models/base")) {
        return lies_in(to, "models/base") ? std::nullopt : std::optional("base includes only base");
    }
    if (lies_in(from, "models/numerics")) {
        return lies_in(to, "models/base") || lies_in(to, "models/numerics")
                   ? std::nullopt
                   : std::optional("numerics includes only base and itself");
    }
    if (lies_in(from, "models/transport")) {
        return lies_in(to, "models/base") || lies_in(to, "models/transport")
                   ? std::nullopt
                   : std::optional("transport includes only base and itself");
    }
    if (is_foundation(to)) {
        return std::nullopt;
    }
    if (lies_in(to, "tlm")) {
        return is_module(from) ? std::nullopt : std::optional("a core does not include tlm/");
    }
    if (!lies_in(to, "models")) {
        return "models/ includes only models/ (modules: tlm/ too)";
    }
    if (is_module(to) && !is_module(from)) {
        return "a core does not include a module";
    }
    if (!unit_may_know(unit_of(from), unit_of(to))) {
        return "sibling units meet in ports of transport, never in an include";
    }
    return std::nullopt;
}

/// The second model of HBM4's pseudo-channel: tests and the bench compare the first with it, so
/// that it may know of the unit no more than its parameters.
constexpr std::string_view kOracle = "models/hbm4/oracle";
constexpr std::string_view kOracleKnows[] = {
    "models/hbm4/hbm4_config.h", "models/hbm4/hbm4_energy.h", "models/hbm4/ecc/fault_config.h"};

std::optional<std::string> fault_of_oracle(const std::string& from, const std::string& to) {
    if (lies_in(from, kOracle)) {
        const bool known = lies_in(to, kOracle) || lies_in(to, "models/base") ||
                           std::find(std::begin(kOracleKnows), std::end(kOracleKnows), to) !=
                               std::end(kOracleKnows);
        return known ? std::nullopt
                     : std::optional("the oracle includes only base, itself and hbm4_config.h");
    }
    return lies_in(to, kOracle) && !lies_in(from, "app/bench")
               ? std::optional("only tests and app/bench/ include the oracle")
               : std::nullopt;
}

// A twin in rtl/UNIT stands behind the interface of the core in models/UNIT.
bool is_core_of_twin(const std::string& from, const std::string& to) {
    constexpr std::string_view kRtl = "rtl/";
    const std::size_t slash = from.rfind('/');
    return lies_in(from, "rtl") && slash > kRtl.size() && is_core(to) &&
           lies_in(to, "models/" + from.substr(kRtl.size(), slash - kRtl.size()));
}

std::optional<std::string> fault(const std::string& from, const std::string& to) {
    if (lies_in(to, "testbenches")) {
        return "nothing includes testbenches/";
    }
    if (auto wrong = fault_of_oracle(from, to)) {
        return wrong;
    }
    if (lies_in(from, "models")) {
        return fault_in_models(from, to);
    }
    if (lies_in(from, "tlm") || lies_in(from, "traces") || lies_in(from, "rtl")) {
        const std::string own = from.substr(0, from.find('/'));
        return is_foundation(to) || lies_in(to, own) || is_core_of_twin(from, to)
                   ? std::nullopt
                   : std::optional(own + "/ includes only base, numerics, transport and itself" +
                                   (own == "rtl" ? ", a twin its core too" : ""));
    }
    if (lies_in(from, "firmware")) {
        return lies_in(to, "firmware")
                   ? std::nullopt
                   : std::optional<std::string>("firmware sees generated headers only");
    }
    return std::nullopt;
}

std::optional<std::string> fault_of_line(const std::string& from, const IncludeLine& include) {
    if (is_verilator(include) && !lies_in(from, "rtl")) {
        return "only rtl/ includes Verilator's headers and verilated classes";
    }
    if (is_systemc(include)) {
        const bool refused = is_core(from) || lies_in(from, "traces") || lies_in(from, "rtl") ||
                             lies_in(from, "firmware");
        return refused ? std::optional("only modules, tlm/ and app/ include SystemC")
                       : std::nullopt;
    }
    if (!include.file.empty()) {
        return fault(from, include.file);
    }
    if (!include.angled && !lies_in(from, "app") && !lies_in(from, "firmware")) {
        return "no such file in the repository";
    }
    return std::nullopt;
}

// Follows the includes of a core's file: whatever it reaches, it knows.
class Reach {
  public:
    Reach(const IncludeGraph& graph, const std::string& start) : graph_(graph), start_(start) {}
    /// The first thing that the file must not reach, as "a.h -> b.h: what"; empty when there is
    /// none.
    std::string forbidden() { return visit(start_, {}); }

  private:
    std::string visit(const std::string& file, const std::string& chain) {
        for (const IncludeLine& include : graph_.at(file)) {
            if (is_systemc(include)) {
                return chain + " -> <" + include.target + ">: a core never reaches SystemC";
            }
            if (include.file.empty() || !seen_.insert(include.file).second) {
                continue;
            }
            const std::string further = chain + (chain.empty() ? "" : " -> ") + include.file;
            if (const auto wrong = fault(start_, include.file)) {
                return further + ": " + *wrong;
            }
            if (std::string found = visit(include.file, further); !found.empty()) {
                return found;
            }
        }
        return {};
    }
    const IncludeGraph& graph_;
    const std::string& start_;
    std::set<std::string> seen_;
};

bool is_checked(const std::string& file) {
    for (const char* folder : {"models", "tlm", "traces", "rtl", "app", "firmware"}) {
        if (lies_in(file, folder)) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::vector<Breach> include_breaches(const std::filesystem::path& root) {
    const IncludeGraph graph = read_includes(root);
    std::vector<Breach> breaches;
    for (const auto& [file, includes] : graph) {
        if (!is_checked(file)) {
            continue;
        }
        const std::size_t before = breaches.size();
        for (const IncludeLine& include : includes) {
            if (const auto wrong = fault_of_line(file, include)) {
                breaches.push_back(
                    {file, include.line, "includes " + include.target + ": " + *wrong});
            }
        }
        if (breaches.size() == before && is_core(file)) {
            if (const std::string found = Reach(graph, file).forbidden(); !found.empty()) {
                breaches.push_back({file, 0, "reaches " + found});
            }
        }
    }
    return breaches;
}

}  // namespace vr::test
