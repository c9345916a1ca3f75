#include "stores/drivers/mount_metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/error.h"
#include "base/log.h"

namespace vitrine::stores {
namespace {

namespace json = boost::json;

Error faulty(std::string_view what) {
  return Error(ErrorCode::configuration, std::string(what));
}

/// Locations hold nothing else, so that every client can read them.
bool holds_texts_only(const json::value& value) {
  if (value.is_string()) return true;
  if (const auto* list = value.if_array()) return std::all_of(list->begin(), list->end(), holds_texts_only);
  const auto* object = value.if_object();
  return object && std::all_of(object->begin(), object->end(),
                               [](const auto& member) { return holds_texts_only(member.value()); });
}

bool has_text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string();
}

json::object checked_entry(const json::value& value) {
  const json::object* entry = value.if_object();
  if (!entry || !has_text(*entry, "id") || !has_text(*entry, "mountpoint")) {
    throw faulty("every entry must be an object with the texts \"id\" and \"mountpoint\"");
  }
  if (!holds_texts_only(*entry)) throw faulty("an entry may hold texts, lists and objects only");
  return *entry;
}

json::value parsed(std::string_view text) {
  boost::system::error_code error;
  json::value document = json::parse(text, error);
  if (error) throw faulty(fmt::format("no JSON: {}", error.message()));
  return document;
}

}  // namespace

MountMetadata::MountMetadata(std::string_view text) {
  const json::value document = parsed(text);
  if (const json::array* list = document.if_array()) {
    for (const json::value& value : *list) entries_.push_back(checked_entry(value));
  } else {
    entries_.push_back(checked_entry(document));
  }
}

MountMetadata MountMetadata::from_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::error_code ignored;
  if (!in || !std::filesystem::is_regular_file(file, ignored)) {
    throw faulty(fmt::format("filesystem_store_metadata_file: {} cannot be read", file.string()));
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  try {
    return MountMetadata(text);
  } catch (const Error& error) {
    throw faulty(fmt::format("filesystem_store_metadata_file: {}: {}", file.string(), error.what()));
  }
}

json::object MountMetadata::of(std::string_view path) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const json::object& entry) {
    return path.starts_with(std::string_view(entry.at("mountpoint").get_string()));
  });
  if (found != entries_.end()) return *found;
  if (!entries_.empty()) log::error("No entry of filesystem_store_metadata_file covers {}", path);
  return {};
}

}  // namespace vitrine::stores
