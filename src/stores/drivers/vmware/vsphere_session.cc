#include "stores/drivers/vmware/vsphere_session.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "fetch/redirects.h"
#include "stores/drivers/http_statuses.h"
#include "stores/drivers/vmware/vsphere_errors.h"

namespace vitrine::stores {
namespace {

constexpr unsigned followed_statuses[] = {301, 302};
constexpr unsigned most_redirects = 5;
constexpr std::chrono::seconds login_time{30};
constexpr std::chrono::seconds logout_time{5};

bool is_busy(unsigned status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

/// `name=value` of a Set-Cookie header. A quoted value keeps its quotes.
std::string cookie_of(const fetch::Response& response) {
  const auto header = response.header("Set-Cookie").value_or("");
  return std::string(header.substr(0, header.find(';')));
}

}  // namespace

/// Counts what fails in the course of one call, and decides whether to go on.
struct VsphereSession::Attempts {
  Attempts(const StoreCall& for_call, const fetch::PatienceSettings& settings)
      : call(for_call), patience(settings) {}

  /// Another session is needed. The first is had at once.
  void session_is_over(const std::string& server) {
    const bool is_first = !std::exchange(has_new_session, true);
    if (is_first || wait()) return;
    throw Error(ErrorCode::unavailable, server + " ends each session at once");
  }

  /// Goes on after an answer that says no more than that the server is busy.
  void server_is_busy(const std::string& server, unsigned status) {
    if (wait()) return;
    throw Error(ErrorCode::unavailable, fmt::format("{} answers {} only", server, status));
  }

  /// Throws the error unless there is to be another attempt. A server that was waited for in vain is not
  /// waited for again: there may be another store.
  void failed(const Error& error) {
    if (error.code() != ErrorCode::unavailable || !wait()) throw error;
    is_doubtful = true;
  }

  bool wait() {
    const auto pause = patience.next_pause();
    if (!pause || call.deadline - std::chrono::steady_clock::now() <= *pause) return false;
    fetch::pause(*pause, call.stop);
    return true;
  }

