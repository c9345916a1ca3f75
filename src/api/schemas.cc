#include "api/schemas.h"

#include "api/replies.h"

namespace vitrine::api {
namespace {

http::Reply show_image_schema(Services& services, const Call&) {
  return json_reply(services.image_schema.document());
}

http::Reply show_images_schema(Services& services, const Call&) {
  return json_reply(services.image_schema.list_document());
}

constexpr Route routes[] = {
    {"GET", "/v2/schemas/image", show_image_schema},
    {"GET", "/v2/schemas/images", show_images_schema},
};

}  // namespace

std::span<const Route> schema_routes() {
  return routes;
}

}  // namespace vitrine::api
