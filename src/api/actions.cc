#include "api/actions.h"

#include "api/replies.h"

namespace vitrine::api {
namespace {

http::Reply deactivate_image(Services& services, const Call& call) {
  const model::Image image = services.images.visible(call.caller, call.image_id());
  call.require_to_change("deactivate", image);
  services.images.deactivate(image.id);
  return empty_reply();
}

http::Reply reactivate_image(Services& services, const Call& call) {
  const model::Image image = services.images.visible(call.caller, call.image_id());
  call.require_to_change("reactivate", image);
  services.images.reactivate(image.id);
  return empty_reply();
}

}  // namespace

std::span<const Route> action_routes() {
  static constexpr Route routes[] = {
      {"POST", "/v2/images/{image_id}/actions/deactivate", deactivate_image},
      {"POST", "/v2/images/{image_id}/actions/reactivate", reactivate_image},
  };
  return routes;
}

}  // namespace vitrine::api
