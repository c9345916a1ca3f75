#include "imports/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <set>
#include <stop_token>
#include <utility>

#include "base/error.h"
#include "base/ids.h"
#include "base/log.h"
#include "images/recovery.h"
#include "imports/import_lock.h"
#include "imports/recovery.h"
#include "imports/task_start.h"

namespace vitrine::imports {
namespace {

namespace json = boost::json;
using model::TaskStatus;

constexpr std::uint64_t page_size = 100;
constexpr std::string_view node_is_gone = "The node that worked on the task is gone. Ask for it again.";
constexpr std::string_view another_took_over = "Another task has taken the image over.";

/// The image that a task has locked, of a kind that does not name it.
std::string image_locked_by(const model::Task& task, catalog::Catalog& catalog) {
  model::ImageQuery query{.limit = 1, .viewer = {.is_admin = true}, .with_community = true};
  query.properties = {{std::string(model::import_lock), task.id}};
  for (const bool is_hidden : {false, true}) {
    query.is_hidden = is_hidden;
    const std::vector<model::Image> found = catalog.list(query);
    if (!found.empty()) return found.front().id;
  }
  return "";
}

/// Empty: it is not known, or there is none. What a client has written into a task is not believed.
std::string image_id_of(const model::Task& task, catalog::Catalog& catalog) {
  if (task.image_id) return *task.image_id;
  if (task.type == client_task_type) return image_locked_by(task, catalog);
  const json::value* id = task.input ? task.input->if_contains("image_id") : nullptr;
  return id != nullptr && id->is_string() ? std::string(id->get_string()) : "";
}

/// The stores that the task was to fill, as far as this node knows them.
std::vector<std::string> known_stores_of(const model::Task& task, const stores::StoreSet& stores) {
  if (!stores.has_several()) return {stores.default_store().id()};
  std::vector<std::string> ids = stores_of(task);
  if (ids.empty() && task.type == client_task_type) ids = {stores.default_store().id()};
  std::erase_if(ids, [&](const std::string& id) {
    const bool is_known = stores.find(id) != nullptr;
    if (!is_known) {
      log::warning("What task {} left in store {} stays there: this node does not have that store.", task.id,
                   id);
    }
    return !is_known;
  });
  return ids;
}

/// The task by which a node cleans up after a dead one. It holds the image meanwhile, and is itself taken
/// over if this node dies, too. It belongs to nobody, so that no client takes it for an import.
model::Task successor_of(const model::Task& dead, const transfer::JournalEntry& line,
                         std::chrono::seconds heartbeat) {
  model::Task task{.id = line.transfer_id, .type = dead.type, .status = TaskStatus::processing};
  if (dead.type == client_task_type) task.image_id = line.image_id;
  json::array backend;
  for (const std::string& id : stores_in(line)) backend.emplace_back(id);
  task.input = json::object{{"image_id", line.image_id},
                            {"takes_over", dead.id},
                            {"backend", std::move(backend)},
                            {heartbeat_key, heartbeat.count()}};
  return task;
}

/// Whether the image is still the dead task's to be taken, and took it: from here on the task, if it lives
/// after all, can change nothing of the image.
bool take_from(catalog::Catalog& catalog, const model::Image& image, const model::Task& dead,
               const std::string& successor) {
  const bool was_its = catalog.release_import_lock(image.id, dead.id);
  // A node that died right here left an image that is `importing`, by nobody.
  const bool is_nobodys =
      image.find_property(model::import_lock) == nullptr && image.status == model::ImageStatus::importing;
  return (was_its || is_nobodys) && catalog.take_import_lock(image.id, successor);
}

}  // namespace

void Sweep::round(Instant now) noexcept {
  try {
    images::settle_abandoned(means_.resources);
    settle_own();
    settle_others(now);
    means_.staging.clean(means_.resources.catalog);
    complaints_.erase("");
  } catch (const std::exception& failure) {
    complain("", failure.what());
  }
}

void Sweep::complain(const std::string& id, const std::string& what) {
  if (std::exchange(complaints_[id], what) == what) return;
  log::warning("Imports that nobody works on any more cannot be settled now{}{}: {}",
               id.empty() ? "" : ", such as ", id, what);
}

void Sweep::settle_own() {
  for (const transfer::JournalEntry& line : means_.journal.entries()) {
    if (!means_.unsettled.contains(line.transfer_id)) continue;
    try {
      settle(means_, line);
      complaints_.erase(line.transfer_id);
    } catch (const Error& error) {
      complain(line.transfer_id, error.what());
    }
  }
}

void Sweep::settle_others(Instant now) {
  for (auto& [id, sighting] : sightings_) sighting.is_known_now = false;
  for (const model::Task& task : tasks_of_others()) {
    try {
      if (is_dead(task, now)) take_over(task);
    } catch (const Error& error) {
      complain(task.id, error.what());
    }
  }
  std::erase_if(sightings_, [](const auto& entry) { return !entry.second.is_known_now; });
}

/// The tasks that have not ended and do not stand in this node's journal.
std::vector<model::Task> Sweep::tasks_of_others() const {
  std::set<std::string> own;
  for (const transfer::JournalEntry& line : means_.journal.entries()) own.insert(line.transfer_id);
  std::vector<model::Task> all;
  for (const std::string_view type : {import_task_type, location_task_type, client_task_type}) {
    for (const TaskStatus status : {TaskStatus::pending, TaskStatus::processing}) {
      const std::vector<model::Task> tasks = unfinished(type, status);
      std::ranges::copy_if(tasks, std::back_inserter(all),
                           [&](const model::Task& task) { return !own.contains(task.id); });
    }
  }
  return all;
}

std::vector<model::Task> Sweep::unfinished(std::string_view type, model::TaskStatus status) const {
  model::TaskQuery query{.limit = page_size, .is_ascending = true};
  query.filters = {{model::TaskColumn::type, std::string(type)},
                   {model::TaskColumn::status, std::string(to_string(status))}};
  std::vector<model::Task> all;
  for (;;) {
    const std::vector<model::Task> page = means_.resources.catalog.list_tasks(query);
    all.insert(all.end(), page.begin(), page.end());
    if (page.size() < page_size) return all;
    query.marker = page.back().id;
  }
}

bool Sweep::is_dead(const model::Task& listed, Instant now) {
  const auto [entry, is_new] = sightings_.try_emplace(listed.id, Sighting{listed.updated_at, now});
  Sighting& sighting = entry->second;
  sighting.is_known_now = true;
  if (sighting.updated_at != listed.updated_at) sighting = {listed.updated_at, now};
  const std::optional<model::Task> task = means_.resources.catalog.find_task(listed.id);
  if (!task || task->updated_at != sighting.updated_at) return false;
  if (heartbeat_of(*task)) return now - sighting.since >= patience_with(*task);
  const auto limit = std::max(means_.settings.glance_task_timeout, patience_with(*task));
  return clock_.now() - task->updated_at >= limit;
}

void Sweep::take_over(const model::Task& listed) {
  catalog::Catalog& catalog = means_.resources.catalog;
  const std::optional<model::Task> dead = catalog.find_task(listed.id);
  if (!dead) return;
  const std::string image_id = image_id_of(*dead, catalog);
  if (!is_uuid(image_id)) return means_.tasks.fail(dead->id, std::string(node_is_gone));
  log::warning("The node that ran task {} on image {} is gone.", dead->id, image_id);
  dead->type == location_task_type ? end_location_task(*dead, image_id) : take_over_import(*dead, image_id);
}

/// No data was written, so nothing has to be kept from others while it is undone: one change of the record
/// does it, which only the lock's holder can make.
void Sweep::end_location_task(const model::Task& dead, const std::string& image_id) {
  const std::optional<model::Image> image = means_.resources.catalog.find(image_id);
  const bool is_in_use = image && image->status == model::ImageStatus::active;
  const transfer::JournalEntry line = location_line(dead.id, image_id);
  remember(line);
  if (!is_in_use) means_.tasks.fail(dead.id, std::string(node_is_gone));
  settle(means_, line);
}

void Sweep::take_over_import(const model::Task& dead, const std::string& image_id) {
  catalog::Catalog& catalog = means_.resources.catalog;
  const std::vector<std::string> store_ids = known_stores_of(dead, means_.resources.stores);
  const std::optional<model::Image> image = catalog.find(image_id);
  if (!image || image->is_deleted || is_finished(means_, *image, dead.id, store_ids)) {
    settle(means_, import_line(dead.id, image_id, store_ids));
    return;
  }
  const transfer::JournalEntry line = import_line(new_uuid(), image_id, store_ids);
  remember(line);
  catalog.insert_task(successor_of(dead, line, means_.settings.heartbeat));
  const bool is_taken = take_from(catalog, *image, dead, line.transfer_id);
  means_.tasks.fail(dead.id, std::string(node_is_gone));
  if (is_taken) {
    settle(means_, line);
    return;
  }
  means_.tasks.fail(line.transfer_id, std::string(another_took_over));
  means_.journal.clear(line.transfer_id);
  means_.unsettled.remove(line.transfer_id);
}

/// From here on the line is this node's own.
void Sweep::remember(const transfer::JournalEntry& line) {
  means_.journal.add(line);
  means_.unsettled.add(line.transfer_id);
}

Sweeper::Sweeper(const Means& means, const Clock& clock)
    : thread_([means, &clock](const std::stop_token& stop) {
        Sweep sweep(means, clock);
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock(mutex);
        while (
            !stopped.wait_for(lock, stop, means.settings.heartbeat, [&] { return stop.stop_requested(); })) {
          sweep.round(std::chrono::steady_clock::now());
        }
      }) {}

}  // namespace vitrine::imports
