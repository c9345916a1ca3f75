#include "api/accept.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "base/text.h"

namespace vitrine::api {
namespace {

struct MediaRange {
  std::string_view type;  ///< "text/html", "text/*" or "*/*"
  bool has_parameters = false;
  double quality = 1;
};

/// Reads the tokens of a header (RFC 9110 §5.6) from left to right.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool is_at_end() const { return at_ == text_.size(); }
  bool is_at(char c) const { return !is_at_end() && text_[at_] == c; }

  bool take(char c) {
    if (!is_at(c)) return false;
    ++at_;
    return true;
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t", at_), text_.size()); }

  /// Empty if there is none.
  std::string_view token() {
    constexpr std::string_view letters =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return take_to(std::min(text_.find_first_not_of(letters, at_), text_.size()));
  }

  /// A token, or a text with the quotation marks around it; empty if there is neither.
  std::string_view token_or_quoted() {
    if (!is_at('"')) return token();
    for (std::size_t end = at_ + 1; end < text_.size(); ++end) {
      if (text_[end] == '\\') {
        ++end;
      } else if (text_[end] == '"') {
        return take_to(end + 1);
      }
    }
    return {};
  }

  /// "text/html"; empty if there is none.
  std::string_view media_type() {
    const std::size_t begin = at_;
    const bool is_there = !token().empty() && take('/') && !token().empty();
    return is_there ? text_.substr(begin, at_ - begin) : std::string_view();
  }

 private:
  std::string_view take_to(std::size_t end) {
    const std::string_view taken = text_.substr(at_, end - at_);
    at_ = end;
    return taken;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// A qvalue, RFC 9110 §12.4.2: 0 to 1 with at most three decimals.
std::optional<double> parse_quality(std::string_view text) {
  const bool is_decimal = !text.empty() && text.size() <= 5 && (text[0] == '0' || text[0] == '1') &&
                          (text.size() == 1 || text[1] == '.') &&
                          text.find_first_not_of("0123456789", 2) == std::string_view::npos;
  if (!is_decimal) return {};
  double quality = 0;
  std::from_chars(text.data(), text.data() + text.size(), quality);
  return quality <= 1 ? std::optional(quality) : std::nullopt;
}

/// A media range with its parameters and, behind the quality, extensions that mean nothing here. Nothing if
/// it is malformed.
std::optional<MediaRange> read_range(Scanner& scanner) {
  MediaRange range{.type = scanner.media_type()};
  if (range.type.empty()) return {};
  bool has_quality = false;
  for (scanner.skip_blanks(); scanner.take(';'); scanner.skip_blanks()) {
    scanner.skip_blanks();
    const std::string_view name = scanner.token();
    if (name.empty()) return {};
    if (has_quality && !scanner.is_at('=')) continue;
    if (!scanner.take('=')) return {};
    const std::string_view value = scanner.token_or_quoted();
    if (value.empty()) return {};
    if (has_quality) continue;
    has_quality = equals_ignoring_case(name, "q");
    if (!has_quality) {
      range.has_parameters = true;
    } else if (const auto quality = parse_quality(value)) {
      range.quality = *quality;
    } else {
      return {};
    }
  }
  return range;
}

/// Nothing if the header is malformed. Elements may be empty.
std::optional<std::vector<MediaRange>> parse_accept(std::string_view header) {
  std::vector<MediaRange> ranges;
  Scanner scanner(header);
  do {
    scanner.skip_blanks();
    if (scanner.is_at_end() || scanner.is_at(',')) continue;
    const std::optional<MediaRange> range = read_range(scanner);
    if (!range) return {};
    ranges.push_back(*range);
  } while (scanner.take(','));
  return scanner.is_at_end() ? std::optional(std::move(ranges)) : std::nullopt;
}

/// How closely the range fits: 3 exactly, 2 by type, 1 as anything, 0 not at all. No offer has parameters.
int closeness(const MediaRange& range, std::string_view offer) {
  if (equals_ignoring_case(range.type, offer)) return range.has_parameters ? 0 : 3;
  if (range.type == "*/*") return 1;
  const std::string_view type = offer.substr(0, offer.find('/') + 1);
  return range.type.ends_with("/*") && equals_ignoring_case(range.type.substr(0, range.type.size() - 1), type)
             ? 2
             : 0;
}

/// What the closest range says of the offer; 0: it is not acceptable.
double quality_of(std::string_view offer, const std::vector<MediaRange>& ranges) {
  int closest = 0;
  double quality = 0;
  for (const MediaRange& range : ranges) {
    const int close = closeness(range, offer);
    if (close <= closest) continue;
    closest = close;
    quality = range.quality;
  }
  return quality;
}

}  // namespace

std::string_view best_media_type(std::string_view accept, std::initializer_list<std::string_view> offers) {
  const std::optional<std::vector<MediaRange>> ranges = parse_accept(accept);
  if (!ranges) return *offers.begin();
  std::string_view best;
  double best_quality = 0;
  for (const std::string_view offer : offers) {
    const double quality = quality_of(offer, *ranges);
    if (quality > best_quality) {
      best = offer;
      best_quality = quality;
    }
  }
  return best;
}

}  // namespace vitrine::api
