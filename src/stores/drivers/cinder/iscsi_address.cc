#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "stores/drivers/cinder/cinder_documents.h"
#include "stores/drivers/cinder/iscsi_volume.h"

namespace vitrine::stores {
namespace {

namespace json = boost::json;

int unit_of(const json::value* value) {
  json::error_code error;
  const int unit = value != nullptr && value->is_number() ? value->to_number<int>(error) : -1;
  if (error || unit < 0)
    throw Error(ErrorCode::unavailable, "Cinder's connection_info names no logical unit");
  return unit;
}

const json::array* array_in(const json::object& connection, std::string_view name) {
  const auto* value = connection.if_contains(name);
  return value == nullptr ? nullptr : value->if_array();
}

/// Targets that have several paths name them in lists that belong together.
std::vector<IscsiPath> paths_in_lists(const json::object& connection) {
  const auto* portals = array_in(connection, "target_portals");
  const auto* targets = array_in(connection, "target_iqns");
  const auto* units = array_in(connection, "target_luns");
  if (portals == nullptr || targets == nullptr || units == nullptr) return {};
  std::vector<IscsiPath> paths;
  const std::size_t count = std::min({portals->size(), targets->size(), units->size()});
  for (std::size_t i = 0; i < count; ++i) {
    const auto* portal = (*portals)[i].if_string();
    const auto* target = (*targets)[i].if_string();
    if (portal != nullptr && target != nullptr) {
      paths.push_back({std::string(*portal), std::string(*target), unit_of(&(*units)[i])});
    }
  }
  return paths;
}

}  // namespace

IscsiAddress read_iscsi_connection(const json::object& connection) {
  IscsiAddress address{.paths = paths_in_lists(connection)};
  const std::string portal = text_of_member(connection, "target_portal");
  const std::string target = text_of_member(connection, "target_iqn");
  if (address.paths.empty() && !portal.empty() && !target.empty()) {
    address.paths.push_back({portal, target, unit_of(connection.if_contains("target_lun"))});
  }
  if (address.paths.empty()) {
    throw Error(ErrorCode::unavailable, "Cinder's connection_info names no iSCSI target");
  }
  if (text_of_member(connection, "auth_method") == "CHAP") {
    address.user = text_of_member(connection, "auth_username");
    address.password = text_of_member(connection, "auth_password");
  }
  return address;
}

}  // namespace vitrine::stores
