#include "config/state.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "config/checks.h"
#include "config/glance_options.h"
#include "config/refusals.h"
#include "config/remote.h"

namespace vitrine::config {
namespace {

std::vector<Layer> read_local_layers(const Search& search, const std::vector<std::filesystem::path>& files,
                                     std::vector<Finding>& findings) {
  std::vector<Layer> layers;
  layers.reserve(files.size() + 2);
  for (const std::filesystem::path& file : files) layers.push_back(read_file_layer(file, findings));
  layers.push_back(environment_layer());
  layers.push_back(command_line_layer(search.overrides));
  return layers;
}

Value empty_value(Type type) {
  switch (type) {
    case Type::list:
      return TextList{};
    case Type::map:
      return TextMap{};
    case Type::multi:
      return MultiText{};
    default:
      return {};
  }
}

/// A declared default is taken as it is: it may lie outside the bounds, to mean "choose for me".
Value fallback_value(const Declaration& declaration, const std::vector<std::string>& texts) {
  if (texts.empty() || (declaration.type == Type::multi && texts.front().empty())) {
    return empty_value(declaration.type);
  }
  Declaration free;
  free.type = declaration.type;
  std::string_view text = texts.back();
  const bool has_brackets = declaration.needs_brackets && text.starts_with('[') && text.ends_with(']');
  if (has_brackets) text = text.substr(1, text.size() - 2);
  return parse_value(free, text).value_or(empty_value(declaration.type));
}

std::string fault_message(const Declaration& declaration, const Text& text) {
  const Found& found = *text.found;
  if (!text.fault.empty()) return fmt::format("[{}] {}: {}.", found.group, found.name, text.fault);
  return fmt::format("[{}] {} = {}: accepted is {}.", found.group, found.name,
                     declaration.is_secret ? "****" : text.values.back(), accepted(declaration));
}

Reading read_set(const Declaration& declaration, const Text& text) {
  if (!text.fault.empty()) return {{}, fault_message(declaration, text)};
  if (declaration.type == Type::multi) return {MultiText{text.values}, {}};
  auto value = parse_value(declaration, text.values.back());
  if (!value) return {{}, fault_message(declaration, text)};
  const bool is_unset = std::holds_alternative<std::monostate>(*value);
  if (is_unset && declaration.fallback) return {fallback_value(declaration, {*declaration.fallback}), {}};
  return {std::move(*value), {}};
}

Reading read_text(const Declaration& declaration, const Text& text) {
  if (text.found) return read_set(declaration, text);
  return {fallback_value(declaration, text.values), text.fault};
}

}  // namespace

Config::State::State(const Search& search, const OptionList& known)
    : found(find_files(search)),
      findings(found.findings),
      resolver(read_local_layers(search, found.files, findings), all_declarations(known)) {
  resolver.add_below(read_remote_layers(resolver, search, findings));
  share_options_with_named_sections(resolver);
  for (const Declaration& declaration : resolver.declarations()) {
    for (const std::string& group : resolver.groups_of(declaration)) {
      readings.emplace(NameView{group, declaration.name}, check(declaration, group));
    }
  }
  report_unknown_names(resolver, findings);
  sort_findings();
}

const Reading* Config::State::reading(std::string_view group, std::string_view name) const {
  const auto known = readings.find(NameView{group, name});
  return known == readings.end() ? nullptr : &known->second;
}

Reading Config::State::read(const Declaration& declaration, std::string_view group) const {
  return read_text(declaration, resolver.text(declaration, group));
}

std::optional<Finding> Config::State::place(std::string_view group, std::string_view name) const {
  const std::string group_name = group_key(group);
  const std::string option_name = name_key(name);
  Declaration undeclared;
  undeclared.group = group_name;
  undeclared.name = option_name;
  const Declaration* declaration = resolver.declaration(group_name, option_name);
  const auto where = resolver.find(declaration ? *declaration : undeclared, group_name);
  return where ? std::optional(where->place()) : std::nullopt;
}

std::vector<std::filesystem::path> Config::State::places_of_file(const std::filesystem::path& name) const {
  if (name.empty()) return {};
  std::vector<std::filesystem::path> directories = found.directories;
  for (auto file = found.files.rbegin(); file != found.files.rend(); ++file) {
    directories.push_back(file->parent_path());
  }
  const auto others = search_directories();
  directories.insert(directories.end(), others.begin(), others.end());
  const std::filesystem::path wanted = name.string().starts_with("~") ? expand_path(name) : name;
  std::vector<std::filesystem::path> places;
  for (const std::filesystem::path& directory : directories) {
    std::filesystem::path place = directory / wanted;
    if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(std::move(place));
  }
  return places;
}

std::optional<std::filesystem::path> Config::State::find_file(const std::filesystem::path& name) const {
  for (std::filesystem::path& place : places_of_file(name)) {
    std::error_code ignored;
    if (std::filesystem::exists(place, ignored)) return std::move(place);
  }
  return {};
}

/// Reads an option and reports whatever is worth knowing about it.
Reading Config::State::check(const Declaration& declaration, std::string_view group) {
  const Text text = resolver.text(declaration, group);
  const std::optional<Found>& place = text.found;
  Reading reading = read_text(declaration, text);
  if (!place) return reading;
  report_standing(declaration, *place, findings);
  for (const std::string& name : text.unknown_names) {
    report(*place, Finding::Severity::warning,
           fmt::format(
               "[{}] {} refers to ${}, which is no option. It stays as written; write $$ for a dollar sign.",
               place->group, place->name, name));
  }
  const Refusal* refusal = find_refusal(declaration.group, declaration.name);
  if (!reading.fault.empty()) {
    const bool counts = declaration.is_read || refusal;
    report(*place, counts ? Finding::Severity::error : Finding::Severity::warning, reading.fault);
  } else if (refusal && !is_harmless(*refusal, reading.value)) {
    report(*place, Finding::Severity::error, refusal_message(*refusal, place->group));
  }
  return reading;
}

void Config::State::report(const Found& place, Finding::Severity severity, std::string message) {
  Finding finding = place.place();
  finding.severity = severity;
  finding.message = std::move(message);
  findings.push_back(std::move(finding));
}

/// In the order of the files and their lines. What was found twice, for two stores, is said once.
void Config::State::sort_findings() {
  const auto key = [this](const Finding& finding) {
    const auto file = std::find(found.files.begin(), found.files.end(), finding.file);
    return std::tuple(file - found.files.begin(), std::string_view(finding.file), finding.line,
                      std::string_view(finding.message));
  };
  std::sort(findings.begin(), findings.end(),
            [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
  const auto is_same = [&](const Finding& a, const Finding& b) { return key(a) == key(b); };
  findings.erase(std::unique(findings.begin(), findings.end(), is_same), findings.end());
}

}  // namespace vitrine::config
