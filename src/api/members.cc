#include "api/members.h"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "api/json_writer.h"
#include "api/replies.h"
#include "base/error.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;

void write_member(JsonWriter& writer, const model::Member& member) {
  writer.begin_object();
  writer.key("member_id").value(member.project_id);
  writer.key("image_id").value(member.image_id);
  writer.key("status").value(to_string(member.status));
  writer.key("created_at").value(to_iso8601(member.created_at));
  writer.key("updated_at").value(to_iso8601(member.updated_at));
  writer.key("schema").value("/v2/schemas/member");
  writer.end_object();
}

http::Reply member_reply(const model::Member& member) {
  JsonWriter writer;
  write_member(writer, member);
  return json_text_reply(writer.take());
}

/// The value of the one key that a body is sent for.
json::value required_value(const json::value& body, std::string_view key) {
  const json::object* object = body.if_object();
  const json::value* value = object ? object->if_contains(key) : nullptr;
  if (value == nullptr) {
    throw Error(ErrorCode::invalid, fmt::format(R"(The body must be {{"{}": "…"}}.)", key));
  }
  return *value;
}

std::string project_in(const json::value& body) {
  const json::value member = required_value(body, "member");
  if (!member.is_string() || member.get_string().empty()) {
    throw Error(ErrorCode::invalid, "The member must be the id of a project.");
  }
  return std::string(member.get_string());
}

/// Empty for what is no text: no status is called that.
std::string status_in(const json::value& body) {
  const json::value status = required_value(body, "status");
  return status.is_string() ? std::string(status.get_string()) : std::string();
}

/// The image that a call on its members is about.
model::Image shared_image(const Services& services, const Call& call) {
  model::Image image = services.images.visible(call.caller, call.image_id());
  call.require("get_image", image);
  images::require_shared(image);
  return image;
}

/// The member that a change is about; as in Glance it is looked for before the rule on the change is asked.
model::Member found_member(const Services& services, const Call& call, const model::Image& image) {
  call.require("get_member", call.target(image));
  return services.sharing.member(call.caller, image, call.path_parameter("member_id"));
}

http::Reply list_members(Services& services, const Call& call) {
  const model::Image image = shared_image(services, call);
  call.require("get_members", call.target(image));
  JsonWriter writer;
  writer.begin_object().key("members").begin_array();
  if (call.allows("get_member", image)) {
    for (const model::Member& member : services.sharing.members(call.caller, image)) {
      write_member(writer, member);
    }
  }
  writer.end_array();
  writer.key("schema").value("/v2/schemas/members");
  writer.end_object();
  return json_text_reply(writer.take());
}

http::Reply add_member(Services& services, const Call& call) {
  const std::string project_id = project_in(call.json());
  const model::Image image = shared_image(services, call);
  if (call.permissions.enforce_ownership()) images::require_may_share(call.caller, image);
  call.require("add_member", call.target(image));
  // 200 and not 201, as in Glance.
  return member_reply(services.sharing.add(call.caller, image, project_id, call.stop));
}

http::Reply show_member(Services& services, const Call& call) {
  const model::Image image = services.images.visible(call.caller, call.image_id());
  const std::string_view project_id = call.path_parameter("member_id");
  const bool is_hidden = image.visibility != model::Visibility::is_shared ||
                         !call.allows("get_image", image) || !call.allows("get_member", image);
  if (is_hidden) throw images::no_such_member(image.id, project_id);
  return member_reply(services.sharing.member(call.caller, image, project_id));
}

http::Reply update_member(Services& services, const Call& call) {
  const std::string status = status_in(call.json());
  const model::Image image = shared_image(services, call);
  if (call.permissions.enforce_ownership()) images::require_may_answer(call.caller, image);
  const model::Member member = found_member(services, call, image);
  call.require("modify_member", call.target(image));
  return member_reply(services.sharing.set_status(member, status));
}

http::Reply delete_member(Services& services, const Call& call) {
  const model::Image image = shared_image(services, call);
  if (call.permissions.enforce_ownership()) images::require_may_share(call.caller, image);
  const model::Member member = found_member(services, call, image);
  call.require("delete_member", call.target(image));
  services.sharing.remove(call.caller, image, member, call.stop);
  http::Reply reply;
  reply.status = 204;  // and no content type, unlike other empty answers
  return reply;
}

}  // namespace

std::span<const Route> member_routes() {
  static constexpr Route routes[] = {
      {"GET", "/v2/images/{image_id}/members", list_members},
      {"POST", "/v2/images/{image_id}/members", add_member, BodyRule::json},
      {"GET", "/v2/images/{image_id}/members/{member_id}", show_member},
      {"PUT", "/v2/images/{image_id}/members/{member_id}", update_member, BodyRule::json},
      {"DELETE", "/v2/images/{image_id}/members/{member_id}", delete_member},
  };
  return routes;
}

}  // namespace vitrine::api
