#include "stores/drivers/cinder/cinder_documents.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/ids.h"

namespace vitrine::stores {
namespace {

namespace json = boost::json;

Error odd_answer(std::string_view what) {
  return Error(ErrorCode::unavailable, fmt::format("Cinder's answer has no {}", what));
}

bool flag(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

/// Parts of paths are made of ids, so nothing else may be one.
std::string id_of(const json::object& object, std::string_view name) {
  std::string id = text_of_member(object, name);
  if (!is_uuid(id)) throw odd_answer(name);
  return id;
}

}  // namespace

std::string text_of_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

const json::object& member_of(const json::object& answer, std::string_view name) {
  const auto* value = answer.if_contains(name);
  if (value == nullptr || !value->is_object()) throw odd_answer(name);
  return value->get_object();
}

std::vector<const json::object*> members_of(const json::object& answer, std::string_view name) {
  const auto* value = answer.if_contains(name);
  if (value == nullptr || !value->is_array()) throw odd_answer(name);
  std::vector<const json::object*> members;
  for (const json::value& each : value->get_array()) {
    if (const auto* member = each.if_object()) members.push_back(member);
  }
  return members;
}

CinderVolume read_volume(const json::object& volume, std::uint64_t gibibyte) {
  CinderVolume result{.id = id_of(volume, "id"),
                      .status = text_of_member(volume, "status"),
                      .name = text_of_member(volume, "name"),
                      .type = text_of_member(volume, "volume_type"),
                      .is_multiattach = flag(volume, "multiattach"),
                      .is_encrypted = flag(volume, "encrypted")};
  json::error_code error;
  const auto* size = volume.if_contains("size");
  if (size == nullptr || !size->is_number()) throw odd_answer("size");
  result.gibibytes = size->to_number<std::uint64_t>(error);
  if (error || result.gibibytes >= std::uint64_t{1} << 30) throw odd_answer("size");
  result.bytes = result.gibibytes * gibibyte;
  if (const auto* metadata = volume.if_contains("metadata"); metadata != nullptr && metadata->is_object()) {
    for (const auto& pair : metadata->get_object()) {
      if (pair.value().is_string()) result.metadata[pair.key()] = pair.value().get_string();
    }
  }
  if (volume.if_contains("attachments") == nullptr) return result;
  const auto uses = members_of(volume, "attachments");
  for (const json::object* use : uses) {
    result.uses.push_back({id_of(*use, "attachment_id"), text_of_member(*use, "device")});
  }
  return result;
}

CinderAttachment read_attachment(const json::object& attachment) {
  return {.id = id_of(attachment, "id"), .connection = member_of(attachment, "connection_info")};
}

}  // namespace vitrine::stores
