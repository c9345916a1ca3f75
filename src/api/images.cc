#include "api/images.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <set>

#include "api/error_reply.h"
#include "api/forwarding.h"
#include "api/image_document.h"
#include "api/image_patch.h"
#include "api/list_query.h"
#include "api/location_patch.h"
#include "api/paging.h"
#include "api/property_guard.h"
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

DataView data_view(const Services& services, const Call& call) {
  return {.stores = services.stores,
          .has_locations = services.settings.shows_locations,
          .has_direct_url = services.settings.shows_direct_url,
          .schema = &services.image_schema,
          .properties = call.properties};
}

http::Reply image_reply(const Services& services, const Call& call, const model::Image& image,
                        unsigned status = 200) {
  JsonWriter writer;
  write_image(writer, image, call.caller, data_view(services, call));
  return json_text_reply(writer.take(), status);
}

std::string store_ids(const stores::StoreSet& stores) {
  std::vector<std::string> ids;
  for (const auto& store : stores.all()) ids.push_back(store->id());
  return join(ids, ",");
}

/// What the rules may know of an image that is not there yet. As in Glance, one of which nobody says who
/// shall see it counts as private here, though it will be shared.
access::TextTarget target_of_new(const model::Image& wanted, std::string_view visibility) {
  return access::TextTarget(
      {{"project_id", wanted.owner}, {"owner", wanted.owner}, {"visibility", visibility}});
}

/// The rule on giving images this visibility, if there is one.
std::optional<std::string_view> rule_on_visibility(std::string_view visibility) {
  if (visibility == to_string(model::Visibility::is_public)) return "publicize_image";
  if (visibility == to_string(model::Visibility::is_community)) return "communitize_image";
  return {};
}

void require_to_create(const Call& call, const json::value& document, const model::Image& wanted) {
  const bool says_visibility = document.as_object().contains("visibility");
  const std::string_view visibility =
      to_string(says_visibility ? wanted.visibility : model::Visibility::is_private);
  const access::TextTarget target = target_of_new(wanted, visibility);
  call.require("add_image", target);
  if (const auto rule = rule_on_visibility(visibility)) call.require(*rule, target);
  // Who has no project makes images that nobody owns.
  const bool is_own = call.caller.is_admin || call.caller.project_id == wanted.owner;
  if (call.permissions.enforce_ownership() && !is_own) {
    throw Error(ErrorCode::forbidden, fmt::format("You are not permitted to create images owned by {}.",
                                                  wanted.owner.value_or("nobody")));
  }
}

http::Reply create_image(Services& services, const Call& call) {
  const model::Image image = services.images.create(call.caller, wanted_image(services, call, call.json()));
  http::Reply reply = image_reply(services, call, image, 201);
  const Origin origin = origin_of(call.request, services.settings.proxy_headers);
  reply.headers.add("Location", fmt::format("{}/v2/images/{}", origin.base_url(), image.id));
  if (!services.imports.methods().empty()) {
    reply.headers.add("OpenStack-image-import-methods", join(services.imports.methods(), ","));
  }
  if (services.stores.has_several()) {
    reply.headers.add("OpenStack-image-store-ids", store_ids(services.stores));
  }
  return reply;
}

http::Reply list_images(Services& services, const Call& call) {
  const Parameters parameters = parse_query(call.request.query());
  const model::ImageQuery query = parse_list_query(parameters, services.settings);
  call.require("get_images", access::TextTarget({{"project_id", call.caller.project_id}}));
  std::vector<model::Image> page = services.images.list(call.caller, query);
  const bool is_full = page.size() == query.limit;
  std::erase_if(page, [&](const model::Image& image) { return !call.allows("get_image", image); });
  JsonWriter writer;
  writer.begin_object().key("images").begin_array();
  for (const model::Image& image : page) write_image(writer, image, call.caller, data_view(services, call));
  writer.end_array();
  writer.key("first").value(page_link("/v2/images", parameters, ""));
  writer.key("schema").value("/v2/schemas/images");
  if (!page.empty() && is_full) writer.key("next").value(page_link("/v2/images", parameters, page.back().id));
  writer.end_object();
  return json_text_reply(writer.take());
}

http::Reply show_image(Services& services, const Call& call) {
  const model::Image image = services.images.visible(call.caller, call.image_id());
  call.require("get_image", image);
  return image_reply(services, call, image);
}

void require_step(const Call& call, const PatchStep& step, const model::Image& image) {
  if (step.key == locations_key && step.operation == PatchStep::Operation::remove)
    return call.require_to_change("delete_image_location", image);
  if (step.key == locations_key) return call.require_to_change("set_image_location", image);
  if (step.key == "owner" && !call.caller.is_admin)
    throw Error(ErrorCode::forbidden, "Owner can't be updated by non admin.");
  if (step.key == "visibility" && step.value.is_string()) {
    if (const auto rule = rule_on_visibility(step.value.get_string())) call.require(*rule, image);
  }
  call.require_to_change("modify_image", image);
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
  if (patch.steps.empty()) {
    return image_reply(services, call, services.images.visible(call.caller, call.image_id()));
  }
  bool is_allowed = false;  // asked once, before the catalog is locked: a rule may ask a policy server
  const auto edit = [&](model::Image& image, images::LocationEditor& locations) {
    if (!services.settings.shows_locations) refuse_location_steps(patch);
    const std::vector<model::Property> hidden = take_hidden_properties(call.properties, image);
    const auto check = [&](const PatchStep& step) {
      if (!is_allowed) require_step(call, step, image);
      require_property_step(call.properties, step, patch.dialect, image);
    };
    apply(patch, image, locations, check);
    put_back(hidden, image);
    is_allowed = true;
  };
  return image_reply(services, call, services.images.update(call.caller, call.image_id(), edit, call.stop));
}

http::Reply delete_image(Services& services, const Call& call) {
  model::Image image = services.images.visible(call.caller, call.image_id());
  call.require_to_change("delete_image", image);
  if (const auto node = services.other_nodes.to_delete_at(image)) {
    http::Reply reply = forward(services, call, *node);
    if (reply.status < 500) return reply;
    // A node that is gone keeps nobody from deleting; its next start removes what is staged there.
    image = services.images.visible(call.caller, call.image_id());
  }
  if (!image.is_protected) services.imports.release_data(image);
  services.images.remove(call.caller, image, call.stop);
  services.imports.forget(image.id);
  return empty_reply();
}

}  // namespace

model::Image wanted_image(const Services& services, const Call& call, const json::value& document) {
  model::Image wanted = new_image(document, services.image_schema);
  if (!document.as_object().contains("owner")) wanted.owner = call.caller.project_id;
  require_to_create(call, document, wanted);
  require_new_properties(call.properties, wanted);
  return wanted;
}

std::span<const Route> image_routes() {
  static constexpr Route routes[] = {
      {"GET", "/v2/images", list_images, BodyRule::ignored},
      {"POST", "/v2/images", create_image, BodyRule::json},
      {"GET", "/v2/images/{image_id}", show_image},
      {"PATCH", "/v2/images/{image_id}", update_image, BodyRule::json, Pool::transfers},
      {"DELETE", "/v2/images/{image_id}", delete_image, BodyRule::refused, Pool::transfers},
  };
  return routes;
}

}  // namespace vitrine::api
