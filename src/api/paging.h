#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/parameters.h"
#include "api/services.h"

namespace vitrine::api {

/// The last value of that name: what counts when a parameter is given several times.
std::optional<std::string_view> last_value(const Parameters& parameters, std::string_view name);

/// How many entries a page may have. Throws Error{invalid} for a limit that is no number of 0 or more.
std::uint64_t page_limit(const Parameters& parameters, const ApiSettings& settings);

/// The relative link to a page of the list at `path`: every parameter as it was, but for the marker. An empty
/// marker: the first page.
std::string page_link(std::string_view path, const Parameters& parameters, std::string_view marker);

}  // namespace vitrine::api
