#include "api/schemas.h"

#include "api/replies.h"
#include "api/schema_documents.h"

namespace vitrine::api {
namespace {

http::Reply show_image_schema(Services& services, const Call&) {
  return json_reply(services.image_schema.document());
}

http::Reply show_images_schema(Services& services, const Call&) {
  return json_reply(services.image_schema.list_document());
}

http::Reply show_member_schema(Services&, const Call&) {
  return json_reply(member_schema());
}

http::Reply show_members_schema(Services&, const Call&) {
  return json_reply(members_schema());
}

http::Reply show_task_schema(Services&, const Call&) {
  return json_reply(task_schema());
}

http::Reply show_tasks_schema(Services&, const Call&) {
  return json_reply(tasks_schema());
}

}  // namespace

std::span<const Route> schema_routes() {
  static constexpr Route routes[] = {
      {"GET", "/v2/schemas/image", show_image_schema},
      {"GET", "/v2/schemas/images", show_images_schema},
      {"GET", "/v2/schemas/member", show_member_schema},
      {"GET", "/v2/schemas/members", show_members_schema},
      {"GET", "/v2/schemas/task", show_task_schema, BodyRule::ignored},
      {"GET", "/v2/schemas/tasks", show_tasks_schema, BodyRule::ignored},
  };
  return routes;
}

}  // namespace vitrine::api
