#include "api/accept.h"

#include <charconv>

#include "base/text.h"

namespace vitrine::api {
namespace {

struct Wish {
  double quality = 0;
  int closeness = -1;  ///< 2 exact, 1 type/*, 0 */*
};

double quality_of(std::string_view parameters) {
  for (const std::string& parameter : split(parameters, ';')) {
    const std::string_view text = trim(parameter);
    if (!text.starts_with("q=") && !text.starts_with("Q=")) continue;
    double quality = 1;
    std::from_chars(text.data() + 2, text.data() + text.size(), quality);
    return quality;
  }
  return 1;
}

int closeness(std::string_view range, std::string_view offer) {
  if (equals_ignoring_case(range, offer)) return 2;
  if (range == "*/*" || range == "*") return 0;
  const std::string_view type = offer.substr(0, offer.find('/') + 1);
  return range.size() == type.size() + 1 && range.back() == '*' &&
                 equals_ignoring_case(range.substr(0, type.size()), type)
             ? 1
             : -1;
}

Wish wish_for(std::string_view accept, std::string_view offer) {
  Wish best;
  for (const std::string& element : split(accept, ',')) {
    const auto end_of_range = element.find(';');
    const int close = closeness(trim(std::string_view(element).substr(0, end_of_range)), offer);
    if (close <= best.closeness) continue;
    best.closeness = close;
    best.quality =
        end_of_range == std::string::npos ? 1 : quality_of(std::string_view(element).substr(end_of_range));
  }
  return best;
}

}  // namespace

std::string_view best_media_type(std::string_view accept, std::initializer_list<std::string_view> offers) {
  std::string_view best;
  double best_quality = 0;
  for (const std::string_view offer : offers) {
    const Wish wish = wish_for(accept, offer);
    if (wish.closeness >= 0 && wish.quality > best_quality) {
      best = offer;
      best_quality = wish.quality;
    }
  }
  return best;
}

}  // namespace vitrine::api
