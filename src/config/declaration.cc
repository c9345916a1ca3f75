#include "config/declaration.h"

#include <fmt/format.h>

#include "base/text.h"

namespace vitrine::config {
namespace {

template <class T>
struct Unwrapped {
  using type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using type = T;
};

template <class T>
constexpr Type type_of() {
  using Plain = typename Unwrapped<T>::type;
  if constexpr (std::is_same_v<Plain, bool>) return Type::boolean;
  if constexpr (std::is_same_v<Plain, std::int64_t>) return Type::integer;
  if constexpr (std::is_same_v<Plain, double>) return Type::number;
  if constexpr (std::is_same_v<Plain, std::string>) return Type::text;
  if constexpr (std::is_same_v<Plain, TextList>) return Type::list;
  if constexpr (std::is_same_v<Plain, TextMap>) return Type::map;
  if constexpr (std::is_same_v<Plain, MultiText>) return Type::multi;
}

template <class T>
std::optional<std::string> fallback_text(const Option<T>& option) {
  if constexpr (std::is_same_v<typename Option<T>::Fallback, std::nullopt_t>) {
    return std::nullopt;
  } else {
    return fmt::format("{}", option.fallback);
  }
}

template <class T>
Declaration declare_option(const Option<T>& option) {
  using Bounds = std::numeric_limits<typename Option<T>::Bound>;
  Declaration result;
  result.group = option.group;
  result.name = option.name;
  result.type = type_of<T>();
  result.fallback = fallback_text(option);
  result.help = option.help;
  if (option.min != Bounds::lowest()) result.min = option.min;
  if (option.max != Bounds::max()) result.max = option.max;
  result.choices = option.choices;
  result.former = option.former;
  result.is_secret = option.is_secret;
  result.is_reloadable = option.is_reloadable;
  result.needs_brackets = option.needs_brackets;
  result.any_case = option.any_case;
  result.is_deprecated = option.is_deprecated;
  result.is_host = option.is_host;
  return result;
}

std::string range(const Declaration& declaration) {
  const auto& [min, max] = std::tie(declaration.min, declaration.max);
  if (min && max) return fmt::format(" from {} to {}", *min, *max);
  if (min) return fmt::format(" of at least {}", *min);
  if (max) return fmt::format(" of at most {}", *max);
  return {};
}

/// What one text, or one item of a list, must be.
std::string accepted_text(const Declaration& declaration) {
  if (!declaration.choices.empty()) {
    std::vector<std::string> choices = split(declaration.choices, ',');
    for (std::string& choice : choices) {
      if (choice.empty()) choice = "nothing";
    }
    return fmt::format("one of {}{}", join(choices, ", "), declaration.any_case ? " (in any case)" : "");
  }
  if (declaration.is_host) return "an IP address or a host name";
  return "any text";
}

std::string accepted_list(const Declaration& declaration) {
  std::string result = declaration.needs_brackets ? "a list in brackets, as [a, b]" : "a list, as a, b";
  if (declaration.min || declaration.max) return result + ", each item a whole number" + range(declaration);
  if (const std::string item = accepted_text(declaration); item != "any text")
    result += ", each item " + item;
  return result;
}

}  // namespace

std::string_view to_string(Type type) {
  constexpr std::string_view names[] = {"boolean", "integer", "number",         "text",
                                        "list",    "map",     "repeatable text"};
  return names[static_cast<std::size_t>(type)];
}

std::string accepted(const Declaration& declaration) {
  switch (declaration.type) {
    case Type::boolean:
      return "true, 1, on, yes or false, 0, off, no";
    case Type::integer:
      return "a whole number" + range(declaration);
    case Type::number:
      return "a number" + range(declaration);
    case Type::list:
      return accepted_list(declaration);
    case Type::map:
      return "pairs, as key:value, key:value, no key empty or given twice";
    case Type::text:
    case Type::multi:
      break;
  }
  return accepted_text(declaration);
}

std::vector<FormerName> former_names(const Declaration& declaration) {
  std::vector<FormerName> names;
  std::string_view rest = declaration.former;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const std::string_view name = trim(rest.substr(0, comma));
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) {
      names.push_back({{}, name});
    } else {
      names.push_back({name.substr(0, dot), name.substr(dot + 1)});
    }
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  return names;
}

Declaration declare(const AnyOption& option) {
  return std::visit([](const auto* typed) { return declare_option(*typed); }, option);
}

}  // namespace vitrine::config
