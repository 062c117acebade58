// SPDX-License-Identifier: Apache-2.0
// Binding: one parameter at a time, from --set, the document or the default, into its field and the
// ledger.
#include <algorithm>

#include "models/base/configuration_impl.h"
#include "models/base/configuration_values.h"

namespace vr {

using namespace configuration;

Configuration::Scope Configuration::inner_scope(const Scope& scope, std::string_view name) {
    return {join(scope.path, name),
            scope.instance.empty() ? std::string{} : join(scope.instance, name)};
}

Configuration::Scope Configuration::instance_scope(std::string_view path, std::uint32_t index) {
    impl_->instances[std::string(path)].insert(index);
    return {std::string(path), fmt::format("{}[{}]", path, index)};
}

Setting* Configuration::Impl::setting_for(const std::string& path) {
    Setting* found = nullptr;
    for (Setting& setting : settings) {
        if (matches(setting, path)) {
            if (std::find(setting.matches.begin(), setting.matches.end(), path) ==
                setting.matches.end()) {
                setting.matches.push_back(path);
            }
            found = &setting;
        }
    }
    return found;
}

template <class Value>
void Configuration::Impl::record(const std::string& path, const Value& value,
                                 const Allowed& allowed, std::string_view help, const Leaf& leaf) {
    if (!ledger_index.emplace(path, ledger.size()).second) {
        return;  // bound before
    }
    ledger.push_back({path, value_text(value), base_unit(value), range_text(value, allowed),
                      std::string(help), leaf.status, leaf.source, leaf.value.file,
                      leaf.value.line});
    printed.push_back({kQuoted<Value>, leaf.note});
}

// After a problem the run cannot start, but units still check their values: give them a possible
// one.
template <class Value>
static Value lowest_allowed(const std::string& path, const Allowed& allowed) {
    Value value{};
    if (!allowed.values.empty()) {
        Fault fault;
        const Scalar lowest{Scalar::Kind::kSetting, std::string(allowed.values.front())};
        ensure(convert(lowest, allowed, value, fault), "the lowest value of {} is not allowed",
               path);
    }
    return value;
}

template <class Value>
bool Configuration::Impl::read_given(const std::string& path, Value& value, const Allowed& allowed,
                                     std::string_view help) {
    Leaf leaf;
    std::vector<Diagnostic>* report = &problems;
    const auto found = document.values.find(path);
    if (Setting* setting = setting_for(path)) {
        leaf.scalar = setting->scalar;
        leaf.key.file = leaf.value.file = leaf.source = std::string(kSetFile);
        report = &setting->problems;
    } else if (found != document.values.end()) {
        leaf = found->second;
    } else if (const auto table = document.tables.find(path); table != document.tables.end()) {
        leaf.scalar.kind = Scalar::Kind::kTable;
        leaf.key = leaf.value = table->second;
    } else {
        return false;
    }
    Fault fault;
    if (!leaf.broken && convert(leaf.scalar, allowed, value, fault)) {
        record(path, value, allowed, help, leaf);
        return true;
    }
    if (!leaf.broken) {
        report->push_back(at(leaf.value,
                             fmt::format("{} {}", assignment(path, leaf.scalar), fault.what),
                             fault.allowed, fault.hint));
    }
    value = lowest_allowed<Value>(path, allowed);
    return true;
}

template <class Value>
void Configuration::Impl::read(const Scope& scope, std::string_view name_of_key, Value& value,
                               const Allowed& allowed, std::string_view help,
                               const std::string_view* standard) {
    const std::string path = join(scope.path, name_of_key);
    known.insert(path);
    if (!scope.instance.empty()) {
        const std::string instance = join(scope.instance, name_of_key);
        if (read_given(instance, value, allowed, help)) {
            known.insert(instance);
            return;
        }
    }
    if (read_given(path, value, allowed, help)) {
        return;
    }
    Fault fault;
    if (standard == nullptr) {
        problems.push_back(at({file}, path + " is missing", expected(value, allowed),
                              fmt::format("it is: {}", help)));
        value = lowest_allowed<Value>(path, allowed);
        return;
    }
    Leaf leaf;
    leaf.scalar = {Scalar::Kind::kSetting, std::string(*standard)};
    leaf.status = Status::kDefault;
    ensure(convert(leaf.scalar, allowed, value, fault), "the default {} {}",
           assignment(path, leaf.scalar), fault.what);
    record(path, value, allowed, help, leaf);
}

bool Configuration::has(std::string_view path) const {
    const auto within = [&](const auto& entry) {
        return entry.first == path || is_below(entry.first, path);
    };
    return std::any_of(impl_->document.tables.begin(), impl_->document.tables.end(), within) ||
           std::any_of(impl_->document.values.begin(), impl_->document.values.end(), within);
}

void Configuration::problem(std::string_view path, std::string what, std::string allowed,
                            std::string hint) {
    const std::string key(path);
    Place place{impl_->file, 0, 0};
    std::string subject = key;
    const auto setting =
        std::find_if(impl_->settings.begin(), impl_->settings.end(), [&](const Setting& s) {
            return std::find(s.matches.begin(), s.matches.end(), key) != s.matches.end();
        });
    if (setting != impl_->settings.end()) {
        place = {std::string(kSetFile), 0, 0};
        subject = assignment(path, setting->scalar);
    } else if (const auto leaf = impl_->document.values.find(key);
               leaf != impl_->document.values.end()) {
        place = leaf->second.value;
        subject = assignment(path, leaf->second.scalar);
    } else if (const auto table = impl_->document.tables.find(key);
               table != impl_->document.tables.end()) {
        place = table->second;
    }
    impl_->problems.push_back(
        at(place, fmt::format("{}: {}", subject, what), std::move(allowed), std::move(hint)));
}

void Configuration::without_effect(std::string_view path, std::string why) {
    const auto entry = std::find_if(impl_->ledger.begin(), impl_->ledger.end(),
                                    [&](const LedgerEntry& e) { return e.path == path; });
    if (entry != impl_->ledger.end()) {  // else its value is missing or wrong, which is told
        entry->without_effect = std::move(why);
    }
}

#define VRSIM_READ(Type)                                                             \
    void Configuration::read(const Scope& scope, std::string_view name, Type& value, \
                             const Allowed& allowed, std::string_view help,          \
                             const std::string_view* standard) {                     \
        impl_->read(scope, name, value, allowed, help, standard);                    \
    }
VRSIM_READ(Time)
VRSIM_READ(Bytes)
VRSIM_READ(Frequency)
VRSIM_READ(Bandwidth)
VRSIM_READ(BitRate)
VRSIM_READ(Cycles)
VRSIM_READ(BytesPerCycle)
VRSIM_READ(Energy)
VRSIM_READ(std::int64_t)
VRSIM_READ(bool)
VRSIM_READ(std::string)
#undef VRSIM_READ

}  // namespace vr
