#include "config/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "base/error.h"
#include "base/text.h"
#include "config/state.h"

namespace vitrine::config {
namespace {

template <class T>
struct As {
  static T take(const Value& value) {
    if (const T* result = std::get_if<T>(&value)) return *result;
    throw Error(ErrorCode::internal, "An option is declared with two types");
  }
};

template <class T>
struct As<std::optional<T>> {
  static std::optional<T> take(const Value& value) {
    if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
    return As<T>::take(value);
  }
};

template <class T>
T take(const Reading& reading) {
  if (!reading.fault.empty()) throw Error(ErrorCode::configuration, reading.fault);
  return As<T>::take(reading.value);
}

struct ToText {
  std::string operator()(std::monostate) const { return "(unset)"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const TextList& value) const { return join(value, ","); }
  std::string operator()(const MultiText& value) const { return join(value.values, ", "); }
  std::string operator()(const TextMap& value) const {
    TextList pairs;
    for (const auto& [key, text] : value) pairs.push_back(fmt::format("{}:{}", key, text));
    return join(pairs, ",");
  }
};

std::string shown(const Declaration& declaration, const Reading& reading) {
  if (!reading.fault.empty()) return "(faulty)";
  std::string text = std::visit(ToText{}, reading.value);
  const bool is_set = !text.empty() && !std::holds_alternative<std::monostate>(reading.value);
  return declaration.is_secret && is_set ? "****" : text;
}

}  // namespace

std::string to_string(const Finding& finding) {
  std::string place = finding.file;
  if (finding.line > 0) place += fmt::format(":{}", finding.line);
  if (!place.empty()) place += ": ";
  const bool is_error = finding.severity == Finding::Severity::error;
  return fmt::format("{}{}: {}", place, is_error ? "error" : "warning", finding.message);
}

Config::Config(const Search& search, const OptionList& known)
    : state_(std::make_unique<State>(search, known)) {}

Config::~Config() = default;

const std::vector<Finding>& Config::findings() const {
  return state_->findings;
}

void Config::require_valid() const {
  std::vector<std::string> errors;
  for (const Finding& finding : state_->findings) {
    if (finding.severity == Finding::Severity::error) errors.push_back(to_string(finding));
  }
  if (!errors.empty()) throw Error(ErrorCode::configuration, join(errors, "\n"));
}

template <class T>
T Config::get(const Option<T>& option) const {
  assert(option.group != per_store && "say which store is meant");
  return get(option, option.group);
}

template <class T>
T Config::get(const Option<T>& option, std::string_view group) const {
  if (const Reading* known = state_->reading(group, option.name)) return take<T>(*known);
  const std::string key = group_key(group);
  if (const Reading* known = state_->reading(key, option.name)) return take<T>(*known);
  return take<T>(state_->read(declare(&option), key));
}

bool Config::is_set(std::string_view group, std::string_view name) const {
  return state_->place(group, name).has_value();
}

Finding Config::where(std::string_view group, std::string_view name) const {
  return state_->place(group, name).value_or(Finding{});
}

std::optional<Finding> Config::find_group(std::string_view group) const {
  const std::string wanted = group_key(group);
  for (const Layer& layer : state_->resolver.layers()) {
    const auto found = layer.groups.find(wanted);
    if (found != layer.groups.end())
      return Finding{Finding::Severity::error, layer.origin, found->second.line, {}};
  }
  return {};
}

std::vector<std::string> Config::groups() const {
  std::vector<std::string> names;
  for (const Layer& layer : state_->resolver.layers()) {
    if (layer.rank > Layer::Rank::file) continue;
    for (const auto& [key, group] : layer.groups) {
      if (std::find(names.begin(), names.end(), group.written) == names.end()) names.push_back(group.written);
    }
  }
  return names;
}

std::optional<std::filesystem::path> Config::find_file(const std::filesystem::path& name) const {
  return state_->find_file(name);
}

std::vector<std::filesystem::path> Config::places_of_file(const std::filesystem::path& name) const {
  return state_->places_of_file(name);
}

const std::vector<std::filesystem::path>& Config::files() const {
  return state_->found.files;
}

std::vector<std::string> describe_values(const Config& config) {
  const Resolver& resolver = config.state_->resolver;
  std::vector<std::string> lines;
  for (const auto& [name, reading] : config.state_->readings) {
    const Declaration& declaration = *resolver.declaration(name.group, name.name);
    const bool is_another_stores = declaration.group == per_store && name.group != "glance_store";
    if (is_another_stores && !config.is_set(name.group, name.name)) continue;
    lines.push_back(fmt::format("[{}] {} = {}", name.group, name.name, shown(declaration, reading)));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

#define VITRINE_OPTION_TYPE(...)                                             \
  template __VA_ARGS__ Config::get(const Option<__VA_ARGS__>& option) const; \
  template __VA_ARGS__ Config::get(const Option<__VA_ARGS__>& option, std::string_view group) const;

VITRINE_OPTION_TYPE(bool)
VITRINE_OPTION_TYPE(std::int64_t)
VITRINE_OPTION_TYPE(double)
VITRINE_OPTION_TYPE(std::string)
VITRINE_OPTION_TYPE(TextList)
VITRINE_OPTION_TYPE(TextMap)
VITRINE_OPTION_TYPE(MultiText)
VITRINE_OPTION_TYPE(std::optional<bool>)
VITRINE_OPTION_TYPE(std::optional<std::int64_t>)
VITRINE_OPTION_TYPE(std::optional<double>)
VITRINE_OPTION_TYPE(std::optional<std::string>)

}  // namespace vitrine::config
