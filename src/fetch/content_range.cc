#include "fetch/content_range.h"

#include "base/text.h"

namespace vitrine::fetch {
namespace {

constexpr std::string_view unit = "bytes ";

std::optional<ContentRange::Part> parse_part(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return {};
  const auto first = parse_unsigned(text.substr(0, dash));
  const auto last = parse_unsigned(text.substr(dash + 1));
  if (!first || !last || *first > *last || *last == UINT64_MAX) return {};
  return ContentRange::Part{*first, *last};
}

}  // namespace

std::optional<ContentRange> parse_content_range(std::string_view text) {
  if (!equals_ignoring_case(text.substr(0, unit.size()), unit)) return {};
  text.remove_prefix(unit.size());
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view part = text.substr(0, slash);
  const std::string_view total = text.substr(slash + 1);
  const ContentRange range{parse_part(part), parse_unsigned(total)};
  const bool is_good = (range.part || part == "*") && (range.total || (total == "*" && range.part)) &&
                       (!range.part || !range.total || range.part->last < *range.total);
  if (!is_good) return {};
  return range;
}

}  // namespace vitrine::fetch
