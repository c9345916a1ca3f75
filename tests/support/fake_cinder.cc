#include "tests/support/fake_cinder.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include "base/ids.h"
#include "base/text.h"

namespace vitrine::tests {
namespace {

namespace json = boost::json;

constexpr std::string_view api_path = "/v3/project";

Page in_page(const json::object& body, unsigned status = 200) {
  return {.status = status, .content = json::serialize(body)};
}

Page refusal(unsigned status, std::string_view message) {
  return in_page({{"refused", {{"code", status}, {"message", message}}}}, status);
}

Page no_such_thing() {
  return refusal(404, "There is no such thing.");
}

std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

FakeCinder::FakeCinder() {
  origin_.answer_with([this](const SeenRequest& request) { return answer(request); });
  keystone_.set_catalog(
      {{{"type", "volumev3"},
        {"name", "cinder"},
        {"endpoints", {{{"interface", "public"}, {"region", "one"}, {"url", origin_.url(api_path)}}}}}});
}

stores::CinderSettings FakeCinder::settings() const {
  stores::CinderSettings settings;
  settings.store_id = "volumes";
  settings.auth_address = keystone_.url();
  settings.account = {.user = "u", .password = "secret", .project = "project"};
  settings.volume_type = "fast";
  settings.host = "this-host";
  settings.gibibyte = gibibyte;
  settings.attachment_attempts = 3;
  settings.times = {.transition = std::chrono::milliseconds(300),
                    .first_look = std::chrono::milliseconds(1),
                    .longest_pause = std::chrono::milliseconds(10),
                    .resize = std::chrono::milliseconds(20),
                    .settling = std::chrono::milliseconds(50),
                    .first_round = std::chrono::milliseconds(10),
                    .removal = std::chrono::milliseconds(50)};
  settings.patience = short_patience;
  return settings;
}

void FakeCinder::end_in(const std::string& action, const std::string& state) {
  const std::lock_guard lock(mutex_);
  ends_[action] = state;
}

void FakeCinder::limit_size(std::uint64_t gibibytes) {
  const std::lock_guard lock(mutex_);
  limit_ = gibibytes;
}

void FakeCinder::fail_data(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  data_error_ = std::move(error);
}

void FakeCinder::let_devices_grow(bool do_grow) {
  const std::lock_guard lock(mutex_);
  do_devices_grow_ = do_grow;
}

std::vector<std::string> FakeCinder::everything() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [id, volume] : volumes_) {
    const auto attached =
        std::count_if(attachments_.begin(), attachments_.end(),
                      [&, &key = id](const auto& each) { return each.second.volume_id == key; });
    names.push_back(fmt::format("{} {} {}", volume.name, volume.status, attached));
  }
  return names;
}

std::string FakeCinder::status_of(const std::string& volume_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = volumes_.find(volume_id);
  return found == volumes_.end() ? "gone" : found->second.status;
}

void FakeCinder::set_status(const std::string& volume_id, const std::string& status) {
  const std::lock_guard lock(mutex_);
  volumes_.at(volume_id).status = status;
}

std::string FakeCinder::id_of(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(volumes_.begin(), volumes_.end(),
                                  [&](const auto& each) { return each.second.name == name; });
  return found == volumes_.end() ? "" : found->first;
}

void FakeCinder::add_attachment(const std::string& volume_id, const std::string& device) {
  const std::lock_guard lock(mutex_);
  attachments_[new_uuid()] = {volume_id, device, true};
  volumes_.at(volume_id).status = "in-use";
}

std::string FakeCinder::add_volume(const std::string& name, std::map<std::string, std::string> metadata,
                                   const std::string& type) {
  const std::lock_guard lock(mutex_);
  std::string id = new_uuid();
  volumes_[id] = {.name = name, .status = "available", .type = type, .metadata = std::move(metadata)};
  return id;
}

