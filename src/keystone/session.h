#pragma once

#include <atomic>
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

 private:
  /// This service's own token.
  struct Ticket {
    std::string token;
    Timestamp expires_at;
    fetch::Uri identity;  ///< where Keystone is, as its catalog says
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
  fetch::Uri identity_in(std::string_view body) const;
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
