#include "stores/drivers/cinder/cinder_volumes.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/text.h"
#include "fetch/patience.h"
#include "stores/drivers/cinder/cinder_documents.h"

namespace vitrine::stores {
namespace {

namespace json = boost::json;

constexpr std::size_t page_size = 1000;
/// Projects whose default types are remembered; when there are more, all are forgotten.
constexpr std::size_t most_types = 1000;
constexpr std::string_view passing_states[] = {"creating",  "deleting", "extending",  "attaching",
                                               "detaching", "reserved", "downloading"};

bool is_passing(const CinderVolume& volume) {
  return std::find(std::begin(passing_states), std::end(passing_states), volume.status) !=
         std::end(passing_states);
}

json::object in_json(const std::map<std::string, std::string>& texts) {
  json::object object;
  for (const auto& [name, value] : texts) object[name] = value;
  return object;
}

std::string path_of(const std::string& volume_id) {
  return "/volumes/" + volume_id;
}

Error stuck(const CinderVolume& volume) {
  return Error(ErrorCode::unavailable,
               fmt::format("The volume {} stays in the state {}. See Cinder's log for why.", volume.id,
                           volume.status));
}

}  // namespace

CinderAnswer CinderVolumes::ask(const StoreCall& call, const CinderRequest& request, std::string_view what) {
  CinderAnswer answer = client_.ask(call, request);
  if (!answer.is_good()) throw CinderClient::error_of(answer, what);
  return answer;
}

void CinderVolumes::act(const StoreCall& call, const std::string& id, json::object action,
                        std::string_view what) {
  ask(call, {.method = fetch::Method::post, .path = path_of(id) + "/action", .body = std::move(action)},
      what);
}

std::string CinderVolumes::volume_type(const StoreCall& call) {
  if (!settings_.volume_type.empty()) return settings_.volume_type;
  const std::string project = call.caller != nullptr ? call.caller->project_id.value_or("") : "";
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = types_.find(project); known != types_.end()) return known->second;
  }
  // A Cinder without a default type has volumes of none.
  const CinderAnswer answer = client_.ask(call, {.path = "/types/default"});
  if (!answer.is_good() && answer.status != 404) {
    throw CinderClient::error_of(answer, "tell its default volume type");
  }
  const std::string type =
      answer.is_good() ? text_of_member(member_of(answer.body, "volume_type"), "name") : "";
  const std::lock_guard lock(mutex_);
  if (types_.size() >= most_types) types_.clear();
  return types_[project] = type;
}

void CinderVolumes::require_type(const StoreCall& call) {
  const CinderAnswer answer = ask(call, {.path = "/types"}, "list volume types");
  if (settings_.volume_type.empty()) return;
  std::vector<std::string> names;
  const auto types = members_of(answer.body, "volume_types");
  for (const json::object* type : types) names.push_back(text_of_member(*type, "name"));
  if (std::find(names.begin(), names.end(), settings_.volume_type) != names.end()) return;
  throw Error(ErrorCode::configuration,
              fmt::format("Cinder has no volume type {} for the store's project. Set cinder_volume_type to "
                          "one of {}.",
                          settings_.volume_type, join(names, ", ")));
}

std::optional<CinderVolume> CinderVolumes::find(const StoreCall& call, const std::string& id) {
  const CinderAnswer answer = client_.ask(call, {.path = path_of(id)});
  if (answer.status == 404) return {};
  if (!answer.is_good()) throw CinderClient::error_of(answer, "show a volume");
  return read_volume(member_of(answer.body, "volume"), settings_.gibibyte);
}

std::vector<CinderVolume> CinderVolumes::list(const StoreCall& call, const std::string& query) {
  std::vector<CinderVolume> volumes;
  while (true) {
    std::string path = fmt::format("/volumes/detail?limit={}", page_size);
    if (!query.empty()) path += "&" + query;
    if (!volumes.empty()) path += "&marker=" + volumes.back().id;
    const CinderAnswer answer = ask(call, {.path = path}, "list volumes");
    const auto page = members_of(answer.body, "volumes");
    for (const json::object* volume : page) volumes.push_back(read_volume(*volume, settings_.gibibyte));
    if (page.empty() || answer.body.if_contains("volumes_links") == nullptr) return volumes;
  }
}

CinderVolume CinderVolumes::create(const StoreCall& call, const NewVolume& volume) {
  json::object details{
      {"name", volume.name}, {"size", volume.gibibytes}, {"metadata", in_json(volume.metadata)}};
  if (!settings_.volume_type.empty()) details["volume_type"] = settings_.volume_type;
  const CinderAnswer answer =
      ask(call, {.method = fetch::Method::post, .path = "/volumes", .body = {{"volume", std::move(details)}}},
          "create a volume");
  return read_volume(member_of(answer.body, "volume"), settings_.gibibyte);
}

