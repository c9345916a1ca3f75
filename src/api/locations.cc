#include "api/locations.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include "api/image_document.h"
#include "api/json_schema.h"
#include "api/replies.h"
#include "base/error.h"
#include "base/text.h"
#include "images/validation_data.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;

http::Reply list_locations(Services& services, const Call& call) {
  const model::Image image = services.images.visible(call.caller, call.image_id());
  call.require("fetch_image_location", image);
  JsonWriter writer;
  write_locations(writer, images::shown_locations(services.stores, image, call.caller));
  return json_text_reply(writer.take());
}

json::object location_schema() {
  json::object digest;
  digest["os_hash_algo"] =
      json::object{{"type", "string"}, {"enum", json::array{"sha1", "sha256", "sha512", "md5"}}};
  digest["os_hash_value"] = json::object{{"type", "string"}, {"maxLength", 128}};
  json::object together;
  together["os_hash_algo"] = json::array{"os_hash_value"};
  together["os_hash_value"] = json::array{"os_hash_algo"};
  json::object properties;
  properties["url"] = json::object{{"type", "string"}};
  properties["validation_data"] = json::object{{"type", "object"},
                                               {"additionalProperties", false},
                                               {"properties", std::move(digest)},
                                               {"dependencies", std::move(together)}};
  return {{"name", "location"}, {"required", json::array{"url"}}, {"properties", std::move(properties)}};
}

json::object parse_new_location(const Call& call) {
  static const JsonSchema schema(location_schema());
  const json::value body = call.json();
  if (!body.is_object()) throw Error(ErrorCode::invalid, "The body must be a JSON object with a 'url'.");
  schema.require_valid(body.get_object(), "location");
  return body.get_object();
}

/// What the client says of the data, if it does; from a document that fits the schema.
void read_validation_data(const json::object& document, imports::LocationRequest& request) {
  const json::value* given = document.if_contains("validation_data");
  if (given == nullptr || given->get_object().empty()) return;
  request.expected_hash_algo = std::string(given->at("os_hash_algo").as_string());
  request.expected_hash_value = to_lower(given->at("os_hash_value").as_string());
  if (images::is_digest(request.expected_hash_value, request.expected_hash_algo)) return;
  throw Error(ErrorCode::invalid, fmt::format("os_hash_value is no {} in hexadecimal digits: it has another "
                                              "length, or other characters.",
                                              request.expected_hash_algo));
}

http::Reply add_location(Services& services, const Call& call) {
  const json::object document = parse_new_location(call);
  const model::Image image = services.images.visible(call.caller, call.image_id());
  services.location_imports.require_ready(image);
  call.require("add_image_location", image);
  imports::LocationRequest request{.caller = call.caller,
                                   .request_id = call.request_id,
                                   .image = image,
                                   .location = {std::string(document.at("url").as_string()), {}},
                                   .expected_hash_algo = {},
                                   .expected_hash_value = {}};
  services.location_imports.require_open_to(call.caller, request.location);
  read_validation_data(document, request);
  services.location_imports.begin(std::move(request));
  return empty_reply(202);
}

http::Reply delete_from_store(Services& services, const Call& call) {
  const stores::Store& store = services.images.store_with_copies(call.path_parameter("store_id"));
  const model::Image image = services.images.visible(call.caller, call.image_id());
  call.require("get_image_location", image);
  call.require_to_change("delete_image_location", image);
  services.images.remove_from_store(call.caller, image, store, call.stop);
  return empty_reply();
}

}  // namespace

std::span<const Route> location_routes() {
  static constexpr Route routes[] = {
      {"GET", "/v2/images/{image_id}/locations", list_locations, BodyRule::ignored},
      {"POST", "/v2/images/{image_id}/locations", add_location, BodyRule::json},
      {"DELETE", "/v2/stores/{store_id}/{image_id}", delete_from_store, BodyRule::refused, Pool::transfers},
  };
  return routes;
}

}  // namespace vitrine::api
