#include "api/tags.h"

#include <fmt/format.h>

#include "api/replies.h"
#include "base/error.h"
#include "base/text.h"

namespace vitrine::api {
namespace {

constexpr std::size_t longest_tag = 255;  // characters, as the image's schema says

/// Glance looks at the tag before it looks for the image.
std::string_view tag_to_add(const Call& call) {
  const std::string_view tag = call.path_parameter("tag");
  const auto length = utf8_length(tag);
  if (!length) throw Error(ErrorCode::invalid, "The tag is not UTF-8.");
  if (*length > longest_tag) {
    throw Error(ErrorCode::invalid, fmt::format("A tag may have {} characters at most.", longest_tag));
  }
  return tag;
}

http::Reply add_tag(Services& services, const Call& call) {
  const std::string_view tag = tag_to_add(call);
  const model::Image image = services.images.visible(call.caller, call.image_id());
  call.require_to_change("modify_image", image);
  services.images.add_tag(image.id, tag);
  return empty_reply();
}

http::Reply remove_tag(Services& services, const Call& call) {
  const model::Image image = services.images.visible(call.caller, call.image_id());
  call.require_to_change("modify_image", image);
  services.images.remove_tag(image.id, call.path_parameter("tag"));
  return empty_reply();
}

}  // namespace

std::span<const Route> tag_routes() {
  static constexpr Route routes[] = {
      {"PUT", "/v2/images/{image_id}/tags/{tag}", add_tag},
      {"DELETE", "/v2/images/{image_id}/tags/{tag}", remove_tag},
  };
  return routes;
}

}  // namespace vitrine::api
