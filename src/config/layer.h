#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/ini.h"

namespace vitrine::config {

/// Sections match in any case, but for DEFAULT: that name must be in upper case.
std::string group_key(std::string_view group);

/// `-` and `_` are the same in names of options.
std::string name_key(std::string_view name);

/// Everything that one source says: a file, the environment, the command line.
struct Layer {
  /// Lower ones give way to higher ones. Values of a repeatable text add up within a rank, not across.
  enum class Rank { remote, file, environment, command_line };

  struct Group {
    std::string written;  ///< as it stands in the file
    int line = 0;
    std::map<std::string, std::vector<IniEntry>, std::less<>> options;  ///< by name_key
  };

  Rank rank = Rank::file;
  std::string origin;  ///< path or URI; empty for the environment and the command line
  std::map<std::string, Group, std::less<>> groups;  ///< by group_key

  void add(std::string_view group, int group_line, IniEntry entry);

  /// All values that this source gives an option, or null.
  const std::vector<IniEntry>* find(std::string_view group, std::string_view name) const;
};

/// Puts what an INI text says into a layer; its faults become findings.
Layer read_layer(Layer::Rank rank, const std::string& origin, std::string_view text,
                 std::vector<Finding>& findings);

/// As read_layer for a file; a file that cannot be read is a finding and an empty layer.
Layer read_file_layer(const std::filesystem::path& file, std::vector<Finding>& findings);

/// The variables OS_<GROUP>__<NAME> of the environment.
Layer environment_layer();

Layer command_line_layer(const std::vector<std::pair<std::string, std::string>>& overrides);

}  // namespace vitrine::config
