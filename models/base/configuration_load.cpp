// SPDX-License-Identifier: Apache-2.0
// Loading: the preset, what it extends, the profile, the metadata.
#include <algorithm>
#include <filesystem>

#include "models/base/configuration_impl.h"

namespace vr {

namespace {

using namespace configuration;
namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".toml";
// A preset may fit this many numbers to measurements; more would be a curve fit, not a model.
constexpr std::size_t kMaxCalibrated = 24;

bool is_file_name(std::string_view text) {
    return text.size() > kSuffix.size() && text.substr(text.size() - kSuffix.size()) == kSuffix;
}

// Loads a preset and all that it extends into one document. Also what a profile extends.
class Loader {
  public:
    Loader(const ConfigurationRequest& request, std::vector<Diagnostic>& problems)
        : folders_(request.preset_folders), kind_(request.kind), problems_(problems) {}

    /// The file of a preset. `from` is the file that names it (empty: the user), `place` where it
    /// does so.
    std::string find(const std::string& name, const std::string& from, const Place& place) const {
        if (is_file_name(name)) {
            return from.empty() || fs::path(name).is_absolute()
                       ? name
                       : (fs::path(from).parent_path() / name).string();
        }
        std::vector<std::string> folders = folders_;
        if (!from.empty()) {  // a preset extends its neighbour, wherever both lie
            folders.push_back(fs::path(from).parent_path().string());
        }
        for (const std::string& folder : folders) {
            const fs::path file = fs::path(folder) / (name + std::string(kSuffix));
            if (fs::is_regular_file(file)) {
                return file.string();
            }
        }
        const std::vector<std::string> known = Configuration::presets(folders_);
        std::string hint = did_you_mean(name, known);
        throw InputError(at(place,
                            from.empty() ? fmt::format("unknown {} \"{}\"", kind_, name)
                                         : fmt::format("extends = \"{}\" is no known preset", name),
                            known.empty() ? "the path of a .toml file" : list_of(known),
                            !hint.empty()
                                ? hint
                                : fmt::format("presets are looked for in: {}", list_of(folders_))));
    }

    /// A file with all that it extends below it.
    Document load(const std::string& file, const Place& named_at) {
        const std::string identity = fs::weakly_canonical(file).string();
        chain_.push_back(file);
        if (std::find(identities_.begin(), identities_.end(), identity) != identities_.end()) {
            std::string chain;
            for (const std::string& link : chain_) {
                chain += chain.empty() ? link : " -> " + link;
            }
            throw InputError(at(named_at, fmt::format("extends closes a cycle: {}", chain),
                                "a chain that ends", "remove one extends"));
        }
        identities_.push_back(identity);
        // Two files of a list may extend the same third one: its problems are told once.
        const auto known = loaded_.find(identity);
        Document document =
            known != loaded_.end() ? known->second : with_bases(read(file, named_at));
        loaded_.emplace(identity, document);
        chain_.pop_back();
        identities_.pop_back();
        return document;
    }

    /// `own` over what its key `extends` names, which is gone then; of several the later one lies
    /// over the earlier.
    Document with_bases(Document own) {
        const auto extends = own.values.find("extends");
        if (extends == own.values.end()) {
            return own;
        }
        const Leaf leaf = extends->second;
        own.values.erase(extends);
        Document below;
        for (const Item& item : names_in(leaf)) {
            overlay(below, load(find(item.scalar.text, item.place.file, item.place), item.place),
                    problems_);
        }
        overlay(below, own, problems_);
        return below;
    }

  private:
    Document read(const std::string& file, const Place& named_at) {
        if (!named_at.file.empty() && !fs::is_regular_file(file)) {
            throw InputError(at(named_at, fmt::format("extends names {}, which is no file", file),
                                "the name of a preset or a path relative to this file"));
        }
        return flatten(read_toml(file), problems_);
    }

    // What `extends` names: one text or a list of texts.
    std::vector<Item> names_in(const Leaf& leaf) {
        constexpr std::string_view kAllowed = "the name of a preset or the path of a .toml file";
        const bool list = leaf.scalar.kind == Scalar::Kind::kList;
        if (list && leaf.items.empty()) {
            problems_.push_back(at(leaf.value, "extends = [] names nothing",
                                   fmt::format("{}, or a list of them", kAllowed)));
        }
        std::vector<Item> names;
        for (const Item& item : list ? leaf.items : std::vector<Item>{{leaf.scalar, leaf.value}}) {
            if (item.scalar.kind == Scalar::Kind::kText) {
                names.push_back(item);
                continue;
            }
            problems_.push_back(
                at(item.place,
                   fmt::format("{} is {}",
                               assignment(list ? "an item of extends" : "extends", item.scalar),
                               item.scalar.kind_name()),
                   std::string(kAllowed)));
        }
        return names;
    }

