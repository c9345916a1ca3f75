#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/option.h"

namespace vitrine::config {

/// Something that is wrong, or worth knowing, in a configuration: where, and what to do about it.
struct Finding {
  enum class Severity { warning, error };
  Severity severity = Severity::error;
  std::string file;  ///< empty: the command line or the environment
  int line = 0;      ///< 0: not known
  std::string message;
};

/// "file:line: error: message"
std::string to_string(const Finding& finding);

/// Which files are read, in the order of the command line.
struct Source {
  enum class Kind { file, directory };
  Kind kind;
  std::filesystem::path path;
};

/// A configuration file behind a URI, with what TLS needs; empty texts are not set.
struct RemoteFile {
  std::string uri;
  std::string ca_path;
  std::string client_cert;
  std::string client_key;
};

/// How a program finds its configuration. Without a --config-file the program's default files are read,
/// without a
/// --config-dir its default directories, then what the command line named, in that order.
struct Search {
  std::string program = "glance-api";  ///< whose default files are looked for
  std::vector<Source> sources;         ///< --config-file and --config-dir as given
  std::vector<std::pair<std::string, std::string>>
      overrides;  ///< from the command line: "group.name" or "name", value
  /// Fetches the text of a remote configuration source; config/ itself speaks no HTTP. Throws Error if it
  /// cannot.
  std::function<std::string(const RemoteFile& file)> fetch_remote;
};

/// A configuration as read at one moment: immutable, may be shared between threads. Values come from, highest
/// first: command line, environment (OS_<GROUP>__<NAME>), files in order, config_source drivers, the option's
/// fallback.
class Config {
 public:
  /// Reads and checks the values of all `known` options and of Glance's others. Does not throw for faults in
  /// files: they are findings. A faulty value of an option that no room reads is a warning only.
  Config(const Search& search, const OptionList& known);
  ~Config();
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;

  /// All faults and warnings, in the order of the files and their lines: syntax, values, deprecated names,
  /// unknown options (once each), options that ask for what this version does not have.
  const std::vector<Finding>& findings() const;
  /// Throws Error{configuration} that lists every finding of severity error; nothing if there is none.
  void require_valid() const;

  /// The option's value. An option whose text is faulty throws Error{configuration}. Costs a hash lookup for
  /// `known` options; others are read anew each time.
  template <class T>
  T get(const Option<T>& option) const;
  /// The value of a per-store option for the store with this group, or of any option in another group than
  /// its own.
  template <class T>
  T get(const Option<T>& option, std::string_view group) const;

  /// Whether anybody set it, under its own or a former name; for a store's option also in [backend_defaults].
  bool is_set(std::string_view group, std::string_view name) const;
  template <class T>
  bool is_set(const Option<T>& option) const {
    return is_set(option.group, option.name);
  }

  /// Where the value that counts was written, as an unfinished finding: fill in severity and message.
  Finding where(std::string_view group, std::string_view name) const;

  /// Where a group's section begins, as an unfinished finding; an environment variable for the group counts
  /// too. Nothing if nobody wrote any.
  std::optional<Finding> find_group(std::string_view group) const;

  /// The groups that appear in the files, as written.
  std::vector<std::string> groups() const;

  /// Finds a side file (policy, paste, schema): absolute paths as they are, else in each --config-dir, the
  /// directories of the config files (last first) and the search directories.
  std::optional<std::filesystem::path> find_file(const std::filesystem::path& name) const;

  /// Every place where find_file() looks for it, in that order and each once; the first that exists is found.
  std::vector<std::filesystem::path> places_of_file(const std::filesystem::path& name) const;

  /// The files that were read, in order.
  const std::vector<std::filesystem::path>& files() const;

 private:
  friend std::vector<std::string> describe_values(const Config& config);

  struct State;
  std::unique_ptr<State> state_;
};

/// "[group] name = value" for every option, sorted, secrets as ****: for the log of a start with `debug`.
std::vector<std::string> describe_values(const Config& config);

}  // namespace vitrine::config
