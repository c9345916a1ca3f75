#include "api/locations.h"

#include "api/image_document.h"
#include "api/replies.h"

namespace vitrine::api {
namespace {

http::Reply list_locations(Services& services, const Call& call) {
  const model::Image image = services.images.visible(call.caller, call.image_id());
  call.require("fetch_image_location", image);
  JsonWriter writer;
  write_locations(writer, images::shown_locations(services.stores, image, call.caller));
  return json_text_reply(writer.take());
}

http::Reply delete_from_store(Services& services, const Call& call) {
  const stores::Store& store = services.images.store_with_copies(call.path_parameter("store_id"));
  const model::Image image = services.images.visible(call.caller, call.image_id());
  call.require("get_image_location", image);
  call.require_to_change("delete_image_location", image);
  services.images.remove_from_store(call.caller, image, store, call.stop);
  return empty_reply();
}

constexpr Route routes[] = {
    {"GET", "/v2/images/{image_id}/locations", list_locations, BodyRule::ignored},
    {"DELETE", "/v2/stores/{store_id}/{image_id}", delete_from_store, BodyRule::refused, Pool::transfers},
};

}  // namespace

std::span<const Route> location_routes() {
  return routes;
}

}  // namespace vitrine::api
