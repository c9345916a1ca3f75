#include "keystone/limit_reader.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <initializer_list>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "keystone/answer.h"

namespace vitrine::keystone {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds kept_time{10};
constexpr std::size_t most_kept = 10'000;

const json::array& array_at(const json::object& object, std::string_view name) {
  const auto* array = optional_array_at(object, name);
  if (array == nullptr) throw not_understood(name);
  return *array;
}

std::int64_t number_at(const json::object& object, std::string_view name) {
  const json::value* value = find(object, name);
  if (value == nullptr || !value->is_int64()) throw not_understood(name);
  return value->as_int64();
}

/// Adds the limits that are not there yet: those of the project come first.
void add_limits(const json::array& list, std::string_view value_name, Limits& limits) {
  for (const json::value& each : list) {
    const auto* limit = each.if_object();
    if (limit == nullptr) throw not_understood("limits");
    limits.try_emplace(text_at(*limit, "resource_name"), number_at(*limit, value_name));
  }
}

/// The only one of a list; where there are several or none, the operator has to say which one is meant.
const json::object& only_one(const json::array& list, std::string_view what) {
  if (list.size() != 1 || !list.front().is_object()) {
    log::error("Keystone knows {} {} that [oslo_limit] may mean, not one. Set endpoint_id.", list.size(),
               what);
    throw keystone_unavailable();
  }
  return list.front().as_object();
}

/// A query of the parameters that are not empty.
std::string query_of(std::initializer_list<std::pair<std::string_view, std::string>> parameters) {
  std::string query;
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    query += fmt::format("{}{}={}", query.empty() ? "?" : "&", name, form_encode(value));
  }
  return query;
}

}  // namespace

LimitReader::LimitReader(Session& session, LimitedEndpoint endpoint, const Clock& clock)
    : session_(session), endpoint_(std::move(endpoint)), clock_(clock) {}

std::shared_ptr<const Limits> LimitReader::limits(const std::optional<std::string>& project_id) {
  const std::string project = project_id.value_or("");
  if (LimitsPtr found = kept(project)) return found;
  return flights_.share(project, [&] {
    LimitsPtr found = kept(project);
    return found ? found : read(project);
  });
}

LimitReader::LimitsPtr LimitReader::kept(const std::string& project) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(project);
  if (found == kept_.end()) return nullptr;
  const Timestamp now = clock_.now();
  const bool counts = found->second.at <= now && now < found->second.at + kept_time;
  return counts ? found->second.limits : nullptr;
}

LimitReader::LimitsPtr LimitReader::read(const std::string& project) {
  const std::string query = this->query();
  auto limits = std::make_shared<Limits>();
  if (!project.empty()) {
    const json::object own = ask("/limits" + query + "&project_id=" + form_encode(project));
    add_limits(array_at(own, "limits"), "resource_limit", *limits);
  }
  const json::object registered = ask("/registered_limits" + query);
  add_limits(array_at(registered, "registered_limits"), "default_limit", *limits);
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= most_kept) kept_.clear();
  kept_[project] = {limits, clock_.now()};
  return limits;
}

std::string LimitReader::query() {
  {
    const std::lock_guard lock(mutex_);
    if (!query_.empty()) return query_;
  }
  std::string query = find_query();
  const std::lock_guard lock(mutex_);
  return query_ = std::move(query);
}

std::string LimitReader::find_query() {
  const std::string model = text_at(object_at(ask("/limits/model"), "model"), "name");
  if (model != "flat") {
    log::error("Keystone counts by the limit model {}; this service knows flat only", model);
    throw keystone_unavailable();
  }
  json::object endpoint;
  if (!endpoint_.id.empty()) {
    endpoint = object_at(ask("/endpoints/" + form_encode(endpoint_.id)), "endpoint");
  } else {
    const json::object services =
        ask("/services" + query_of({{"type", endpoint_.service_type}, {"name", endpoint_.service_name}}));
    const std::string service = text_at(only_one(array_at(services, "services"), "services"), "id");
    const json::object endpoints = ask("/endpoints" + query_of({{"service_id", service},
                                                                {"interface", endpoint_.interface},
                                                                {"region_id", endpoint_.region}}));
    endpoint = only_one(array_at(endpoints, "endpoints"), "endpoints");
  }
  return query_of({{"service_id", text_at(endpoint, "service_id")},
                   {"region_id", optional_text_at(endpoint, "region_id")}});
}

json::object LimitReader::ask(const std::string& path) {
  const Answer answer = session_.get(path);
  if (answer.status == 200) return parse_object(answer.body);
  log::error(
      "Keystone answers a question about limits with status {}. The user of [oslo_limit] needs the role "
      "reader on the system, with system_scope = all, and endpoint_id has to be right.",
      answer.status);
  throw keystone_unavailable();
}

}  // namespace vitrine::keystone
