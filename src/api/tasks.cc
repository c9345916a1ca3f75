#include "api/tasks.h"

#include <fmt/format.h>

#include <boost/json/object.hpp>

#include "api/error_reply.h"
#include "api/images.h"
#include "api/json_schema.h"
#include "api/json_text.h"
#include "api/json_writer.h"
#include "api/origin.h"
#include "api/paging.h"
#include "api/replies.h"
#include "api/schema_documents.h"
#include "api/task_query.h"
#include "base/error.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;

std::optional<std::string> iso8601(const std::optional<Timestamp>& time) {
  if (!time) return {};
  return to_iso8601(*time);
}

/// `2026-03-01T09:30:00.000000`: the tasks of an image show their times as Python's database layer has them.
std::optional<std::string> raw_time(const std::optional<Timestamp>& time) {
  if (!time) return {};
  std::string text = to_sql_time(*time);
  text.at(text.find(' ')) = 'T';
  return text;
}

void write_optional(JsonWriter& writer, std::string_view key, const std::optional<std::string>& value) {
  if (value) writer.key(key).value(*value);
}

void write_object(JsonWriter& writer, std::string_view key, const std::optional<json::object>& object) {
  writer.key(key).raw(object ? to_json_text(*object) : "null");
}

void write_times_and_links(JsonWriter& writer, const model::Task& task) {
  writer.key("created_at").value(to_iso8601(task.created_at));
  writer.key("updated_at").value(to_iso8601(task.updated_at));
  writer.key("self").value("/v2/tasks/" + task.id);
  writer.key("schema").value("/v2/schemas/task");
}

/// A task as an element of a list.
void write_stub(JsonWriter& writer, const model::Task& task) {
  writer.begin_object();
  writer.key("id").value(task.id);
  writer.key("type").value(task.type);
  writer.key("status").value(to_string(task.status));
  writer.key("owner").value(task.owner);
  write_times_and_links(writer, task);
  write_optional(writer, "expires_at", iso8601(task.expires_at));
  writer.end_object();
}

void write_task(JsonWriter& writer, const model::Task& task) {
  writer.begin_object();
  writer.key("id").value(task.id);
  write_object(writer, "input", task.input);
  writer.key("type").value(task.type);
  writer.key("status").value(to_string(task.status));
  writer.key("owner").value(task.owner);
  writer.key("message").value(task.message);
  write_object(writer, "result", task.result);
  write_times_and_links(writer, task);
  write_optional(writer, "image_id", task.image_id);
  write_optional(writer, "request_id", task.request_id);
  write_optional(writer, "user_id", task.user_id);
  write_optional(writer, "expires_at", iso8601(task.expires_at));
  writer.end_object();
}

/// A task among those of an image: Glance shows its row as it is.
void write_row(JsonWriter& writer, const model::Task& task) {
  writer.begin_object();
  writer.key("id").value(task.id);
  writer.key("type").value(task.type);
  writer.key("status").value(to_string(task.status));
  writer.key("owner").value(task.owner);
  writer.key("expires_at").value(raw_time(task.expires_at));
  writer.key("created_at").value(raw_time(task.created_at));
  writer.key("updated_at").value(raw_time(task.updated_at));
  writer.key("deleted_at").value(raw_time(task.deleted_at));
  writer.key("deleted").value(task.is_deleted);
  writer.key("image_id").value(task.image_id);
  writer.key("request_id").value(task.request_id);
  writer.key("user_id").value(task.user_id);
  write_object(writer, "input", task.input);
  write_object(writer, "result", task.result);
  writer.key("message").value(task.message);
  writer.end_object();
}

http::Reply list_tasks(Services& services, const Call& call) {
  call.require("tasks_api_access");
  const Parameters parameters = parse_query(call.request.query());
  const model::TaskQuery query = parse_task_query(parameters, services.settings);
  const std::vector<model::Task> page = services.tasks.list(call.caller, query);
  JsonWriter writer;
  writer.begin_object().key("tasks").begin_array();
  for (const model::Task& task : page) write_stub(writer, task);
  writer.end_array();
  writer.key("first").value(page_link("/v2/tasks", parameters, ""));
  writer.key("schema").value("/v2/schemas/tasks");
  if (!page.empty() && page.size() == query.limit) {
    writer.key("next").value(page_link("/v2/tasks", parameters, page.back().id));
  }
  writer.end_object();
  return json_text_reply(writer.take());
}

http::Reply show_task(Services& services, const Call& call) {
  call.require("tasks_api_access");
  JsonWriter writer;
  write_task(writer, services.tasks.visible(call.caller, call.path_parameter("task_id")));
  return json_text_reply(writer.take());
}

void require_task(const json::value& body) {
  static const JsonSchema schema(task_request_schema());
  if (!body.is_object()) throw Error(ErrorCode::invalid, "The body must be a JSON object with the task.");
  schema.require_valid(body.get_object(), "task");
}

/// What the caller may not make is told by the task, as in Glance.
void read_image(const Services& services, const Call& call, imports::TaskWish& wish) {
  const json::value* document = wish.input ? wish.input->if_contains("image_properties") : nullptr;
  if (document == nullptr) return;
  try {
    wish.image = wanted_image(services, call, *document);
  } catch (const Error& error) {
    wish.refusal = error.what();
  }
}

http::Reply create_task(Services& services, const Call& call) {
  call.require("tasks_api_access");
  const json::value body = call.json();
  require_task(body);
  imports::TaskWish wish{.caller = call.caller,
                         .request_id = call.request_id,
                         .type = std::string(body.at("type").as_string()),
                         .input = {},
                         .image = {},
                         .refusal = {}};
  if (body.at("input").is_object()) wish.input = body.at("input").get_object();
  services.client_tasks.require_source(wish);
  read_image(services, call, wish);
  JsonWriter writer;
  const model::Task task = services.client_tasks.begin(std::move(wish));
  write_task(writer, task);
  http::Reply reply = json_text_reply(writer.take(), 201);
  const Origin origin = origin_of(call.request, services.settings.proxy_headers);
  reply.headers.add("Location", fmt::format("{}/v2/tasks/{}", origin.base_url(), task.id));
  return reply;
}

http::Reply delete_task(Services&, const Call& call) {
  call.require("tasks_api_access");
  http::Reply reply =
      error_reply(405, "Tasks cannot be deleted; they go by themselves when the time in expires_at has come.",
                  call.request);
  reply.headers.add("Allow", "GET");
  return reply;
}

http::Reply list_tasks_of_image(Services& services, const Call& call) {
  const model::Image image = services.images.visible(call.caller, call.image_id());
  call.require("get_image", image);
  JsonWriter writer;
  writer.begin_object().key("tasks").begin_array();
  for (const model::Task& task : services.tasks.of_image(call.caller, image.id)) {
    write_row(writer, task);
  }
  writer.end_array().end_object();
  return json_text_reply(writer.take());
}

}  // namespace

std::span<const Route> task_routes() {
  static constexpr Route routes[] = {
      {"GET", "/v2/tasks", list_tasks, BodyRule::ignored},
      {"POST", "/v2/tasks", create_task, BodyRule::json},
      {"GET", "/v2/tasks/{task_id}", show_task, BodyRule::ignored},
      {"DELETE", "/v2/tasks/{task_id}", delete_task, BodyRule::ignored},
      {"GET", "/v2/images/{image_id}/tasks", list_tasks_of_image, BodyRule::refused, Pool::requests,
       OtherMethods::unknown},
  };
  return routes;
}

}  // namespace vitrine::api
