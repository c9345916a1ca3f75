#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/parameters.h"
#include "model/query.h"

namespace vitrine::api {

/// Reads the parameters of a list that say which images it shows. Where a parameter that has one value is
/// given several times, the last counts; names that mean nothing else are custom properties. Throws
/// Error{invalid}.
void read_filters(const Parameters& parameters, model::ImageQuery& query);

/// The texts behind `in:`: separated by commas; one that holds commas stands in quotes. Throws
/// Error{invalid}.
std::vector<std::string> split_alternatives(std::string_view text);

}  // namespace vitrine::api
