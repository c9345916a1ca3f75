#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace vitrine::api {

/// Reads a time as Python's iso8601 does, for that is what clients may write in filters: a year, a month, a
/// date, or a date with a time that may lack its end; with or without the signs between the digits; UTC
/// unless an offset follows. Nothing if the text is none of these.
std::optional<Timestamp> parse_iso_time(std::string_view text);

}  // namespace vitrine::api
