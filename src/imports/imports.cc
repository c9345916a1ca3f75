#include "imports/imports.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include "base/error.h"
#include "base/ids.h"
#include "base/log.h"
#include "imports/bookkeeping.h"
#include "imports/import_lock.h"
#include "imports/recovery.h"
#include "imports/task_start.h"

namespace vitrine::imports {
namespace {

namespace json = boost::json;
using model::ImageStatus;

constexpr std::string_view image_was_deleted = "The image has been deleted, aborting import.";
constexpr std::chrono::seconds release_time{30};  // for ending what reads an image's data

Error conflict(std::string message) {
  return {ErrorCode::conflict, std::move(message)};
}

Error invalid(std::string message) {
  return {ErrorCode::invalid, std::move(message)};
}

void require_status(const model::Image& image, const MethodRow& row) {
  if (image.status == row.starts_from) return;
  if (image.status == ImageStatus::active)
    throw conflict("Image with status active cannot be target for import");
  throw conflict(fmt::format("Image needs to be in status {} to be imported by {}; it is {}.",
                             to_string(row.starts_from), row.name, to_string(image.status)));
}

void require_one_choice(const ImportWish& wish) {
  if (wish.all_stores && (wish.stores || wish.header_store)) {
    throw invalid("All_stores parameter can't be used with x-image-meta-store header or stores parameter");
  }
  if (wish.stores && wish.header_store) {
    throw invalid("Stores parameter and x-image-meta-store header can't be both specified");
  }
  if (wish.stores && wish.stores->empty()) {
    throw invalid("stores is empty. Name a store, or leave it out for the default one.");
  }
}

/// The store that a client names. Glance answers 409 for one that does not exist.
stores::Store& target_named(const stores::StoreSet& stores, const std::string& id) {
  stores::Store* store = stores.find(id);
  if (store == nullptr) throw conflict(fmt::format("There is no store {} to import to.", id));
  if (!store->traits().keeps_data) throw invalid(fmt::format("Store {} takes no data.", id));
  return *store;
}

bool is_in(const std::vector<stores::Store*>& stores, const stores::Store* store) {
  return std::find(stores.begin(), stores.end(), store) != stores.end();
}

/// What the task keeps of the wish: others can read it, so a password in the URI is left out.
json::object shown(const ImportWish& wish) {
  json::object document = wish.document;
  if (!wish.uri) return document;
  const std::size_t begin = wish.uri->find("://");
  const std::size_t end = wish.uri->find_first_of("/?#", begin == std::string::npos ? 0 : begin + 3);
  const std::size_t at = wish.uri->rfind('@', end == std::string::npos ? end : end - 1);
  if (begin == std::string::npos || at == std::string::npos || at < begin) return document;
  document["method"].as_object()["uri"] = wish.uri->substr(0, begin + 3) + "***" + wish.uri->substr(at);
  return document;
}

}  // namespace

Imports::Imports(const Means& means, const Clock& clock, const Outside& outside, TaskRunner& runner)
    : means_(means), clock_(clock), runner_(runner) {
  for (const MethodRow& row : import_methods()) methods_.emplace(row.name, row.make(outside));
}

const MethodRow& Imports::method(std::string_view name) const {
  const bool is_enabled = std::find(methods().begin(), methods().end(), name) != methods().end();
  const MethodRow* row = is_enabled ? find_import_method(name) : nullptr;
  if (row != nullptr) return *row;
  throw invalid(fmt::format("Unknown import method name '{}'.", name));
}

void Imports::require_room(const model::Caller& caller) const {
  images::Reservation(means_.resources.quotas, caller.project_id, "").require_some_room();
}

void Imports::require_ready(const model::Image& image, const ImportWish& wish) const {
  require_status(image, method(wish.method));
  for (const auto& [what, format] : {std::pair("container_format", &image.container_format),
                                     std::pair("disk_format", &image.disk_format)}) {
    if (!*format) throw conflict(fmt::format("'{}' needs to be set before import", what));
  }
}

std::vector<stores::Store*> Imports::targets_of(const ImportWish& wish) const {
  const stores::StoreSet& stores = means_.resources.stores;
  if (!stores.has_several()) {
    if (!wish.all_stores_must_succeed) {
      throw invalid("All_stores_must_succeed can only be set with enabled_backends True");
    }
    return {&stores.default_store()};
  }
  require_one_choice(wish);
  std::vector<stores::Store*> targets;
  if (wish.all_stores) {
    for (const auto& store : stores.all()) {
      if (store->traits().keeps_data) targets.push_back(store.get());
    }
    return targets;
  }
  std::vector<std::string> ids{wish.header_store.value_or(stores.default_store().id())};
  if (wish.stores) ids = *wish.stores;
  for (const std::string& id : ids) {
    stores::Store& store = target_named(stores, id);
    if (!is_in(targets, &store)) targets.push_back(&store);
  }
  return targets;
}

/// A target that has a copy of the image; nullptr if none has.
const stores::Store* Imports::find_present(const std::vector<stores::Store*>& targets,
                                           const model::Image& image) const {
  const auto present = std::find_if(targets.begin(), targets.end(), [&](const stores::Store* target) {
    return means_.resources.stores.have_copy_in(target->id(), image.locations);
  });
  return present == targets.end() ? nullptr : *present;
}

/// Of the stores that a copy is wanted in.
void Imports::leave_out_present(ImportRequest& request) const {
  const stores::StoreSet& stores = means_.resources.stores;
  if (!stores.has_several()) {
    throw invalid("copy-image needs a service with several stores (enabled_backends).");
  }
  if (request.wish.all_stores) {
    std::erase_if(request.targets, [&](const stores::Store* target) {
      return stores.have_copy_in(target->id(), request.image.locations);
    });
    return;
  }
  const stores::Store* present = find_present(request.targets, request.image);
  if (present != nullptr) {
    throw invalid(fmt::format("Image is already present at store '{}'", present->id()));
  }
}

void Imports::begin(const model::Caller& caller, const std::string& request_id, const model::Image& image,
                    const ImportWish& wish) {
  const MethodRow& row = method(wish.method);
  const std::vector<std::string> orphaned =
      break_dead_lock(means_.resources.catalog, means_.tasks, clock_, image);
  ImportRequest request{
      .caller = caller, .request_id = request_id, .image = image, .wish = wish, .targets = targets_of(wish)};
  if (row.purpose == Purpose::copies) leave_out_present(request);
  if (request.targets.empty()) return;
  methods_.find(row.name)->second->check(request);
  start(row, std::move(request), orphaned);
}

void Imports::start(const MethodRow& row, ImportRequest request, const std::vector<std::string>& orphaned) {
  const model::Task task = task_of(request);
  lock_and_store_task(
      means_, task, import_line(task.id, request.image.id, target_ids(request)), orphaned,
      [&](const model::Image& image) {
        require_status(image, row);
        if (row.purpose != Purpose::copies) return;
        const stores::Store* present = find_present(request.targets, image);
        if (present == nullptr) return;
        throw conflict(fmt::format("Image was copied to store '{}' meanwhile", present->id()));
      });
  const ImportMethod& method = *methods_.find(row.name)->second;
  runner_.post(
      std::make_unique<ImportJob>(means_, method, row.starts_from, row.purpose, std::move(request), task.id));
}

model::Task Imports::task_of(const ImportRequest& request) const {
  json::array backend;
  for (const stores::Store* store : request.targets) {
    backend.push_back(means_.resources.stores.has_several() ? json::value(store->id()) : json::value());
  }
  model::Task task{.id = new_uuid(),
                   .type = std::string(import_task_type),
                   .owner = request.caller.project_id.value_or(""),
                   .image_id = request.image.id,
                   .request_id = request.request_id,
                   .user_id = request.caller.user_id};
  task.input = json::object{{"image_id", request.image.id},
                            {"import_req", shown(request.wish)},
                            {"backend", std::move(backend)},
                            {heartbeat_key, means_.settings.heartbeat.count()}};
  return task;
}

std::unique_ptr<StagedUpload> Imports::stage(const model::Caller& caller, const model::Image& image,
                                             std::optional<std::uint64_t> announced_size,
                                             std::stop_token stop) {
  return std::make_unique<StagedUpload>(means_, caller, image, announced_size, std::move(stop));
}

void Imports::release_data(const model::Image& image) {
  if (image.locations.empty()) return;
  runner_.cancel(image.id, image_was_deleted);
  if (!runner_.wait_for(image.id, deadline_in(release_time))) {
    log::warning("A task still reads the data of image {}, which is to be deleted.", image.id);
  }
}

void Imports::forget(std::string_view image_id) noexcept {
  runner_.cancel(image_id, image_was_deleted);
  means_.staging.remove(image_id);
}

}  // namespace vitrine::imports
