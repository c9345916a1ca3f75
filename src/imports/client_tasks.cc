#include "imports/client_tasks.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/ids.h"
#include "imports/import_lock.h"
#include "imports/job.h"
#include "imports/recovery.h"
#include "imports/task_start.h"
#include "stores/driver_rules.h"

namespace vitrine::imports {
namespace {

namespace json = boost::json;

std::string source_in(const std::optional<json::object>& input) {
  const json::value* source = input ? input->if_contains("import_from") : nullptr;
  return source != nullptr && source->is_string() ? std::string(source->get_string()) : "";
}

/// Others can read a task, so a password in the URI is left out.
std::optional<json::object> shown(const std::optional<json::object>& input, std::chrono::seconds heartbeat) {
  const std::string source = source_in(input);
  if (source.empty()) return input;
  json::object document = *input;
  document["import_from"] = stores::without_credentials(source);
  document[heartbeat_key] = heartbeat.count();
  return document;
}

}  // namespace

ClientTasks::ClientTasks(const Means& means, const Outside& outside, TaskRunner& runner)
    : means_(means),
      runner_(runner),
      admission_(outside.admission),
      download_(outside.downloader, outside.admission) {}

void ClientTasks::require_source(const TaskWish& wish) const {
  if (wish.type != client_task_type) return;
  const std::string source = source_in(wish.input);
  if (source.empty())
    throw Error(ErrorCode::invalid, "The input has no import_from with an http or https URI.");
  if (!source.starts_with("http://") && !source.starts_with("https://")) {
    throw Error(ErrorCode::invalid, "Data is imported from http and https URIs only.");
  }
  admission_.admit(fetch::parse_uri(source));
}

/// Why the task fails at once; empty: it does not.
std::string ClientTasks::refusal_of(const TaskWish& wish) const {
  if (wish.type != client_task_type) {
    return fmt::format(
        "Tasks of type {} come with the images that they work on: ask there for an import or add "
        "a location.",
        wish.type);
  }
  for (const std::string_view key : {"import_from", "import_from_format", "image_properties"}) {
    if (!wish.input->contains(key)) return fmt::format("Input does not contain '{}' field", key);
  }
  if (!wish.refusal.empty()) return wish.refusal;
  if (wish.image.container_format == "ova") {
    return "This service does not take OVA packages apart. Import the disk that is in it.";
  }
  if (!wish.image.disk_format || !wish.image.container_format) {
    return "The image_properties must have a disk_format and a container_format.";
  }
  if (target_of(*wish.input) == nullptr) return "The input names a backend that takes no data.";
  return "";
}

/// Null: there is none of that name, or it takes no data.
stores::Store* ClientTasks::target_of(const json::object& input) const {
  const stores::StoreSet& stores = means_.resources.stores;
  const json::value* id = input.if_contains("backend");
  if (id == nullptr || id->is_null() || !stores.has_several()) return &stores.default_store();
  stores::Store* store = id->is_string() ? stores.find(std::string_view(id->get_string())) : nullptr;
  return store != nullptr && store->traits().keeps_data ? store : nullptr;
}

model::Task ClientTasks::begin(TaskWish wish) {
  model::Task task{.id = new_uuid(),
                   .type = wish.type,
                   .owner = wish.caller.project_id.value_or(""),
                   .request_id = wish.request_id,
                   .user_id = wish.caller.user_id,
                   .input = shown(wish.input, means_.settings.heartbeat)};
  if (const std::string refusal = refusal_of(wish); !refusal.empty()) {
    task = means_.resources.catalog.insert_task(task);
    means_.tasks.fail(task.id, refusal);
    return task;
  }
  if (wish.image.id.empty()) wish.image.id = new_uuid();
  ImportRequest request{.caller = wish.caller,
                        .request_id = wish.request_id,
                        .image = std::move(wish.image),
                        .wish = {.method = "import", .uri = source_in(wish.input)},
                        .targets = {target_of(*wish.input)}};
  task = store_task(means_, task, import_line(task.id, request.image.id, target_ids(request)));
  runner_.post(std::make_unique<ImportJob>(means_, download_, model::ImageStatus::queued, Purpose::new_image,
                                           std::move(request), task.id));
  return task;
}

}  // namespace vitrine::imports
