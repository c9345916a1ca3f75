#include "imports/location_imports.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/ids.h"
#include "imports/import_lock.h"
#include "imports/recovery.h"
#include "imports/task_start.h"
#include "stores/driver_rules.h"

namespace vitrine::imports {
namespace {

namespace json = boost::json;

bool is_service(const model::Caller& caller) {
  const auto has_role = [](const std::vector<std::string>& roles) {
    return std::find(roles.begin(), roles.end(), "service") != roles.end();
  };
  return has_role(caller.roles) || has_role(caller.service.roles);
}

/// Others can read a task, so the keys in the URI are left out.
json::object input_of(const LocationRequest& request, std::chrono::seconds heartbeat) {
  json::object validation;
  if (!request.expected_hash_value.empty()) {
    validation = json::object{{"os_hash_algo", request.expected_hash_algo},
                              {"os_hash_value", request.expected_hash_value}};
  }
  return json::object{{"image_id", request.image.id},
                      {"loc_url", stores::without_credentials(request.location.uri)},
                      {"validation_data", std::move(validation)},
                      {heartbeat_key, heartbeat.count()}};
}

}  // namespace

void LocationImports::require_ready(const model::Image& image) const {
  if (image.status == model::ImageStatus::queued) return;
  throw Error(
      ErrorCode::conflict,
      fmt::format("Locations are given to images that are queued; this one is {}.", to_string(image.status)));
}

void LocationImports::require_open_to(const model::Caller& caller, const stores::Location& location) const {
  const auto& stores = means_.resources.stores.all();
  const bool is_on_web = location.uri.starts_with("http");
  const bool has_web_store =
      std::ranges::any_of(stores, [](const auto& store) { return store->traits().type == "http"; });
  if (is_service(caller) || (is_on_web && has_web_store)) return;
  throw Error(ErrorCode::forbidden,
              is_on_web ? "This service has no store of type http, so only other services register locations."
                        : "Only other services register locations that are not on web servers.");
}

void LocationImports::begin(LocationRequest request) {
  const images::Resources& resources = means_.resources;
  const auto orphaned = break_dead_lock(resources.catalog, means_.tasks, clock_, request.image);
  images::require_possible(resources.stores, resources.admission, request.location);
  const model::Task task{.id = new_uuid(),
                         .type = std::string(location_task_type),
                         .owner = request.caller.project_id.value_or(""),
                         .image_id = request.image.id,
                         .request_id = request.request_id,
                         .user_id = request.caller.user_id,
                         .input = input_of(request, means_.settings.heartbeat)};
  lock_and_store_task(means_, task, location_line(task.id, request.image.id), orphaned,
                      [this](const model::Image& image) { require_ready(image); });
  runner_.post(std::make_unique<LocationJob>(means_, std::move(request), task.id));
}

}  // namespace vitrine::imports