bool CinderVolumes::remove(const StoreCall& call, const std::string& id) {
  const CinderAnswer answer = client_.ask(call, {.method = fetch::Method::remove, .path = path_of(id)});
  if (answer.status == 404) return answer.is_repeated;
  if (!answer.is_good()) throw CinderClient::error_of(answer, "remove the volume");
  return true;
}

void CinderVolumes::extend(const StoreCall& call, const std::string& id, std::uint64_t gibibytes) {
  act(call, id, {{"os-extend", json::object{{"new_size", gibibytes}}}}, "extend the volume");
}

void CinderVolumes::set_metadata(const StoreCall& call, const std::string& id,
                                 const std::map<std::string, std::string>& metadata) {
  ask(call,
      {.method = fetch::Method::put,
       .path = path_of(id) + "/metadata",
       .body = {{"metadata", in_json(metadata)}}},
      "describe the volume");
}

void CinderVolumes::make_read_only(const StoreCall& call, const std::string& id) {
  act(call, id, {{"os-update_readonly_flag", json::object{{"readonly", true}}}}, "make the volume read-only");
}

CinderAttachment CinderVolumes::attach(const StoreCall& call, const std::string& id, AttachMode mode,
                                       const json::object& connector) {
  json::object details{
      {"volume_uuid", id}, {"connector", connector}, {"mode", mode == AttachMode::read_only ? "ro" : "rw"}};
  const CinderAnswer answer = ask(
      call,
      {.method = fetch::Method::post, .path = "/attachments", .body = {{"attachment", std::move(details)}}},
      "attach the volume");
  return read_attachment(member_of(answer.body, "attachment"));
}

CinderAttachment CinderVolumes::attachment(const StoreCall& call, const std::string& id) {
  const CinderAnswer answer = ask(call, {.path = "/attachments/" + id}, "show an attachment");
  return read_attachment(member_of(answer.body, "attachment"));
}

void CinderVolumes::complete(const StoreCall& call, const std::string& attachment_id) {
  ask(call,
      {.method = fetch::Method::post,
       .path = fmt::format("/attachments/{}/action", attachment_id),
       .body = {{"os-complete", json::object{}}}},
      "complete the attachment");
}

void CinderVolumes::detach(const StoreCall& call, const std::string& attachment_id) {
  const CinderAnswer answer =
      client_.ask(call, {.method = fetch::Method::remove, .path = "/attachments/" + attachment_id});
  if (answer.is_good() || answer.status == 404) return;
  throw CinderClient::error_of(answer, "detach the volume");
}

std::vector<std::string> CinderVolumes::attachments_of(const StoreCall& call, const std::string& volume_id) {
  const CinderAnswer answer = ask(call, {.path = "/attachments?volume_id=" + volume_id}, "list attachments");
  std::vector<std::string> ids;
  const auto attachments = members_of(answer.body, "attachments");
  for (const json::object* each : attachments) ids.push_back(text_of_member(*each, "id"));
  return ids;
}

std::optional<CinderVolume> CinderVolumes::settle(const StoreCall& call, const std::string& id,
                                                  std::chrono::milliseconds time) {
  const Deadline end = deadline_in(time);
  std::chrono::milliseconds pause = settings_.times.first_look;
  while (true) {
    const std::optional<CinderVolume> volume = find(call, id);
    if (!volume || !is_passing(*volume)) return volume;
    if (std::chrono::steady_clock::now() >= std::min(end, call.deadline)) throw stuck(*volume);
    fetch::pause(pause, call.stop);
    pause = std::min(2 * pause, settings_.times.longest_pause);
  }
}

CinderVolume CinderVolumes::wait_until(const StoreCall& call, const std::string& id,
                                       std::string_view status) {
  const std::optional<CinderVolume> volume = settle(call, id, settings_.times.transition);
  if (!volume) throw Error(ErrorCode::not_found, "The image's volume was removed meanwhile");
  if (volume->status == status) return *volume;
  throw stuck(*volume);
}

std::string CinderVolumes::complaint_about(const StoreCall& call, const std::string& id) {
  const CinderAnswer answer = client_.ask(call, {.path = "/messages?resource_uuid=" + id});
  if (!answer.is_good()) return {};
  const auto messages = members_of(answer.body, "messages");
  return messages.empty() ? "" : text_of_member(*messages.front(), "user_message");
}

}  // namespace vitrine::stores
