#include "access/paste_file.h"

#include <fmt/format.h>

#include <iterator>
#include <sstream>
#include <utility>

namespace vitrine::access {
namespace {

using config::IniEntry;
using config::IniFile;
using config::IniSection;

const IniSection* find_section(const IniFile& paste, std::string_view kind, std::string_view name) {
  const std::string wanted = fmt::format("{}:{}", kind, name);
  for (const IniSection& section : paste.sections) {
    if (section.name == wanted) return &section;
  }
  return nullptr;
}

const IniEntry* find_entry(const IniFile& paste, std::string_view kind, std::string_view name,
                           std::string_view key) {
  const IniSection* section = find_section(paste, kind, name);
  if (section == nullptr) return nullptr;
  for (const IniEntry& entry : section->entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream{text};
  return {std::istream_iterator<std::string>(stream), {}};
}

std::string pipeline_behind(const IniFile& paste, std::string name) {
  constexpr int deepest_nesting = 8;
  for (int i = 0; i < deepest_nesting; ++i) {
    // The grammar splits "/: api" at its first colon, so the key is the slash.
    const IniEntry* root = find_entry(paste, "composite", name, "/");
    if (root == nullptr) break;
    name = root->value;
  }
  return name;
}

/// "egg:oslo.middleware#cors" → "oslo.middleware:cors", the form that factories have.
std::string factory_of_egg(std::string_view use) {
  constexpr std::string_view scheme = "egg:";
  if (!use.starts_with(scheme)) return std::string(use);
  std::string factory(use.substr(scheme.size()));
  if (const auto hash = factory.find('#'); hash != std::string::npos) factory[hash] = ':';
  return factory;
}

PasteFilter filter_named(const IniFile& paste, const std::string& name) {
  PasteFilter filter{.name = name, .factory = {}, .options = {}, .line = 0};
  const IniSection* section = find_section(paste, "filter", name);
  if (section == nullptr) return filter;
  filter.line = section->line;
  for (const IniEntry& entry : section->entries) {
    if (entry.key == "paste.filter_factory") {
      filter.factory = entry.value;
    } else if (entry.key == "use") {
      filter.factory = factory_of_egg(entry.value);
    } else {
      filter.options.push_back(entry);
    }
  }
  return filter;
}

}  // namespace

std::optional<PastePipeline> find_pipeline(const IniFile& paste, std::string_view application) {
  const std::string name = pipeline_behind(paste, std::string(application));
  const IniEntry* entry = find_entry(paste, "pipeline", name, "pipeline");
  if (entry == nullptr) return {};
  PastePipeline pipeline{.line = entry->line, .filters = {}};
  std::vector<std::string> names = words(entry->value);
  if (!names.empty()) names.pop_back();  // the application behind the filters
  for (const std::string& filter : names) pipeline.filters.push_back(filter_named(paste, filter));
  return pipeline;
}

}  // namespace vitrine::access
