#include "stores/drivers/cinder/cinder_location.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/ids.h"
#include "base/text.h"
#include "stores/driver_rules.h"

namespace vitrine::stores {

CinderLocation parse_cinder_location(std::string_view uri) {
  const SplitUri parts = split_uri(uri);
  const auto slash = parts.rest.rfind('/');
  CinderLocation location{.volume_id = std::string(parts.rest.substr(slash + 1))};
  if (slash != std::string_view::npos) location.store_id = parts.rest.substr(0, slash);
  // As glance_store, which compares the identifier's one spelling with what is written.
  const bool is_good = parts.scheme == "cinder" && is_uuid(location.volume_id);
  if (!is_good) throw Error(ErrorCode::invalid, "The location names no volume; write cinder://store/volume");
  location.volume_id = to_lower(location.volume_id);
  return location;
}

std::string to_uri(const CinderLocation& location) {
  if (location.store_id.empty()) return "cinder://" + location.volume_id;
  return fmt::format("cinder://{}/{}", location.store_id, location.volume_id);
}

std::string endpoint_of(std::string_view endpoint_template, std::string_view project_id) {
  std::string url(endpoint_template);
  for (const std::string_view name : {"%(project_id)s", "%(tenant)s", "%(tenant_id)s"}) {
    for (auto at = url.find(name); at != std::string::npos; at = url.find(name)) {
      url.replace(at, name.size(), project_id);
    }
  }
  return url;
}

}  // namespace vitrine::stores
