#include "api/call.h"

#include <fmt/format.h>

#include <cassert>

#include "api/json_text.h"
#include "base/error.h"
#include "images/images.h"
#include "model/member.h"

namespace vitrine::api {
namespace {

Error denial(std::string_view rule) {
  return Error(
      ErrorCode::forbidden,
      fmt::format("You are not authorized to complete {} action. The policy leaves it to others.", rule));
}

}  // namespace

std::string_view Call::path_parameter(std::string_view name) const {
  const auto value = first_value(path, name);
  assert(value);
  return *value;
}

std::string_view Call::header(std::string_view name) const {
  const std::string* value = request.headers.find(name);
  return value ? std::string_view(*value) : std::string_view();
}

boost::json::value Call::json() const {
  if (!request.has_body || body.empty()) throw Error(ErrorCode::invalid, "The request needs a JSON body.");
  return parse_json(body);
}

access::ImageTarget Call::target(const model::Image& image) const {
  const bool is_shared_with_caller =
      image.visibility == model::Visibility::is_shared && !model::owns(caller, image);
  std::optional<std::string_view> member;
  if (is_shared_with_caller) member = caller.project_id;
  return access::ImageTarget(image, member);
}

bool Call::allows(std::string_view rule, const model::Image& image) const {
  return permissions.allow(rule, target(image));
}

void Call::require(std::string_view rule, const access::PolicyTarget& target) const {
  if (!permissions.allow(rule, target)) throw denial(rule);
}

void Call::require(std::string_view rule, const model::Image& image) const {
  if (allows(rule, image)) return;
  if (!allows("get_image", image)) throw images::no_such_image(image.id);
  throw denial(rule);
}

void Call::require_to_change(std::string_view rule, const model::Image& image) const {
  require(rule, image);
  if (!model::may_change(caller, image)) {
    throw Error(ErrorCode::forbidden, fmt::format("Image {} belongs to another project.", image.id));
  }
}

}  // namespace vitrine::api