void FakeCinder::let_in(const std::string& token) {
  keystone_.put(token, keystone_.token_for("demo"));
  const std::lock_guard lock(mutex_);
  callers_.insert(token);
}

void FakeCinder::refuse_tokens() {
  const std::lock_guard lock(mutex_);
  refused_token_ = fmt::format("own-{}", keystone_.logins());
  callers_.clear();
}

Page FakeCinder::answer(const SeenRequest& request) {
  const std::lock_guard lock(mutex_);
  const std::string token = request.header("X-Auth-Token");
  const bool is_known = callers_.contains(token) || token.starts_with("own-");
  if (!is_known || token == refused_token_) return {.status = 401};
  if (request.header("OpenStack-API-Version") != "volume 3.54") return refusal(406, "Not this version.");
  return answer_as_planned(request, [this](const SeenRequest& planned) { return carry_out(planned); });
}

Page FakeCinder::carry_out(const SeenRequest& request) {
  if (!request.target.starts_with(api_path)) return no_such_thing();
  const std::string target = request.target.substr(api_path.size());
  const auto mark = target.find('?');
  const std::string path = target.substr(0, mark);
  const std::string query =
      mark == std::string::npos ? "" : form_decode(target.substr(mark + 1)).value_or("");
  if (path == "/types") return in_page({{"volume_types", {{{"name", "fast"}}, {{"name", "slow"}}}}});
  if (path == "/types/default") return in_page({{"volume_type", {{"name", "slow"}}}});
  if (path == "/messages") {
    return in_page({{"messages", {{{"user_message", "No back end has the room."}}}}});
  }
  if (path.starts_with("/volumes")) return volumes(request, path, query);
  return attachments(request, path, query);
}

json::object FakeCinder::shown(const std::string& id, const Volume& volume) const {
  json::object metadata;
  for (const auto& [name, value] : volume.metadata) metadata[name] = value;
  json::array uses;
  for (const auto& [attachment_id, attachment] : attachments_) {
    if (attachment.volume_id != id || !attachment.is_complete) continue;
    uses.push_back({{"attachment_id", attachment_id}, {"device", attachment.device}, {"host_name", nullptr}});
  }
  return {{"id", id},
          {"name", volume.name},
          {"status", volume.status},
          {"size", volume.gibibytes},
          {"volume_type", volume.type},
          {"multiattach", false},
          {"encrypted", volume.type == "encrypted"},
          {"metadata", std::move(metadata)},
          {"attachments", std::move(uses)}};
}

Page FakeCinder::volumes(const SeenRequest& request, const std::string& path, const std::string& query) {
  if (path == "/volumes") {
    return create_volume(json::parse(request.body).at("volume").as_object());
  }
  if (path == "/volumes/detail") {
    json::array found;
    const std::string name =
        query.find("name=") == std::string::npos ? "" : query.substr(query.find("name=") + 5);
    for (const auto& [id, volume] : volumes_) {
      if (name.empty() || volume.name == name) found.push_back(shown(id, volume));
    }
    return in_page({{"volumes", std::move(found)}});
  }
  const std::vector<std::string> parts = split(path, '/');  // "", "volumes", id, and perhaps what it is about
  const auto found = volumes_.find(parts.at(2));
  if (found == volumes_.end()) return no_such_thing();
  auto& [id, volume] = *found;
  if (parts.size() == 4 && parts[3] == "action")
    return act(id, volume, json::parse(request.body).as_object());
  if (parts.size() == 4) {
    volume.metadata =
        json::value_to<std::map<std::string, std::string>>(json::parse(request.body).at("metadata"));
    return in_page({});
  }
  if (request.method == "GET") return in_page({{"volume", shown(id, volume)}});
  if (is_attached(id)) return refusal(400, "Volume status must be available or error.");
  if (const auto end = ends_.find("delete"); end != ends_.end()) {
    volume.status = end->second;
  } else {
    volumes_.erase(found);
  }
  return {.status = 202};
}

