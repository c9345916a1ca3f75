#include "keystone/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <thread>

#include "base/log.h"
#include "keystone/answer.h"
#include "keystone/service_catalog.h"
#include "keystone/token.h"

namespace vitrine::keystone {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

/// A token that expires this soon is not used any more; it might not live until Keystone has seen it.
constexpr std::chrono::seconds renewal_time{30};
constexpr milliseconds first_pause{100};
constexpr milliseconds longest_pause{1000};
constexpr std::size_t longest_body = std::size_t{4} * 1024 * 1024;

std::string read_body(fetch::Response& response) {
  std::string body = response.read_text(longest_body + 1);
  if (body.size() > longest_body) throw Error(ErrorCode::unavailable, "the answer has no end");
  return body;
}

}  // namespace

Session::Session(SessionSettings settings, const Clock& clock)
    : settings_(std::move(settings)), clock_(clock), client_(settings_.client) {}
Session::~Session() = default;

Answer Session::get(const std::string& path, std::vector<fetch::Header> headers) {
  headers.push_back({"Accept", "application/json"});
  for (int tries = 0; tries < 2; ++tries) {
    const TicketPtr own = ticket();
    fetch::Request request{.uri = own->identity, .headers = headers};
    request.uri.target += path;
    request.headers.push_back({"X-Auth-Token", own->token});
    Reply reply = ask(std::move(request));
    if (reply.answer.status != 401) return std::move(reply.answer);
    drop(own);
  }
  log::error("Keystone does not accept the token that it has just given this service");
  throw keystone_unavailable();
}

Pass Session::pass(const EndpointChoice& choice) {
  const TicketPtr own = ticket();
  return {own->token, endpoint_url(own->catalog, choice), own->project_id};
}

void Session::give_up(const std::string& token) {
  const std::lock_guard lock(mutex_);
  if (ticket_ && ticket_->token == token) ticket_.reset();
}

Session::TicketPtr Session::usable_ticket() const {
  const std::lock_guard lock(mutex_);
  const bool is_usable = ticket_ && clock_.now() < ticket_->expires_at - renewal_time;
  return is_usable ? ticket_ : nullptr;
}

Session::TicketPtr Session::ticket() {
  if (TicketPtr usable = usable_ticket()) return usable;
  return logins_.share(0, [this] {
    TicketPtr usable = usable_ticket();  // somebody may have logged in a moment ago
    return usable ? usable : log_in();
  });
}

void Session::drop(const TicketPtr& refused) {
  const std::lock_guard lock(mutex_);
  if (ticket_ == refused) ticket_.reset();
}

Session::TicketPtr Session::log_in() {
  fetch::Request request{.method = fetch::Method::post,
                         .uri = settings_.login.identity,
                         .headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}},
                         .body = settings_.login.request};
  request.uri.target += "/auth/tokens";
  const Reply reply = ask(std::move(request));
  if (reply.answer.status != 201) {
    log::error(
        "Keystone at {} does not let this service in: status {}. Check user, password, domains and "
        "project of its login.",
        fetch::origin_of(settings_.login.identity), reply.answer.status);
    throw settings_.refusal.value_or(keystone_unavailable());
  }
  if (reply.token.empty()) throw not_understood("a login without a token");
  const auto ticket = std::make_shared<const Ticket>(ticket_in(reply));
  const std::lock_guard lock(mutex_);
  ticket_ = ticket;
  return ticket;
}

Session::Ticket Session::ticket_in(const Reply& reply) const {
  const json::object answer = parse_object(reply.answer.body);
  const json::object& described = object_at(answer, "token");
  const Token token = token_of(described);
  const auto* catalog = optional_array_at(described, "catalog");
  Ticket ticket{.token = reply.token,
                .expires_at = token.expires_at,
                .identity = {},
                .project_id = token.project ? token.project->id : "",
                .catalog = catalog != nullptr ? *catalog : json::array{}};
  ticket.identity = identity_in(ticket.catalog);
  return ticket;
}

fetch::Uri Session::identity_in(const json::array& catalog) const {
  const EndpointChoice own{.type = "identity", .interface = settings_.interface, .region = settings_.region};
  const std::string url = endpoint_url(catalog, own);
  if (url.empty()) {
    log::warning("Keystone's catalog has no {} endpoint of Keystone itself{}; auth_url is used",
                 settings_.interface, settings_.region.empty() ? "" : " in region " + settings_.region);
    return settings_.login.identity;
  }
  try {
    return identity_uri(url);
  } catch (const Error&) {
    throw not_understood("the URL of Keystone in its catalog");
  }
}

Session::Reply Session::ask(fetch::Request request) {
  milliseconds pause = first_pause;
  for (unsigned tries = 0;; ++tries) {
    const bool is_last = tries == settings_.retries;
    std::string fault;
    bool may_retry = true;
    try {
      Reply reply = ask_once(request);
      if (reply.answer.status < 500) {
        note_up();
        return reply;
      }
      fault = fmt::format("{} answers with status {}", fetch::origin_of(request.uri), reply.answer.status);
    } catch (const Error& error) {
      fault = error.what();
      may_retry = error.code() == ErrorCode::unavailable;  // who waited in vain does not wait again
    }
    if (is_last || !may_retry) {
      note_down(fault);
      throw keystone_unavailable();
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, longest_pause);
  }
}

Session::Reply Session::ask_once(fetch::Request& request) {
  request.deadline = deadline_in(settings_.client.connect_timeout + settings_.client.read_timeout);
  const auto response = client_.send(request);
  Reply reply{.answer = {.status = response->status(), .body = read_body(*response)}, .token = {}};
  if (const auto token = response->header("X-Subject-Token")) reply.token = *token;
  return reply;
}

void Session::note_down(const std::string& why) {
  if (is_down_.exchange(true)) return;
  log::error("Keystone cannot be asked: {}. Until it can, requests that need it are answered with 503.", why);
}

void Session::note_up() {
  if (is_down_ && is_down_.exchange(false)) log::info("Keystone answers again");
}

}  // namespace vitrine::keystone
