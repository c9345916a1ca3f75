#include "stores/drivers/cinder/cinder_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/log.h"
#include "fetch/sending.h"
#include "keystone/answer.h"
#include "stores/driver_rules.h"
#include "stores/drivers/cinder/cinder_location.h"
#include "stores/drivers/http_statuses.h"

namespace vitrine::stores {
namespace {

namespace json = boost::json;

/// The first one with the mode of an attachment.
constexpr std::string_view api_version = "volume 3.54";
constexpr std::size_t longest_cinder_answer = std::size_t{16} << 20;
constexpr std::size_t longest_reason = 300;
constexpr std::chrono::seconds longest_request{60};

bool is_busy(unsigned status) {
  return status == 429 || status == 503;
}

bool may_pass(unsigned status) {
  return is_busy(status) || status == 408 || status == 500 || status == 502 || status == 504;
}

json::object object_in(const std::string& text) {
  json::error_code error;
  json::value value = json::parse(text, error);
  return !error && value.is_object() ? value.get_object() : json::object{};
}

}  // namespace

std::string CinderAnswer::reason() const {
  // {"badRequest": {"message": …}}, where the name depends on the status.
  for (const auto& member : body) {
    const auto* details = member.value().if_object();
    const auto* message = details == nullptr ? nullptr : details->if_contains("message");
    if (message == nullptr || !message->is_string()) continue;
    std::string text(message->get_string());
    if (text.size() > longest_reason) text.resize(longest_reason);
    while (text.ends_with('.')) text.pop_back();
    return text;
  }
  return {};
}

CinderClient::CinderClient(const CinderSettings& settings)
    : endpoint_template_(settings.endpoint_template),
      choice_(settings.endpoint),
      patience_(settings.patience),
      access_(make_cinder_access(settings)),
      client_(settings.client) {}

CinderAnswer CinderClient::ask(const StoreCall& call, const CinderRequest& request) {
  fetch::Patience patience(patience_);
  bool was_renewed = false;
  bool is_repeated = false;
  while (true) {
    const keystone::Pass pass = access_->pass(call);
    CinderAnswer answer;
    std::optional<Error> failure;
    try {
      answer = ask_once(request_of(call, request, pass));
      answer.is_repeated = is_repeated;
      if (answer.status == http_status::unauthorized && !was_renewed) {
        was_renewed = true;
        if (access_->give_up(pass.token)) continue;
        throw keystone::token_has_ended();
      }
      if (!may_pass(answer.status)) return answer;
    } catch (const Error& error) {
      if (!can_retry(error.code())) throw;
      failure = error;
    }
    // What creates something is not asked for twice, unless the answer says that nothing was done.
    const bool may_repeat = request.method != fetch::Method::post || (!failure && is_busy(answer.status));
    is_repeated = true;
    if (may_repeat && wait_for_next(patience, call)) continue;
    if (failure) throw *failure;
    return answer;
  }
}

fetch::Request CinderClient::request_of(const StoreCall& call, const CinderRequest& request,
                                        const keystone::Pass& pass) {
  fetch::Request result{.method = request.method, .uri = endpoint_for(pass)};
  result.uri.target += request.path;
  result.headers = {{"X-Auth-Token", pass.token},
                    {"Accept", "application/json"},
                    {"OpenStack-API-Version", std::string(api_version)}};
  if (request.method == fetch::Method::post || request.method == fetch::Method::put) {
    result.headers.push_back({"Content-Type", "application/json"});
    result.body = json::serialize(request.body);
  }
  result.deadline = std::min(call.deadline, deadline_in(longest_request));
  result.stop = call.stop;
  return result;
}

CinderAnswer CinderClient::ask_once(const fetch::Request& request) {
  std::unique_ptr<fetch::Response> response;
  if (request.method == fetch::Method::post) {
    // Pushed, as it is then not sent a second time without our knowing.
    fetch::Request pushed = request;
    pushed.body.clear();
    const auto sending = client_.begin(pushed, request.body.size());
    sending->write(bytes_of(request.body));
    response = sending->finish();
  } else {
    response = client_.send(request);
  }
  return {.status = response->status(), .body = object_in(response->read_text(longest_cinder_answer))};
}

fetch::Uri CinderClient::endpoint_for(const keystone::Pass& pass) const {
  const std::string url =
      endpoint_template_.empty() ? pass.endpoint : endpoint_of(endpoint_template_, pass.project_id);
  try {
    fetch::Uri uri = fetch::parse_uri(url);
    while (uri.target.ends_with('/')) uri.target.pop_back();
    if (is_web(uri)) return uri;
  } catch (const Error&) {  // said below
  }
  throw Error(ErrorCode::storage_denied,
              fmt::format("The catalog has no {} endpoint of type {}{}. Check cinder_catalog_info and "
                          "cinder_os_region_name, or set cinder_endpoint_template.",
                          choice_.interface, choice_.type,
                          choice_.region.empty() ? "" : " in region " + choice_.region));
}

std::string CinderClient::endpoint(const StoreCall& call) {
  const fetch::Uri uri = endpoint_for(access_->pass(call));
  return origin_of(uri) + uri.target;
}

Error CinderClient::error_of(const CinderAnswer& refusal, std::string_view what) {
  const std::string reason = refusal.reason();
  const std::string message =
      fmt::format("Cinder does not {}: {}.", what, reason.empty() ? "it does not say why" : reason);
  switch (refusal.status) {
    case 401:
    case 403:
      return Error(ErrorCode::storage_denied,
                   message + " Give the store's user, or whoever calls, a role that may, such as member.");
    case 404:
      return Error(ErrorCode::not_found, "The image's data is not in its volume");
    case 400:
    case 409:
      return Error(ErrorCode::conflict, message);
    case 413:  // over the project's quota
      return Error(ErrorCode::storage_full, message);
    default:
      return Error(ErrorCode::unavailable, fmt::format("{} (status {})", message, refusal.status));
  }
}

}  // namespace vitrine::stores