Page FakeCinder::create_volume(const json::object& wanted) {
  const auto size = wanted.at("size").to_number<std::uint64_t>();
  if (size > limit_) return refusal(413, "VolumeSizeExceedsAvailableQuota: too large.");
  const auto end = ends_.find("create");
  const std::string id = new_uuid();
  volumes_[id] = {.name = text_at(wanted, "name"),
                  .status = end == ends_.end() ? "available" : end->second,
                  .type = wanted.contains("volume_type") ? text_at(wanted, "volume_type") : "slow",
                  .gibibytes = size,
                  .metadata = json::value_to<std::map<std::string, std::string>>(wanted.at("metadata"))};
  return in_page({{"volume", shown(id, volumes_[id])}}, 202);
}

Page FakeCinder::act(const std::string& id, Volume& volume, const json::object& action) {
  if (action.contains("os-update_readonly_flag")) {
    volume.is_read_only = true;
    return {.status = 202};
  }
  const auto size = action.at("os-extend").at("new_size").to_number<std::uint64_t>();
  if (size <= volume.gibibytes) return refusal(400, "New size must be larger.");
  if (size > limit_) return refusal(413, "VolumeSizeExceedsAvailableQuota: too large.");
  const auto end = ends_.find(is_attached(id) ? "extend attached" : "extend");
  if (end == ends_.end()) {
    volume.gibibytes = size;
  } else {
    volume.status = end->second;
  }
  return {.status = 202};
}

bool FakeCinder::is_attached(const std::string& volume_id) const {
  return std::any_of(attachments_.begin(), attachments_.end(),
                     [&](const auto& each) { return each.second.volume_id == volume_id; });
}

Page FakeCinder::attach(const json::object& wanted) {
  const std::string volume_id = text_at(wanted, "volume_uuid");
  const auto volume = volumes_.find(volume_id);
  if (volume == volumes_.end()) return no_such_thing();
  if (volume->second.status != "available") {
    return refusal(400, "Invalid volume: status must be available or downloading to reserve.");
  }
  volume->second.status = "attaching";
  const std::string id = new_uuid();
  attachments_[id] = {volume_id, text_at(wanted.at("connector").as_object(), "mountpoint"), false};
  return in_page({{"attachment", shown_attachment(id)}});
}

json::object FakeCinder::shown_attachment(const std::string& id) const {
  const std::string& volume_id = attachments_.at(id).volume_id;
  const bool is_foreign = volumes_.at(volume_id).type == "slow";
  return {{"id", id},
          {"volume_id", volume_id},
          {"connection_info",
           {{"driver_volume_type", is_foreign ? "fibre_channel" : "memory"}, {"volume_id", volume_id}}}};
}

Page FakeCinder::attachments(const SeenRequest& request, const std::string& path, const std::string& query) {
  if (path == "/attachments" && request.method == "POST") {
    return attach(json::parse(request.body).at("attachment").as_object());
  }
  if (path == "/attachments") {
    json::array found;
    for (const auto& [id, attachment] : attachments_) {
      if (query == "volume_id=" + attachment.volume_id) found.push_back(json::object{{"id", id}});
    }
    return in_page({{"attachments", std::move(found)}});
  }
  const std::vector<std::string> parts = split(path, '/');
  const auto found = attachments_.find(parts.at(2));
  if (found == attachments_.end()) return no_such_thing();
  if (request.method == "GET") return in_page({{"attachment", shown_attachment(found->first)}});
  Volume& volume = volumes_.at(found->second.volume_id);
  if (request.method == "POST") {
    found->second.is_complete = true;
    volume.status = "in-use";
    return {.status = 204};
  }
  const std::string volume_id = found->second.volume_id;
  attachments_.erase(found);
  if (!is_attached(volume_id)) volume.status = "available";
  return in_page({{"attachments", json::array{}}});
}

}  // namespace vitrine::tests
