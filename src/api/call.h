#pragma once

#include <boost/json/value.hpp>
#include <stop_token>
#include <string>
#include <string_view>

#include "access/permissions.h"
#include "access/property_permissions.h"
#include "api/parameters.h"
#include "http/message.h"
#include "model/caller.h"
#include "model/image.h"

namespace vitrine::api {

/// A request on its way through the pipeline to a handler.
struct Call {
  const http::Request& request;
  model::Caller caller;
  access::Permissions permissions;
  access::PropertyPermissions properties;
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

  /// What rules may know of the image. Borrows it and the call.
  access::ImageTarget target(const model::Image& image) const;

  bool allows(std::string_view rule, const model::Image& image) const;

  /// Throws Error{forbidden} if the rule does not allow it.
  void require(std::string_view rule, const access::PolicyTarget& target = access::TextTarget()) const;

  /// The same; Error{not_found} if the caller may not even know of the image.
  void require(std::string_view rule, const model::Image& image) const;

  /// The same; and only its owner and administrators change an image, whatever a rule allows.
  void require_to_change(std::string_view rule, const model::Image& image) const;
};

}  // namespace vitrine::api
