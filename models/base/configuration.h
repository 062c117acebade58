// SPDX-License-Identifier: Apache-2.0
// Configuration: TOML presets, profiles and --set, bound to the config structs of units. Every
// problem carries file, line and column; all problems of one reading are reported together.
//
//     Configuration configuration = Configuration::load(
//         {.platform = "rubin", .profile = "shipping_2026q4", .sets = {"gpu.sm.clock=2 GHz"}});
//     const auto l2 = configuration.bind<L2Config>("gpu.l2");
//     configuration.finish();  // throws InputError: unknown or missing keys, units, ranges
//
// A value in a preset is a table with its provenance, or, in a user's own file, a plain value:
//     slices   = {value = 256, status = "estimated", source = "sized like B200; sweep 128 to 512"}
//     capacity = "192 MiB"
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/error.h"
#include "models/base/parameter.h"
#include "models/base/quantity.h"

namespace vr {

/// How far a number can be trusted.
enum class Status { kPublished, kDerived, kEstimated, kCalibrated, kDefault, kUser };
[[nodiscard]] std::string_view status_name(Status status);

/// One bound parameter: a line of the ledger.
struct LedgerEntry {
    std::string path;     ///< from the platform root, e.g. "gpu.l2.capacity"
    std::string value;    ///< as text with its unit, e.g. "192 MiB"
    std::string unit;     ///< base unit of the type ("B", "fs", "Hz", ...), "" when dimensionless
    std::string allowed;  ///< range or words, as text
    std::string help;
    Status status = Status::kUser;
    std::string source;
    std::string file;  ///< where the value was given; "" for a default
    std::uint32_t line = 0;
    std::string without_effect{};  ///< why its value changes nothing; "" when it does
};

/// What to load.
struct ConfigurationRequest {
    std::string platform = "rubin";  ///< name of a preset, or path of a TOML file (ends in .toml)
    std::string profile;             ///< name of an overlay in the preset; "" for none
    std::vector<std::string> sets;   ///< "path=value"; path from the root or a unique tail of one
    std::vector<std::string> preset_folders;  ///< where presets are looked for, in order
    std::string kind = "platform";            ///< what an unknown name is called in its message
};

/// A loaded configuration. Copies share nothing.
class Configuration {
  public:
    /// Reads the preset, what it extends, the profile and the sets. Problems that stop the reading
    /// (missing file, syntax, unknown profile) throw InputError; others are collected until
    /// finish().
    [[nodiscard]] static Configuration load(const ConfigurationRequest& request);
    ~Configuration();
    Configuration(Configuration&&) noexcept;
    Configuration& operator=(Configuration&&) noexcept;

    /// Reads the parameters of `Config` below `path`.
    template <class Config>
    [[nodiscard]] Config bind(std::string_view path) {
        Config config{};
        Binder binder{*this, Scope{std::string(path), {}}};
        config.parameters(binder);
        return config;
    }

    /// Reads the parameters of instance `index` of the unit at `path`: a key that was given for
    /// this instance
    /// ("gpu.sm[3].clock", by --set or as [gpu."sm[3]"] in a file), otherwise the key of all
    /// instances
    /// ("gpu.sm.clock"). Only keys given for the instance get a line of their own in the ledger.
    template <class Config>
    [[nodiscard]] Config bind_instance(std::string_view path, std::uint32_t index) {
        Config config{};
        Binder binder{*this, instance_scope(path, index)};
        config.parameters(binder);
        return config;
    }

    /// Whether the file, what it extends or the profile gives anything at or below `path`.
    [[nodiscard]] bool has(std::string_view path) const;

    /// Reports a problem that a unit found in its bound values (an inconsistent pair, say), at the
    /// place where `path` was given.
    void problem(std::string_view path, std::string what, std::string allowed,
                 std::string hint = {});

    /// A unit says that the value of a bound parameter changes nothing, and which others make it
    /// so.
    void without_effect(std::string_view path, std::string why);

    /// Resolves --set paths, reports keys that nobody read, and throws InputError when anything was
    /// wrong.
    void finish();
    /// The same for who binds some units of a platform only: of the root, and of the tables in which
    /// a key was read, none may be left unread; others may stay.
    void finish_part();

    /// Every parameter in the order in which it was bound.
    [[nodiscard]] const std::vector<LedgerEntry>& ledger() const;
    /// The expanded configuration as TOML text that loads back to the same values.
    [[nodiscard]] std::string expanded() const;
    /// Name of the platform and of the profile, as given.
    [[nodiscard]] const std::string& platform() const;
    [[nodiscard]] const std::string& profile() const;
    /// Names of the presets found in the folders, sorted.
    [[nodiscard]] static std::vector<std::string> presets(const std::vector<std::string>& folders);

