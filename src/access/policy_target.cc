#include "access/policy_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <variant>

#include "access/policy_text.h"

namespace vitrine::access {
namespace {

namespace json = boost::json;
using model::Image;

constexpr std::string_view none = "None";

using Value = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, std::string_view, Timestamp>;

template <class T>
Value value_or_none(const std::optional<T>& value) {
  return value ? Value(*value) : Value(nullptr);
}

template <auto field>
Value plain(const Image& image) {
  return image.*field;
}
template <auto field>
Value optional(const Image& image) {
  return value_or_none(image.*field);
}
template <>
Value plain<&Image::id>(const Image& image) {
  return std::string_view(image.id);
}

Value visibility(const Image& image) {
  return to_string(image.visibility);
}
Value status(const Image& image) {
  return to_string(image.status);
}

struct Field {
  std::string_view key;
  Value (*value)(const Image&);
};

/// Those that the default rules ask for come first.
constexpr Field fields[] = {
    {"project_id", optional<&Image::owner>},
    {"owner", optional<&Image::owner>},
    {"visibility", visibility},
    {"id", plain<&Image::id>},
    {"image_id", plain<&Image::id>},
    {"name", optional<&Image::name>},
    {"status", status},
    {"protected", plain<&Image::is_protected>},
    {"os_hidden", plain<&Image::is_hidden>},
    {"disk_format", optional<&Image::disk_format>},
    {"container_format", optional<&Image::container_format>},
    {"min_disk", plain<&Image::min_disk>},
    {"min_ram", plain<&Image::min_ram>},
    {"size", optional<&Image::size>},
    {"virtual_size", optional<&Image::virtual_size>},
    {"checksum", optional<&Image::checksum>},
    {"os_hash_algo", optional<&Image::os_hash_algo>},
    {"os_hash_value", optional<&Image::os_hash_value>},
    {"created_at", plain<&Image::created_at>},
    {"updated_at", plain<&Image::updated_at>},
};

struct ToText {
  std::string& scratch;

  std::string_view operator()(std::nullptr_t) const { return none; }
  std::string_view operator()(bool value) const { return value ? "True" : "False"; }
  std::string_view operator()(std::string_view value) const { return value; }
  std::string_view operator()(Timestamp value) const { return scratch = to_iso8601(value); }
  template <class Number>
  std::string_view operator()(Number value) const {
    return scratch = fmt::format_int(value).str();
  }
};

struct ToJson {
  json::value operator()(Timestamp value) const { return json::value(to_iso8601(value)); }
  template <class T>
  json::value operator()(T value) const {
    return json::value(value);
  }
};

bool is_member_key(std::string_view key) {
  return key == "member_id" || key == "member";
}

}  // namespace

std::optional<std::string_view> ImageTarget::find(std::string_view key, std::string& scratch) const {
  if (is_member_key(key)) return member_.value_or(none);
  const auto field =
      std::find_if(std::begin(fields), std::end(fields), [&](const Field& f) { return f.key == key; });
  if (field != std::end(fields)) return std::visit(ToText{scratch}, field->value(image_));
  // Tags have no text that a rule could compare: in Python they are a set, in any order.
  const model::Property* property = image_.find_property(key);
  if (!property) return {};
  return property->value ? std::string_view(*property->value) : none;
}

json::object ImageTarget::document() const {
  json::object document;
  for (const model::Property& property : image_.properties)
    document.emplace(property.name, property.value ? json::value(*property.value) : json::value());
  for (const Field& field : fields) document[field.key] = std::visit(ToJson{}, field.value(image_));
  const json::value member = member_ ? json::value(*member_) : json::value();
  document["member_id"] = member;
  document["member"] = member;
  document["tags"] = json::array(image_.tags.begin(), image_.tags.end());
  return document;
}

std::optional<std::string_view> TextTarget::find(std::string_view key, std::string& /*scratch*/) const {
  const auto found =
      std::find_if(values_.begin(), values_.end(), [&](const auto& pair) { return pair.first == key; });
  if (found == values_.end()) return {};
  return found->second.value_or(none);
}

json::object TextTarget::document() const {
  json::object document;
  for (const auto& [key, value] : values_) document[key] = value ? json::value(*value) : json::value();
  return document;
}

std::optional<std::string_view> ObjectTarget::find(std::string_view key, std::string& scratch) const {
  const json::value* value = values_.if_contains(key);
  if (!value) return {};
  return text_of(*value, scratch);
}

}  // namespace vitrine::access
