#include "stores/drivers/vmware/vmware_location.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

constexpr std::string_view start_of_path = "/folder/";

Error not_one() {
  return Error(ErrorCode::invalid, "The data's location is not one of a vmware store");
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_.-~/").find(c) != std::string_view::npos;
}

bool ends_a_path(char c) {
  return is_control(c) || c == '%' || c == '?' || c == '#';
}

/// With those characters percent-encoded that are meant.
template <class IsMeant>
std::string encode(std::string_view path, const IsMeant& is_meant) {
  std::string text;
  for (const char c : path) {
    if (is_meant(c)) {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      text += c;
    }
  }
  return text;
}

std::string query_of(const VmwareLocation& location) {
  std::string query = "dsName=" + form_encode(location.datastore);
  if (location.datacenter) query += "&dcPath=" + form_encode(*location.datacenter);
  return query;
}

/// Of several parameters of one name the first counts.
std::map<std::string, std::string> parse_query(std::string_view query) {
  std::map<std::string, std::string> parameters;
  const std::vector<std::string> parts = split(query, '&');
  for (const std::string& part : parts) {
    const auto equals = part.find('=');
    if (equals == std::string::npos) continue;
    const auto value = form_decode(part.substr(equals + 1));
    if (!value) throw not_one();
    if (!value->empty()) parameters.try_emplace(part.substr(0, equals), *value);
  }
  return parameters;
}

}  // namespace

VmwareLocation parse_vmware_location(std::string_view uri) {
  const SplitUri parts = split_uri(uri.substr(0, uri.find('#')));
  const auto mark = parts.rest.find('?');
  const auto slash = parts.rest.find('/');
  if (parts.scheme != "vsphere" || mark == std::string_view::npos || slash > mark) throw not_one();
  const std::string_view path = parts.rest.substr(slash, mark - slash);
  if (!path.starts_with(start_of_path)) throw not_one();

  const auto decoded = percent_decode(path.substr(start_of_path.size()));
  auto parameters = parse_query(parts.rest.substr(mark + 1));
  VmwareLocation location{.host = std::string(parts.rest.substr(0, slash)),
                          .path = decoded.value_or(""),
                          .datastore = parameters["dsName"]};
  if (parameters.contains("dcPath")) location.datacenter = parameters["dcPath"];
  if (location.datastore.empty() || !is_datastore_path(location.path)) throw not_one();
  return location;
}

std::string to_uri(const VmwareLocation& location) {
  return fmt::format("vsphere://{}{}{}?{}", location.host, start_of_path, encode(location.path, ends_a_path),
                     query_of(location));
}

std::string request_target(const VmwareLocation& location) {
  const auto is_odd = [](char c) { return !is_plain(c); };
  return fmt::format("{}{}?{}", start_of_path, encode(location.path, is_odd), query_of(location));
}

bool is_datastore_path(std::string_view path) {
  const std::vector<std::string> names = split(path, '/');
  const auto is_bad = [](const std::string& name) {
    return name.empty() || name == "." || name == ".." || std::any_of(name.begin(), name.end(), is_control);
  };
  return std::none_of(names.begin(), names.end(), is_bad);
}

}  // namespace vitrine::stores
