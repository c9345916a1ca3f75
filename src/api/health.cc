#include "api/health.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <iterator>
#include <optional>
#include <vector>

#include "api/accept.h"
#include "api/html.h"
#include "api/origin.h"
#include "base/error.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;

struct StoreState {
  std::string id;
  std::string trouble;  ///< empty: up

  std::string_view word() const { return trouble.empty() ? "up" : "down"; }
};

struct CheckResult {
  std::string_view reason = "OK";
  std::string details;
  bool is_good = true;
};

/// What is told.
struct Health {
  std::vector<CheckResult> results;
  std::optional<std::vector<StoreState>> stores;  ///< only in detail

  bool is_good() const {
    return std::all_of(results.begin(), results.end(),
                       [](const CheckResult& result) { return result.is_good; });
  }
};

CheckResult run(const HealthCheck& check, std::uint16_t port) {
  for (const HealthCheck::File& file : check.files) {
    if (file.port != 0 && file.port != port) continue;
    std::error_code ignored;
    const bool is_there = std::filesystem::exists(file.path, ignored);
    if (check.trouble == HealthCheck::Trouble::present && is_there)
      return {"DISABLED BY FILE", fmt::format("Path '{}' was found", file.path), false};
    if (check.trouble == HealthCheck::Trouble::missing && !is_there)
      return {"FILE PATH MISSING", fmt::format("File path {} is missing", file.path), false};
  }
  return {};
}

/// Without checks, a node that answers is well.
std::vector<CheckResult> results_of(const std::vector<HealthCheck>& checks, std::uint16_t port) {
  std::vector<CheckResult> results;
  for (const HealthCheck& check : checks) results.push_back(run(check, port));
  if (results.empty()) results.emplace_back();
  return results;
}

std::vector<StoreState> store_states(const stores::StoreSet& stores) {
  std::vector<StoreState> states;
  for (const auto& store : stores.all()) states.push_back({store->id(), store->trouble()});
  return states;
}

std::string as_text(const Health& health) {
  std::string text;
  for (const CheckResult& result : health.results) {
    if (!text.empty()) text += '\n';
    text += result.reason;
  }
  for (const StoreState& store : health.stores.value_or(std::vector<StoreState>{})) {
    text += fmt::format("\nstore {}: {}", store.id, store.word());
    if (!store.trouble.empty()) text += ": " + store.trouble;
  }
  return text;
}

std::string table_row(const std::vector<std::string_view>& cells) {
  std::string row = "<tr>";
  for (const std::string_view cell : cells) row += fmt::format("<td>{}</td>", escape_html(cell));
  return row + "</tr>\n";
}

std::string as_html(const Health& health) {
  std::string rows;
  for (const CheckResult& result : health.results) {
    rows += health.stores ? table_row({result.reason, result.details}) : table_row({result.reason});
  }
  for (const StoreState& store : health.stores.value_or(std::vector<StoreState>{})) {
    rows += table_row({store.id, store.word(), store.trouble});
  }
  return fmt::format(
      "<!DOCTYPE html>\n<html>\n<head><title>Healthcheck Status</title></head>\n<body>\n<table>\n<tbody>\n"
      "{}</tbody>\n</table>\n</body>\n</html>\n",
      rows);
}

void write_indented(std::string& out, const json::value& value, std::size_t indent);

/// The elements between brackets, each on a line of its own.
template <class Elements, class WriteElement>
void write_lines(std::string& out, std::string_view brackets, const Elements& elements, std::size_t indent,
                 const WriteElement& write_element) {
  out += brackets[0];
  for (auto element = elements.begin(); element != elements.end(); ++element) {
    out += element == elements.begin() ? "\n" : ",\n";
    out.append(indent + 4, ' ');
    write_element(*element);
  }
  if (!elements.empty()) out += '\n' + std::string(indent, ' ');
  out += brackets[1];
}

/// As Python's json.dumps(indent=4) writes it.
void write_indented(std::string& out, const json::value& value, std::size_t indent) {
  if (value.is_array()) {
    write_lines(out, "[]", value.get_array(), indent,
                [&](const json::value& element) { write_indented(out, element, indent + 4); });
  } else if (value.is_object()) {
    write_lines(out, "{}", value.get_object(), indent, [&](const json::key_value_pair& member) {
      out += json::serialize(member.key()) + ": ";
      write_indented(out, member.value(), indent + 4);
    });
  } else {
    out += json::serialize(value);
  }
}

/// Keys in alphabetical order, as oslo.middleware sorts them.
json::object document_of(const Health& health) {
  json::array reasons;
  for (const CheckResult& result : health.results) {
    if (health.stores) {
      reasons.push_back(json::object{
          {"class", "HealthcheckResult"}, {"details", result.details}, {"reason", result.reason}});
    } else {
      reasons.emplace_back(result.reason);
    }
  }
  if (!health.stores) return {{"detailed", false}, {"reasons", std::move(reasons)}};
  json::array stores;
  for (const StoreState& store : *health.stores) {
    stores.push_back(json::object{{"id", store.id}, {"reason", store.trouble}, {"state", store.word()}});
  }
  return {{"detailed", true}, {"reasons", std::move(reasons)}, {"stores", std::move(stores)}};
}

std::string as_json(const Health& health) {
  std::string out;
  write_indented(out, document_of(health), 0);
  return out;
}

void require_allowed(const HealthSettings& settings, const http::Request& request) {
  const bool is_from_allowed =
      settings.source_ranges.empty() ||
      std::any_of(settings.source_ranges.begin(), settings.source_ranges.end(),
                  [&](const AddressRange& range) { return range.contains(request.client); });
  if (!is_from_allowed) {
    throw Error(ErrorCode::forbidden, "The health of this service may not be asked for from this address.");
  }
  if (settings.refuses_proxied && is_proxied(request)) {
    throw Error(ErrorCode::forbidden, "The health of this service may not be asked for through a proxy.");
  }
}

}  // namespace

bool is_health_path(std::string_view path) {
  constexpr std::string_view health = "/healthcheck";
  return path.starts_with(health) && (path.size() == health.size() || path[health.size()] == '/');
}

http::Reply health_reply(const HealthSettings& settings, const stores::StoreSet& stores,
                         const http::Request& request) {
  require_allowed(settings, request);
  Health health{.results = results_of(settings.checks, request.port), .stores = {}};
  if (settings.is_detailed) health.stores = store_states(stores);
  http::Reply reply;
  reply.status = !health.is_good() ? 503 : request.method == "HEAD" ? 204 : 200;
  const std::string* accept = request.headers.find("Accept");
  const std::string_view type =
      best_media_type(accept ? *accept : "", {"text/plain", "text/html", "application/json"});
  if (type == "application/json") {
    reply.headers.add("Content-Type", "application/json");
    reply.body = as_json(health);
  } else if (type == "text/html") {
    reply.headers.add("Content-Type", "text/html; charset=UTF-8");
    reply.body = as_html(health);
  } else {
    reply.headers.add("Content-Type", "text/plain; charset=UTF-8");
    reply.body = as_text(health);
  }
  return reply;
}

}  // namespace vitrine::api
