#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace vitrine::api {

/// What the operator's file schema-image.json says of custom properties.
struct OperatorSchema {
  boost::json::object properties;     ///< a JSON schema for each, by its name
  std::vector<std::string> required;  ///< what must be given when an image is created
};

/// Reads either form: the flat one maps names to schemas; the extended one has these under `properties`, and
/// beside it `required`. Throws Error{configuration}.
OperatorSchema parse_operator_schema(std::string_view text);

/// What the file says that the configuration's search finds; nothing without one. Throws
/// Error{configuration} that names the file.
OperatorSchema read_operator_schema(const config::Config& config);

/// The faults of that file.
std::vector<config::Finding> check_operator_schema(const config::Config& config);

}  // namespace vitrine::api
