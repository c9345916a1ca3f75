#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"
#include "model/caller.h"

namespace vitrine::api {

/// Names and values in the order they came, decoded.
using Parameters = std::vector<std::pair<std::string, std::string>>;

/// A request on its way through the pipeline to a handler.
struct Call {
  const http::Request& request;
  model::Caller caller;
  std::string request_id;
  Parameters path;  ///< what the braces of the route's path stand for
  std::string body;
  std::stop_token stop;

  std::string_view path_parameter(std::string_view name) const;
  std::string_view image_id() const { return path_parameter("image_id"); }
  /// A header's value, or empty.
  std::string_view header(std::string_view name) const;
  /// The body as JSON; throws Error{invalid}.
  boost::json::value json() const;
};

/// The parameters of a query string. Throws Error{invalid} if it is not UTF-8 in URL encoding.
Parameters parse_query(std::string_view query);

/// The first value of that name.
std::optional<std::string_view> first_value(const Parameters& parameters, std::string_view name);

}  // namespace vitrine::api