  const StoreCall call;
  fetch::Patience patience;
  bool has_new_session = false;
  bool is_doubtful = false;  ///< an attempt had no clear answer
};

VsphereSession::VsphereSession(const VmwareSettings& settings)
    : server_(settings.server),
      user_(settings.user),
      password_(settings.password),
      patience_(settings.patience),
      client_(settings.client) {}

VsphereSession::~VsphereSession() {
  log_out();
}

void VsphereSession::log_in() {
  ticket();
}

VsphereAnswer VsphereSession::call(const StoreCall& call, const Call& make, Empty empty) {
  Attempts attempts(call, patience_);
  while (true) {
    try {
      if (auto answer = call_once(attempts, make, empty)) return std::move(*answer);
    } catch (const Error& error) {
      attempts.failed(error);
    }
  }
}

/// Nothing if the call is to be made again.
std::optional<VsphereAnswer> VsphereSession::call_once(Attempts& attempts, const Call& make, Empty empty) {
  const TicketPtr ticket = this->ticket();
  const auto response = post(attempts.call, make(ticket->services), ticket->cookie);
  const unsigned status = response->status();
  VsphereAnswer answer{response->read_text(vsphere_document_limit), {}, attempts.is_doubtful};
  answer.fault = parse_fault(answer.document);
  const bool is_void = status < 300 && !answer.fault && empty == Empty::is_odd && !has_value(answer.document);
  const bool is_over = answer.fault && answer.fault->kind == vsphere_session_over;
  if (is_over || (is_void && !attempts.has_new_session)) {
    drop(ticket);
    attempts.session_is_over(name());
    return {};
  }
  if (status < 300 || answer.fault) return answer;
  attempts.server_is_busy(name(), status);
  attempts.is_doubtful = true;
  return {};
}

std::unique_ptr<fetch::Response> VsphereSession::ask(const StoreCall& call, fetch::Method method,
                                                     const std::string& target,
                                                     std::optional<ByteRange> range) {
  Attempts attempts(call, patience_);
  while (true) {
    try {
      fetch::Request asked = request(call, method, target, {});
      asked.range = range;
      if (auto response = ask_once(attempts, std::move(asked))) return response;
    } catch (const Error& error) {
      attempts.failed(error);
    }
  }
}

/// Null if it is to be asked again.
std::unique_ptr<fetch::Response> VsphereSession::ask_once(Attempts& attempts, fetch::Request request) {
  const TicketPtr ticket = this->ticket();
  request.headers = {{"Cookie", ticket->cookie}};
  const auto stay = [this](const fetch::Uri& target, auto) -> fetch::Reach {
    if (origin_of(target) == origin_of(server_)) return {};
    throw Error(ErrorCode::storage_denied, name() + " sends the store to another server");
  };
  auto response = fetch::send_following(
      client_, std::move(request), {.statuses = followed_statuses, .limit = most_redirects, .rule = stay});
  if (response->status() == http_status::unauthorized) {
    drop(ticket);
    attempts.session_is_over(name());
    return nullptr;
  }
  if (!is_busy(response->status())) return response;
  attempts.server_is_busy(name(), response->status());
  return nullptr;
}

std::unique_ptr<fetch::Sending> VsphereSession::begin(const StoreCall& call, const std::string& target,
                                                      std::optional<std::uint64_t> length) {
  Attempts attempts(call, patience_);
  while (true) {
    try {
      fetch::Request put = request(call, fetch::Method::put, target, {});
      put.asks_before_body = true;
      if (auto sending = begin_once(attempts, std::move(put), length)) return sending;
    } catch (const Error& error) {
      attempts.failed(error);
    }
  }
}

/// Null if it is to be begun again.
std::unique_ptr<fetch::Sending> VsphereSession::begin_once(Attempts& attempts, fetch::Request request,
                                                           std::optional<std::uint64_t> length) {
  const TicketPtr ticket = this->ticket();
  request.headers = {{"Cookie", ticket->cookie}};
  auto sending = client_.begin(request, length);
  if (!sending->is_answered()) return sending;
  const auto refusal = sending->finish();
  if (refusal->status() == http_status::unauthorized) {
    drop(ticket);
    attempts.session_is_over(name());
    return nullptr;
  }
  if (!is_busy(refusal->status())) throw error_of_put(refusal->status(), {name(), "take the data"});
  attempts.server_is_busy(name(), refusal->status());
  return nullptr;
}

fetch::Request VsphereSession::request(const StoreCall& call, fetch::Method method, const std::string& target,
                                       const std::string& cookie) const {
  fetch::Request request{.method = method, .uri = server_, .deadline = call.deadline, .stop = call.stop};
  request.uri.target = target;
  if (!cookie.empty()) request.headers.push_back({"Cookie", cookie});
  return request;
}

/// Sent once: what a call that was made twice is answered means something else.
std::unique_ptr<fetch::Response> VsphereSession::post(const StoreCall& call, const std::string& document,
                                                      const std::string& cookie) {
  fetch::Request request = this->request(call, fetch::Method::post, "/sdk", cookie);
  request.headers.push_back({"Content-Type", "text/xml; charset=utf-8"});
  request.headers.push_back({"SOAPAction", "\"urn:vim25/6.5\""});  // a version that every server knows
  const auto sending = client_.begin(request, document.size());
  sending->write(bytes_of(document));
  return sending->finish();
}

VsphereSession::TicketPtr VsphereSession::ticket() {
  if (TicketPtr usable = usable_ticket()) return usable;
  return logins_.share(0, [this] {
    if (TicketPtr usable = usable_ticket()) return usable;  // somebody was faster
    TicketPtr made = new_ticket();
    const std::lock_guard lock(mutex_);
    return ticket_ = std::move(made);
  });
}

VsphereSession::TicketPtr VsphereSession::usable_ticket() const {
  const std::lock_guard lock(mutex_);
  return ticket_;
}

void VsphereSession::drop(const TicketPtr& refused) {
  const std::lock_guard lock(mutex_);
  if (ticket_ == refused) ticket_.reset();
}

VsphereSession::TicketPtr VsphereSession::new_ticket() {
  const StoreCall call{.deadline = deadline_in(login_time)};  // it is for all who wait
  auto ticket = std::make_shared<Ticket>();
  const std::string about = post(call, ask_for_services(), {})->read_text(vsphere_document_limit);
  const auto services = parse_services(about);
  if (!services) {
    throw Error(ErrorCode::unavailable,
                name() + " does not answer as a vSphere server. Check vmware_server_host.");
  }
  ticket->services = *services;
  const auto response = post(call, ask_to_log_in(*services, user_, password_), {});
  const auto fault = parse_fault(response->read_text(vsphere_document_limit));
  if (fault && (fault->kind == "InvalidLogin" || fault->kind == "NoPermission")) {
    throw Error(ErrorCode::storage_denied,
                name() +
                    " does not let the store log in. Check vmware_server_username and "
                    "vmware_server_password.");
  }
  ticket->cookie = cookie_of(*response);
  if (!fault && response->status() < 300 && !ticket->cookie.empty()) return ticket;
  throw Error(ErrorCode::unavailable, fmt::format("{} lets nobody log in: it answers {} {}", name(),
                                                  response->status(), fault ? fault->kind : ""));
}

void VsphereSession::log_out() noexcept {
  try {
    const TicketPtr ticket = usable_ticket();
    if (!ticket) return;
    post({.deadline = deadline_in(logout_time)}, ask_to_log_out(ticket->services), ticket->cookie);
  } catch (const std::exception& error) {
    log::info("vmware store: the session ends by itself, for logging out failed: {}", error.what());
  }
}

}  // namespace vitrine::stores
