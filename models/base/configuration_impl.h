// SPDX-License-Identifier: Apache-2.0
// The inside of a Configuration: the merged document, the --set texts, what has been bound, and all
// problems so far. Private to the configuration engine.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/base/configuration_document.h"

namespace vr {

namespace configuration {

/// File name under which problems of --set are reported, and source of values that it gave.
inline constexpr std::string_view kSetFile = "--set";

/// One --set text. Which parameters it means shows only while parameters are read.
struct Setting {
    std::string path;
    Scalar scalar;
    bool exact = false;                ///< the preset has this very path, so it is no tail
    std::vector<std::string> matches;  ///< parameters that it gave a value to
    std::vector<Diagnostic> problems;  ///< of its value; reported when it has one match
};

/// Reads "path=value"; text that is not of this form is a problem.
[[nodiscard]] std::vector<Setting> read_settings(const std::vector<std::string>& sets,
                                                 const Document& document,
                                                 std::vector<Diagnostic>& problems);
/// True when `setting` means the parameter at `path`: the full path, or a tail of it at a dot. A
/// path of one instance is meant only by a setting that names an instance.
[[nodiscard]] bool matches(const Setting& setting, std::string_view path);

}  // namespace configuration

struct Configuration::Impl {
    using Document = configuration::Document;
    using Setting = configuration::Setting;

    /// What the expanded text needs beside the ledger.
    struct Printed {
        bool quoted;
        std::string note;
    };

    std::string platform;
    std::string profile;
    std::string file;   ///< the main preset file
    std::string title;  ///< name, from [platform]
    std::string description;
    Document document;
    std::vector<Setting> settings;
    std::vector<Diagnostic> problems;
    std::set<std::string> known;  ///< paths of all parameters bound so far
    std::map<std::string, std::set<std::uint32_t>> instances;  ///< indices bound below each path
    std::vector<LedgerEntry> ledger;
    std::vector<Printed> printed;  ///< one per ledger entry
    std::map<std::string, std::size_t> ledger_index;

    /// The setting for `path` (noting the match), or null.
    Setting* setting_for(const std::string& path);
    template <class Value>
    void read(const Scope& scope, std::string_view name, Value& value, const Allowed& allowed,
              std::string_view help, const std::string_view* standard);
    /// Reads one path from a setting or the document; false when neither has it.
    template <class Value>
    bool read_given(const std::string& path, Value& value, const Allowed& allowed,
                    std::string_view help);
    template <class Value>
    void record(const std::string& path, const Value& value, const Allowed& allowed,
                std::string_view help, const configuration::Leaf& leaf);

    void report_unread(std::vector<Diagnostic>& found) const;
    /// Only of tables in which a key was read.
    void report_unread_beside_read(std::vector<Diagnostic>& found) const;
    void report_settings(std::vector<Diagnostic>& found) const;
    // Throws them sorted and once each; nothing when there are none.
    static void refuse(std::vector<Diagnostic> found);
    [[nodiscard]] Diagnostic unread_value(const std::string& path,
                                          const configuration::Leaf& leaf) const;
    /// Names of the known keys directly below `table` (keys and groups).
    [[nodiscard]] std::vector<std::string> keys_in(std::string_view table) const;
    /// What to say about "gpu.sm[300].clock" when gpu.sm is bound per instance; "" when the path
    /// has no index.
    [[nodiscard]] std::string instance_hint(std::string_view path) const;
};

}  // namespace vr