    const std::vector<std::string>& folders_;
    const std::string& kind_;
    std::vector<Diagnostic>& problems_;
    std::vector<std::string> chain_;
    std::vector<std::string> identities_;
    std::map<std::string, Document> loaded_;  // by identity
};

// Takes everything below `table` out of `document`; paths in the result start below it.
Document take(Document& document, const std::string& table) {
    Document taken;
    const auto move = [&](auto& from, auto& to) {
        for (auto it = from.begin(); it != from.end();) {
            if (is_below(it->first, table)) {
                to.emplace(it->first.substr(table.size() + 1), std::move(it->second));
                it = from.erase(it);
            } else {
                ++it;
            }
        }
    };
    move(document.values, taken.values);
    move(document.tables, taken.tables);
    document.tables.erase(table);
    return taken;
}

std::vector<std::string> profile_names(const Document& profiles) {
    std::vector<std::string> names;
    for (const auto& [path, place] : profiles.tables) {
        if (path.find('.') == std::string::npos) {
            names.push_back(path);
        }
    }
    return names;
}

void apply_profile(Document& document, const std::string& file, const std::string& name,
                   Loader& loader, std::vector<Diagnostic>& problems) {
    Document profiles = take(document, "profile");
    for (const auto& [path, leaf] : profiles.values) {
        if (path.find('.') == std::string::npos) {
            problems.push_back(at(
                leaf.key,
                assignment("profile." + path, leaf.scalar) + " is a value where a table is needed",
                "tables such as [profile.NAME.gpu.l2]"));
        }
    }
    const std::vector<std::string> names = profile_names(profiles);
    if (name.empty()) {
        return;
    }
    if (std::find(names.begin(), names.end(), name) == names.end()) {
        throw InputError(at({file}, fmt::format("unknown profile \"{}\"", name),
                            names.empty() ? "no profile (this preset has none)" : list_of(names),
                            did_you_mean(name, names)));
    }
    Document chosen = take(profiles, name);
    chosen.values.erase("description");  // says to a reader what the profile is for
    Document whole = loader.with_bases(std::move(chosen));
    static_cast<void>(take(whole, "platform"));  // of what it extends: the preset keeps its name
    static_cast<void>(take(whole, "profile"));
    overlay(document, whole, problems);
}

void read_metadata(Document& document, std::string& name, std::string& description,
                   std::vector<Diagnostic>& problems) {
    Document metadata = take(document, "platform");
    for (const auto& [key, leaf] : metadata.values) {
        const std::string path = "platform." + key;
        if (key != "name" && key != "description") {
            problems.push_back(at(leaf.key, assignment(path, leaf.scalar) + " is an unknown key",
                                  "name, description", did_you_mean(key, {"name", "description"})));
        } else if (leaf.scalar.kind != Scalar::Kind::kText) {
            problems.push_back(
                at(leaf.value,
                   fmt::format("{} is {}", assignment(path, leaf.scalar), leaf.scalar.kind_name()),
                   "text"));
        } else {
            (key == "name" ? name : description) = leaf.scalar.text;
        }
    }
}

void count_calibrated(const Document& document, std::vector<Diagnostic>& problems) {
    std::vector<const std::pair<const std::string, Leaf>*> calibrated;
    for (const auto& entry : document.values) {
        if (entry.second.status == Status::kCalibrated) {
            calibrated.push_back(&entry);
        }
    }
    if (calibrated.size() <= kMaxCalibrated) {
        return;
    }
    // Name the last one in the files: the one that a user has most likely just added.
    const auto last = *std::max_element(calibrated.begin(), calibrated.end(), [](auto a, auto b) {
        const Place& p = a->second.key;
        const Place& q = b->second.key;
        return std::tie(p.file, p.line, p.column) < std::tie(q.file, q.line, q.column);
    });
    problems.push_back(
        at(last->second.key,
           fmt::format("{} makes {} calibrated values", last->first, calibrated.size()),
           fmt::format("at most {} in a preset", kMaxCalibrated),
           "derive or cite some of them instead"));
}

}  // namespace

Configuration::Configuration() : impl_(std::make_unique<Impl>()) {}
Configuration::~Configuration() = default;
Configuration::Configuration(Configuration&&) noexcept = default;
Configuration& Configuration::operator=(Configuration&&) noexcept = default;

Configuration Configuration::load(const ConfigurationRequest& request) {
    Configuration result;
    Impl& impl = *result.impl_;
    impl.platform = request.platform;
    impl.profile = request.profile;
    Loader loader(request, impl.problems);
    impl.file = loader.find(request.platform, {}, {});
    impl.document = loader.load(impl.file, {});
    apply_profile(impl.document, impl.file, request.profile, loader, impl.problems);
    read_metadata(impl.document, impl.title, impl.description, impl.problems);
    count_calibrated(impl.document, impl.problems);
    impl.settings = read_settings(request.sets, impl.document, impl.problems);
    return result;
}

std::vector<std::string> Configuration::presets(const std::vector<std::string>& folders) {
    std::vector<std::string> names;
    for (const std::string& folder : folders) {
        if (!fs::is_directory(folder)) {
            continue;
        }
        for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
            if (entry.is_regular_file() && entry.path().extension() == kSuffix) {
                names.push_back(entry.path().stem().string());
            }
        }
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

const std::string& Configuration::platform() const {
    return impl_->platform;
}
const std::string& Configuration::profile() const {
    return impl_->profile;
}

}  // namespace vr
