#include "api/imports.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "api/data_request.h"
#include "api/forwarding.h"
#include "api/import_wish.h"
#include "api/replies.h"
#include "base/error.h"

namespace vitrine::api {
namespace {

void require_staging(const imports::Imports& imports) {
  const std::vector<std::string>& methods = imports.methods();
  if (std::find(methods.begin(), methods.end(), "glance-direct") != methods.end()) return;
  throw Error(ErrorCode::not_found, "Image import is not supported at this site.");
}

std::unique_ptr<http::BodySink> receive_staged_data(Services& services, const Call& call) {
  require_staging(services.imports);
  require_octet_stream(call);
  const std::optional<std::uint64_t> size = announced_size(call);
  const model::Image image = services.images.visible(call.caller, call.image_id());
  call.require_to_change("modify_image", image);
  return std::make_unique<UploadSink<imports::StagedUpload>>(
      services.imports.stage(call.caller, image, size, call.stop), services.metrics);
}

/// An image may be copied by whom the rule allows it, whoever owns the image.
void require_to_import(const Call& call, const imports::MethodRow& method, const model::Image& image) {
  if (method.purpose == imports::Purpose::copies) return call.require(method.rule, image);
  call.require_to_change(method.rule, image);
}

http::Reply import_image(Services& services, const Call& call) {
  imports::ImportWish wish = parse_import_wish(call.json());
  const imports::MethodRow& method = services.imports.method(wish.method);
  if (const std::string* store = call.request.headers.find("X-Image-Meta-Store")) wish.header_store = *store;
  services.imports.require_room(call.caller);
  const model::Image image = services.images.visible(call.caller, call.image_id());
  services.imports.require_ready(image, wish);
  require_to_import(call, method, image);
  if (method.starts_from == model::ImageStatus::uploading) {
    if (const auto node = services.other_nodes.holder_of_data(image)) return forward(services, call, *node);
  }
  services.imports.begin(call.caller, call.request_id, image, wish);
  return empty_reply(202);
}

}  // namespace

std::span<const Route> import_routes() {
  static constexpr Route routes[] = {
      {"PUT", "/v2/images/{image_id}/stage", Streaming{receive_staged_data}, BodyRule::ignored,
       Pool::transfers},
      {"POST", "/v2/images/{image_id}/import", import_image, BodyRule::json, Pool::transfers},
  };
  return routes;
}

}  // namespace vitrine::api
