#include "api/images.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <set>

#include "api/error_reply.h"
#include "api/image_document.h"
#include "api/image_patch.h"
#include "api/list_query.h"
#include "api/location_patch.h"
#include "api/paging.h"
#include "api/replies.h"
#include "base/error.h"
#include "base/text.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;

/// What a creation may set beyond what a change may: the id.
void set_new_key(model::Image& image, const json::key_value_pair& member) {
  if (member.key() == "id") {
    image.id = std::string(member.value().as_string());
  } else {
    set_image_key(image, member.key(), member.value());
  }
}

void refuse_links(const json::object& body) {
  for (const std::string_view link : {"direct_url", "self", "file", "schema"}) {
    if (body.contains(link)) {
      throw Error(ErrorCode::forbidden, fmt::format("Attribute '{}' is read-only.", link));
    }
  }
}

model::Image new_image(const json::value& document, const ImageSchema& schema) {
  if (!document.is_object())
    throw Error(ErrorCode::invalid, "The body must be a JSON object with the image's attributes.");
  const json::value whole = with_whole_numbers(document);
  const json::object& body = whole.get_object();
  refuse_links(body);
  schema.require_valid(body);
  schema.require_complete(body);
  model::Image image;
  for (const json::key_value_pair& member : body) set_new_key(image, member);
  return image;
}

DataView data_view(const Services& services) {
  return {.stores = services.stores,
          .has_locations = services.settings.shows_locations,
          .has_direct_url = services.settings.shows_direct_url,
          .schema = &services.image_schema};
}

http::Reply image_reply(const Services& services, const Call& call, const model::Image& image,
                        unsigned status = 200) {
  JsonWriter writer;
  write_image(writer, image, call.caller, data_view(services));
  return json_text_reply(writer.take(), status);
}

std::string store_ids(const stores::StoreSet& stores) {
  std::vector<std::string> ids;
  for (const auto& store : stores.all()) ids.push_back(store->id());
  return join(ids, ",");
}

http::Reply create_image(Services& services, const Call& call) {
  const model::Image wanted = new_image(call.json(), services.image_schema);
  const model::Image image = services.images.create(call.caller, wanted);
  http::Reply reply = image_reply(services, call, image, 201);
  const Origin origin = origin_of(call.request, services.settings.proxy_headers);
  reply.headers.add("Location", fmt::format("{}/v2/images/{}", origin.base_url(), image.id));
  if (services.stores.has_several()) {
    reply.headers.add("OpenStack-image-store-ids", store_ids(services.stores));
  }
  return reply;
}

http::Reply list_images(Services& services, const Call& call) {
  const Parameters parameters = parse_query(call.request.query());
  const model::ImageQuery query = parse_list_query(parameters, services.settings);
  const std::vector<model::Image> page = services.images.list(call.caller, query);
  JsonWriter writer;
  writer.begin_object().key("images").begin_array();
  for (const model::Image& image : page) write_image(writer, image, call.caller, data_view(services));
  writer.end_array();
  writer.key("first").value(page_link("/v2/images", parameters, ""));
  writer.key("schema").value("/v2/schemas/images");
  if (!page.empty() && page.size() == query.limit)
    writer.key("next").value(page_link("/v2/images", parameters, page.back().id));
  writer.end_object();
  return json_text_reply(writer.take());
}

http::Reply show_image(Services& services, const Call& call) {
  return image_reply(services, call, services.images.visible(call.caller, call.image_id()));
}

http::Reply update_image(Services& services, const Call& call) {
  PatchDialect dialect;
  try {
    dialect = patch_dialect(call.header("Content-Type"));
  } catch (const Error& error) {
    http::Reply reply = error_reply(std::current_exception(), call.request);
    reply.headers.add("Accept-Patch", std::string(accepted_patch_types));
    return reply;
  }
  const ImagePatch patch = parse_image_patch(call.json(), dialect, services.image_schema);
  if (patch.steps.empty()) return show_image(services, call);
  const auto edit = [&](model::Image& image, images::LocationEditor& locations) {
    if (!services.settings.shows_locations) refuse_location_steps(patch);
    apply(patch, image, locations);
  };
  return image_reply(services, call, services.images.update(call.caller, call.image_id(), edit, call.stop));
}

http::Reply delete_image(Services& services, const Call& call) {
  services.images.remove(call.caller, call.image_id(), call.stop);
  return empty_reply();
}

constexpr Route routes[] = {
    {"GET", "/v2/images", list_images, BodyRule::ignored},
    {"POST", "/v2/images", create_image, BodyRule::json},
    {"GET", "/v2/images/{image_id}", show_image},
    {"PATCH", "/v2/images/{image_id}", update_image, BodyRule::json, Pool::transfers},
    {"DELETE", "/v2/images/{image_id}", delete_image, BodyRule::refused, Pool::transfers},
};

}  // namespace

std::span<const Route> image_routes() {
  return routes;
}

}  // namespace vitrine::api
