#include "keystone/answer.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/log.h"

namespace vitrine::keystone {

namespace json = boost::json;

namespace {

template <class Kind>
const Kind* optional_at(const json::object& object, std::string_view name) {
  const json::value* value = find(object, name);
  if (value == nullptr) return nullptr;
  if constexpr (std::is_same_v<Kind, json::object>) {
    if (const auto* kind = value->if_object()) return kind;
  } else if constexpr (std::is_same_v<Kind, json::array>) {
    if (const auto* kind = value->if_array()) return kind;
  } else {
    if (const auto* kind = value->if_string()) return kind;
  }
  throw not_understood(name);
}

}  // namespace

Error keystone_unavailable() {
  return Error(ErrorCode::unavailable, "The Keystone service is temporarily unavailable.");
}

Error token_has_ended() {
  return Error(ErrorCode::forbidden, "Your token is not valid any more. Get a new one and try again.");
}

Error not_understood(std::string_view what) {
  log::error("An answer of Keystone is not understood: {}", what);
  return keystone_unavailable();
}

json::object parse_object(std::string_view text) {
  boost::system::error_code fault;
  json::value value = json::parse(text, fault);
  if (fault || !value.is_object()) throw not_understood("it is no JSON object");
  return std::move(value.as_object());
}

const json::value* find(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

const json::object& object_at(const json::object& object, std::string_view name) {
  const auto* found = optional_object_at(object, name);
  if (found == nullptr) throw not_understood(name);
  return *found;
}

std::string text_at(const json::object& object, std::string_view name) {
  std::string text = optional_text_at(object, name);
  if (text.empty()) throw not_understood(name);
  return text;
}

std::string optional_text_at(const json::object& object, std::string_view name) {
  const auto* text = optional_at<json::string>(object, name);
  return text != nullptr ? std::string(*text) : std::string();
}

const json::object* optional_object_at(const json::object& object, std::string_view name) {
  return optional_at<json::object>(object, name);
}

const json::array* optional_array_at(const json::object& object, std::string_view name) {
  return optional_at<json::array>(object, name);
}

}  // namespace vitrine::keystone
