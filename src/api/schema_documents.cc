#include "api/schema_documents.h"

#include <boost/json/array.hpp>

namespace vitrine::api {
namespace {

namespace json = boost::json;

json::object text(std::string_view description) {
  return {{"type", "string"}, {"description", description}};
}

json::object uuid(std::string_view description) {
  return {{"type", "string"}, {"pattern", uuid_pattern}, {"description", description}};
}

json::object one_of(json::array choices, std::string_view description) {
  return {{"type", "string"}, {"enum", std::move(choices)}, {"description", description}};
}

json::object object_or_null(std::string_view description) {
  return {{"type", json::array{"null", "object"}}, {"description", description}};
}

json::object read_only_text() {
  return {{"type", "string"}, {"readOnly", true}};
}

/// The schema of a list of what `element` describes.
json::object list_schema(std::string_view name, json::object element) {
  return {{"name", name},
          {"properties", json::object{{name, json::object{{"type", "array"}, {"items", std::move(element)}}},
                                      {"schema", json::object{{"type", "string"}}}}},
          {"links", json::array{json::object{{"rel", "describedby"}, {"href", "{schema}"}}}}};
}

json::object task_properties() {
  json::object p;
  p["id"] = uuid("Identifier of the task");
  p["type"] = one_of({"import", "api_image_import", "location_import"}, "What the task does");
  p["status"] = one_of({"pending", "processing", "success", "failure"}, "How far the task is");
  p["input"] = object_or_null("What the task works with");
  p["result"] = object_or_null("What came of the task");
  p["owner"] = text("Project that the task belongs to");
  p["message"] = text("Progress, or why the task failed");
  p["image_id"] = text("Image that the task works on");
  p["request_id"] = text("Request that started the task");
  p["user_id"] = text("User who started the task");
  p["expires_at"] = {{"type", json::array{"null", "string"}},
                     {"description", "When the finished task will be forgotten"}};
  p["created_at"] = text("When the task was created");
  p["updated_at"] = text("When the task last changed");
  p["self"] = read_only_text();
  p["schema"] = read_only_text();
  return p;
}

}  // namespace

json::object member_schema() {
  json::object p;
  p["member_id"] = text("Project that the image is shared with");
  p["image_id"] = uuid("Identifier of the image");
  p["created_at"] = text("When the image was shared");
  p["updated_at"] = text("When the member last changed");
  p["status"] = one_of({"pending", "accepted", "rejected"}, "What the project says to the image");
  p["schema"] = read_only_text();
  return {{"name", "member"}, {"properties", std::move(p)}};
}

json::object members_schema() {
  return list_schema("members", member_schema());
}

json::object task_schema() {
  return {{"name", "task"}, {"properties", task_properties()}};
}

json::object tasks_schema() {
  json::object element = task_schema();
  for (const std::string_view hidden : {"input", "result", "message"}) {
    element["properties"].as_object().stable_erase(hidden);
  }
  return list_schema("tasks", std::move(element));
}

json::object task_request_schema() {
  json::object schema = task_schema();
  schema["required"] = json::array{"type", "input"};
  schema["additionalProperties"] = false;
  return schema;
}

}  // namespace vitrine::api
