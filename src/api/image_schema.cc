#include "api/image_schema.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "base/error.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;
using Adapter = valijson::adapters::BoostJsonAdapter;

constexpr std::string_view uuid_pattern =
    "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$";

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

std::string describe(valijson::ValidationResults& results) {
  valijson::ValidationResults::Error error;
  std::string text;
  while (results.popError(error)) {
    if (!text.empty()) text += "; ";
    for (const std::string& step : error.context) text += step == "<root>" ? std::string() : step;
    text += ": " + error.description;
  }
  return text;
}

}  // namespace

struct ImageSchema::Compiled {
  valijson::Schema schema;
};

ImageSchema::ImageSchema(const std::vector<std::string>& container_formats,
                         const std::vector<std::string>& disk_formats)
    : compiled_(std::make_unique<Compiled>()) {
  document_["name"] = "image";
  document_["properties"] = image_properties(container_formats, disk_formats);
  document_["additionalProperties"] = text();
  document_["links"] =
      json::array{link("self", "{self}"), link("enclosure", "{file}"), link("describedby", "{schema}")};
  const json::value schema = document_;
  valijson::SchemaParser parser;
  parser.populateSchema(Adapter(schema), compiled_->schema);
}

ImageSchema::~ImageSchema() = default;

json::object ImageSchema::list_document() const {
  json::object properties;
  properties["images"] = json::object{{"type", "array"}, {"items", document_}};
  for (const std::string_view name : {"first", "next", "schema"}) properties[name] = text();
  return {{"name", "images"},
          {"properties", std::move(properties)},
          {"links",
           json::array{link("first", "{first}"), link("next", "{next}"), link("describedby", "{schema}")}}};
}

void ImageSchema::require_valid(const json::object& image) const {
  valijson::Validator validator;
  valijson::ValidationResults results;
  const json::value document = image;
  if (validator.validate(compiled_->schema, Adapter(document), &results)) return;
  throw Error(ErrorCode::invalid, fmt::format("The image does not fit its schema (GET /v2/schemas/image): {}",
                                              describe(results)));
}

json::value with_whole_numbers(json::value value) {
  if (value.is_double()) {
    constexpr double exactly_held = 9007199254740992.0;  // 2^53
    const double number = value.get_double();
    if (std::trunc(number) == number && std::abs(number) <= exactly_held)
      return static_cast<std::int64_t>(number);
  } else if (value.is_array()) {
    for (json::value& element : value.get_array()) element = with_whole_numbers(std::move(element));
  } else if (value.is_object()) {
    for (json::key_value_pair& member : value.get_object())
      member.value() = with_whole_numbers(std::move(member.value()));
  }
  return value;
}

}  // namespace vitrine::api
