#include "api/router.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace vitrine::api {
namespace {

/// Several slashes in a row count as one.
std::string with_single_slashes(std::string_view path) {
  std::string result(path);
  const auto both_slashes = [](char left, char right) { return left == '/' && right == '/'; };
  result.erase(std::unique(result.begin(), result.end(), both_slashes), result.end());
  return result;
}

/// The decoded segments of a path; nothing if an encoded slash makes it no path of ours.
std::optional<std::vector<std::string>> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  for (const std::string& segment : split(with_single_slashes(path).substr(1), '/')) {
    std::optional<std::string> decoded = percent_decode(segment);
    if (!decoded || decoded->find('/') != std::string::npos) return {};
    segments.push_back(std::move(*decoded));
  }
  return segments;
}

std::string_view placeholder(std::string_view segment) {
  return segment.starts_with('{') ? segment.substr(1, segment.size() - 2) : std::string_view();
}

/// The values of the placeholders, or nothing if the path is another one.
std::optional<Parameters> bind(const std::vector<std::string>& pattern,
                               const std::vector<std::string>& segments) {
  if (pattern.size() != segments.size()) return {};
  Parameters parameters;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (const std::string_view name = placeholder(pattern[i]); !name.empty()) {
      if (segments[i].empty()) return {};
      parameters.emplace_back(name, segments[i]);
    } else if (pattern[i] != segments[i]) {
      return {};
    }
  }
  return parameters;
}

}  // namespace

Router::Router(std::initializer_list<std::span<const Route>> tables) {
  for (const auto& table : tables) {
    for (const Route& route : table) entries_.push_back({&route, split(route.path.substr(1), '/')});
  }
}

Match Router::match(std::string_view method, std::string_view path) const {
  const auto segments = segments_of(path);
  if (!segments) return {};
  Match result;
  for (const Entry& entry : entries_) {
    std::optional<Parameters> parameters = bind(entry.segments, *segments);
    if (!parameters) continue;
    if (entry.route->method == method) return {entry.route, std::move(*parameters), {}};
    if (entry.route->other_methods == OtherMethods::unknown) continue;
    if (!result.allow.empty()) result.allow += ", ";
    result.allow += entry.route->method;
  }
  return result;
}

}  // namespace vitrine::api
