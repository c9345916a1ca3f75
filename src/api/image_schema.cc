#include "api/image_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "api/schema_documents.h"
#include "base/error.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;

enum class Access { read_write, read_only };

json::object property(json::object schema, std::string_view description, Access access = Access::read_write) {
  if (access == Access::read_only) schema["readOnly"] = true;
  schema["description"] = description;
  return schema;
}

json::object text() {
  return {{"type", "string"}};
}

json::object text_or_null(std::int64_t max_length) {
  return {{"type", json::array{"null", "string"}}, {"maxLength", max_length}};
}

json::object integer_or_null() {
  return {{"type", json::array{"null", "integer"}}};
}

json::object format_of(const std::vector<std::string>& formats) {
  json::array choices{nullptr};
  for (const std::string& format : formats) choices.emplace_back(format);
  return {{"type", json::array{"null", "string"}}, {"enum", std::move(choices)}};
}

json::object location() {
  return {{"type", "object"},
          {"required", json::array{"url", "metadata"}},
          {"properties",
           json::object{
               {"url", json::object{{"type", "string"}, {"maxLength", 255}}},
               {"metadata", json::object{{"type", "object"}}},
               {"validation_data",
                json::object{
                    {"type", "object"},
                    {"description", "What the data must match"},
                    {"writeOnly", true},
                    {"required", json::array{"os_hash_algo", "os_hash_value"}},
                    {"additionalProperties", false},
                    {"properties",
                     json::object{
                         {"checksum", json::object{{"type", "string"}, {"minLength", 32}, {"maxLength", 32}}},
                         {"os_hash_algo", json::object{{"type", "string"}, {"maxLength", 64}}},
                         {"os_hash_value", json::object{{"type", "string"}, {"maxLength", 128}}}}}}}}}};
}

json::object image_properties(const std::vector<std::string>& container_formats,
                              const std::vector<std::string>& disk_formats) {
  const json::array statuses{"queued",    "saving",    "active",         "killed",     "deleted",
                             "uploading", "importing", "pending_delete", "deactivated"};
  json::object p;
  p["id"] = property({{"type", "string"}, {"pattern", uuid_pattern}}, "Identifier of the image");
  p["name"] = property(text_or_null(255), "Name for people; need not be unique");
  p["status"] = property({{"type", "string"}, {"enum", statuses}}, "Where the image stands in its life",
                         Access::read_only);
  p["visibility"] =
      property({{"type", "string"}, {"enum", json::array{"community", "public", "private", "shared"}}},
               "Who may see the image");
  p["protected"] = property({{"type", "boolean"}}, "Whether the image is safe from deletion");
  p["os_hidden"] =
      property({{"type", "boolean"}}, "Whether lists leave the image out unless asked for hidden ones");
  p["checksum"] = property(text_or_null(32), "MD5 of the image data in hexadecimal", Access::read_only);
  p["os_hash_algo"] = property(text_or_null(64), "Digest algorithm of os_hash_value", Access::read_only);
  p["os_hash_value"] =
      property(text_or_null(128), "Digest of the image data in hexadecimal", Access::read_only);
  p["owner"] = property(text_or_null(255), "Project that the image belongs to");
  p["size"] = property(integer_or_null(), "Bytes of image data", Access::read_only);
  p["virtual_size"] = property(integer_or_null(), "Bytes of the disk that a guest sees", Access::read_only);
  p["container_format"] = property(format_of(container_formats), "What the data is wrapped in");
  p["disk_format"] = property(format_of(disk_formats), "Format of the disk in the data");
  p["created_at"] = property(text(), "When the record was created", Access::read_only);
  p["updated_at"] = property(text(), "When the record last changed", Access::read_only);
  p["tags"] = property({{"type", "array"}, {"items", json::object{{"type", "string"}, {"maxLength", 255}}}},
                       "Words that the image can be found by");
  p["direct_url"] = property(text(), "Where a store keeps the data", Access::read_only);
  p["min_ram"] = property({{"type", "integer"}}, "Memory that the image needs, in MiB");
  p["min_disk"] = property({{"type", "integer"}}, "Disk that the image needs, in GiB");
  p["self"] = property(text(), "Path of this record", Access::read_only);
  p["file"] = property(text(), "Path of the image data", Access::read_only);
  p["stores"] = property(text(), "Stores that hold the data", Access::read_only);
  p["schema"] = property(text(), "Path of this schema", Access::read_only);
  p["locations"] = property({{"type", "array"}, {"items", location()}}, "Where the stores keep the data");
  return p;
}

json::object link(std::string_view relation, std::string_view target) {
  return {{"rel", relation}, {"href", target}};
}

/// Without what is only known of requests that create an image.
json::object image_document_schema(const std::vector<std::string>& container_formats,
                                   const std::vector<std::string>& disk_formats, const json::object& custom) {
  json::object properties = image_properties(container_formats, disk_formats);
  properties.insert(custom.begin(), custom.end());
  return {{"name", "image"}, {"properties", std::move(properties)}, {"additionalProperties", text()}};
}

}  // namespace

ImageSchema::ImageSchema(const std::vector<std::string>& container_formats,
                         const std::vector<std::string>& disk_formats, const OperatorSchema& custom)
    : document_(image_document_schema(container_formats, disk_formats, custom.properties)),
      checks_(document_),
      required_(custom.required) {
  if (!required_.empty()) document_["required"] = json::array(required_.begin(), required_.end());
  document_["links"] =
      json::array{link("self", "{self}"), link("enclosure", "{file}"), link("describedby", "{schema}")};
}

json::object ImageSchema::list_document() const {
  json::object properties;
  properties["images"] = json::object{{"type", "array"}, {"items", document_}};
  for (const std::string_view name : {"first", "next", "schema"}) properties[name] = text();
  return {{"name", "images"},
          {"properties", std::move(properties)},
          {"links",
           json::array{link("first", "{first}"), link("next", "{next}"), link("describedby", "{schema}")}}};
}

bool ImageSchema::describes(std::string_view key) const {
  return document_.at("properties").as_object().contains(key);
}

bool ImageSchema::is_required(std::string_view key) const {
  return std::find(required_.begin(), required_.end(), key) != required_.end();
}

void ImageSchema::require_valid(const json::object& image) const {
  checks_.require_valid(image, "image");
}

void ImageSchema::require_complete(const json::object& image) const {
  for (const std::string& key : required_) {
    if (!image.contains(key)) {
      throw Error(ErrorCode::invalid,
                  fmt::format("This cloud wants every image to have the property {}.", key));
    }
  }
}

}  // namespace vitrine::api