  private:
    /// Where a config struct is bound: its path, and the path of the one instance meant ("" for
    /// all).
    struct Scope {
        std::string path;
        std::string instance;
    };
    [[nodiscard]] Scope instance_scope(std::string_view path, std::uint32_t index);
    [[nodiscard]] static Scope inner_scope(const Scope& scope, std::string_view name);

    class Binder {
      public:
        Binder(Configuration& owner, Scope scope) : owner_(owner), scope_(std::move(scope)) {}
        template <class Value>
        void operator()(std::string_view name, Value& value, const Allowed& allowed,
                        std::string_view help) {
            owner_.read(scope_, name, value, allowed, help, nullptr);
        }
        template <class Value>
        void optional(std::string_view name, Value& value, std::string_view standard,
                      const Allowed& allowed, std::string_view help) {
            owner_.read(scope_, name, value, allowed, help, &standard);
        }
        template <class Config>
        void group(std::string_view name, Config& config) {
            Binder inner{owner_, inner_scope(scope_, name)};
            config.parameters(inner);
        }

      private:
        Configuration& owner_;
        Scope scope_;
    };

    Configuration();
    // One overload per type of parameter. `standard` is the default as text, or null when the key
    // is required. After a problem the value is the lowest allowed one (finish() throws anyway), so
    // that nothing divides by zero.
    void read(const Scope& scope, std::string_view name, Time& value, const Allowed& allowed,
              std::string_view help, const std::string_view* standard);
    void read(const Scope& scope, std::string_view name, Bytes& value, const Allowed& allowed,
              std::string_view help, const std::string_view* standard);
    void read(const Scope& scope, std::string_view name, Frequency& value, const Allowed& allowed,
              std::string_view help, const std::string_view* standard);
    void read(const Scope& scope, std::string_view name, Bandwidth& value, const Allowed& allowed,
              std::string_view help, const std::string_view* standard);
    void read(const Scope& scope, std::string_view name, BitRate& value, const Allowed& allowed,
              std::string_view help, const std::string_view* standard);
    void read(const Scope& scope, std::string_view name, Cycles& value, const Allowed& allowed,
              std::string_view help, const std::string_view* standard);
    void read(const Scope& scope, std::string_view name, BytesPerCycle& value,
              const Allowed& allowed, std::string_view help, const std::string_view* standard);
    void read(const Scope& scope, std::string_view name, Energy& value, const Allowed& allowed,
              std::string_view help, const std::string_view* standard);
    void read(const Scope& scope, std::string_view name, std::int64_t& value,
              const Allowed& allowed, std::string_view help, const std::string_view* standard);
    void read(const Scope& scope, std::string_view name, bool& value, const Allowed& allowed,
              std::string_view help, const std::string_view* standard);
    void read(const Scope& scope, std::string_view name, std::string& value, const Allowed& allowed,
              std::string_view help, const std::string_view* standard);

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The parameters of one unit of a preset, for a program of one's own:
/// load_part<Hbm4Config>("rubin", "gpu.hbm4", {VRSIM_PRESETS}). Throws InputError.
template <class Config>
[[nodiscard]] Config load_part(std::string_view platform, std::string_view path,
                               std::vector<std::string> preset_folders,
                               std::vector<std::string> sets = {}) {
    ConfigurationRequest request;
    request.platform = platform;
    request.preset_folders = std::move(preset_folders);
    request.sets = std::move(sets);
    Configuration configuration = Configuration::load(request);
    const auto config = configuration.bind<Config>(path);
    configuration.finish_part();
    return config;
}

/// Parses a quantity written with its unit ("19.5 ns", "192 MiB", "22 TB/s") into base units,
/// exactly. On failure returns false and puts what is allowed into `allowed`.
[[nodiscard]] bool parse_quantity(std::string_view text, Time& value, std::string& allowed);
[[nodiscard]] bool parse_quantity(std::string_view text, Bytes& value, std::string& allowed);
[[nodiscard]] bool parse_quantity(std::string_view text, Frequency& value, std::string& allowed);
[[nodiscard]] bool parse_quantity(std::string_view text, Bandwidth& value, std::string& allowed);
[[nodiscard]] bool parse_quantity(std::string_view text, BitRate& value, std::string& allowed);
[[nodiscard]] bool parse_quantity(std::string_view text, Cycles& value, std::string& allowed);
[[nodiscard]] bool parse_quantity(std::string_view text, BytesPerCycle& value,
                                  std::string& allowed);
[[nodiscard]] bool parse_quantity(std::string_view text, Energy& value, std::string& allowed);

}  // namespace vr
