#pragma once

#include <atomic>
#include <boost/json/array.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "fetch/client.h"
#include "keystone/login.h"
#include "threads/flights.h"

namespace vitrine::keystone {

/// What Keystone answered.
struct Answer {
  unsigned status = 0;
  std::string body;
};

struct EndpointChoice;

/// What lets this service into another one.
struct Pass {
  std::string token;
  std::string endpoint;    ///< URL of the other service, as the catalog says; empty: it is not there
  std::string project_id;  ///< that the token is for; empty: for no project
};

/// Asks Keystone as this service. Logs in when it first has to, again shortly before its token expires and
/// when Keystone does not accept it any more; keeps connections open. Calls block, each for a bounded time.
/// May be shared between threads.
class Session {
 public:
  /// Does not connect yet. The clock outlives it.
  Session(SessionSettings settings, const Clock& clock);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// GET of a path below Keystone's /v3, with this service's token. Any status below 500 but 401 is given
  /// back. Throws Error{unavailable} if Keystone is down or does not accept this service; the log says why.
  Answer get(const std::string& path, std::vector<fetch::Header> headers = {});

  /// A token of this service that others accept, and where the one is that the choice means. Throws as get(),
  /// but SessionSettings::refusal if Keystone does not let this service in.
  Pass pass(const EndpointChoice& choice);
  /// Another service has not accepted the token of a pass: the next one has a new token.
  void give_up(const std::string& token);

 private:
  /// This service's own token.
  struct Ticket {
    std::string token;
    Timestamp expires_at;
    fetch::Uri identity;  ///< where Keystone is, as its catalog says
    std::string project_id;
    boost::json::array catalog;
  };
  using TicketPtr = std::shared_ptr<const Ticket>;

  /// An answer, and the token that came in its head.
  struct Reply {
    Answer answer;
    std::string token;
  };

  TicketPtr ticket();
  TicketPtr usable_ticket() const;
  void drop(const TicketPtr& refused);
  TicketPtr log_in();
  Ticket ticket_in(const Reply& reply) const;
  fetch::Uri identity_in(const boost::json::array& catalog) const;
  Reply ask(fetch::Request request);
  Reply ask_once(fetch::Request& request);
  void note_down(const std::string& why);
  void note_up();

  const SessionSettings settings_;
  const Clock& clock_;
  fetch::Client client_;
  std::atomic<bool> is_down_ = false;

  mutable std::mutex mutex_;
  TicketPtr ticket_;
  threads::Flights<int, TicketPtr> logins_;  ///< all of one key
};

}  // namespace vitrine::keystone
