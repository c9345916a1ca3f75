#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/config.h"
#include "config/resolver.h"
#include "config/search.h"
#include "config/value.h"

namespace vitrine::config {

/// What an option means in one group: its value, or why it has none.
struct Reading {
  Value value;
  std::string fault;
};

/// All that a Config knows once it is built.
struct Config::State {
  State(const Search& search, const OptionList& known);

  /// An option of this group that was read when the configuration was built, or null. The group is a
  /// group_key.
  const Reading* reading(std::string_view group, std::string_view name) const;

  Reading read(const Declaration& declaration, std::string_view group) const;

  /// Where the value that counts was written, if anybody set it.
  std::optional<Finding> place(std::string_view group, std::string_view name) const;

  std::vector<std::filesystem::path> places_of_file(const std::filesystem::path& name) const;
  std::optional<std::filesystem::path> find_file(const std::filesystem::path& name) const;

  FoundFiles found;
  std::vector<Finding> findings;
  Resolver resolver;
  std::unordered_map<NameView, Reading, NameHash> readings;

 private:
  Reading check(const Declaration& declaration, std::string_view group);
  void report(const Found& place, Finding::Severity severity, std::string message);
  void sort_findings();
};

}  // namespace vitrine::config
