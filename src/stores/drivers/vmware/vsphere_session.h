#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "fetch/client.h"
#include "fetch/patience.h"
#include "fetch/sending.h"
#include "stores/driver.h"
#include "stores/drivers/vmware/vmware_settings.h"
#include "stores/drivers/vmware/vsphere_documents.h"
#include "threads/flights.h"

namespace vitrine::stores {

/// What a vSphere server answered to a call.
struct VsphereAnswer {
  std::string document;
  std::optional<VsphereFault> fault;
  /// The call was made before without a clear answer, and may have been carried out then.
  bool is_repeated = false;
};

/// Speaks to one vSphere server as the store's user: logs in when it first has to and when the server has
/// ended the session, repeats what fails for reasons that pass, logs out at the end. The session's cookie
/// goes to this server and no other. Calls block. May be shared between threads.
class VsphereSession {
 public:
  /// A call: its document, given where the services are.
  using Call = std::function<std::string(const VsphereServices&)>;
  /// Whether an answer without a value can be all there is, or means that the session is over, as ESX says
  /// it.
  enum class Empty { is_odd, is_usual };

  explicit VsphereSession(const VmwareSettings& settings);
  ~VsphereSession();
  VsphereSession(const VsphereSession&) = delete;
  VsphereSession& operator=(const VsphereSession&) = delete;

  /// Makes sure that there is a session, with one attempt. Throws Error{unavailable}, Error{timed_out}, or
  /// Error{storage_denied} if the server does not know the user and password.
  void log_in();

  /// Throws as log_in() does, and Error{cancelled}.
  VsphereAnswer call(const StoreCall& call, const Call& make, Empty empty = Empty::is_usual);

  /// GET or HEAD of a file. Throws as call() does.
  std::unique_ptr<fetch::Response> ask(const StoreCall& call, fetch::Method method, const std::string& target,
                                       std::optional<ByteRange> range = {});
  /// Begins to PUT a file, for which the server has then a session. Throws as call() does.
  std::unique_ptr<fetch::Sending> begin(const StoreCall& call, const std::string& target,
                                        std::optional<std::uint64_t> length);

  /// For messages: scheme, host and port.
  std::string name() const { return origin_of(server_); }

 private:
  struct Ticket {
    std::string cookie;  ///< a secret
    VsphereServices services;
  };
  using TicketPtr = std::shared_ptr<const Ticket>;
  struct Attempts;

  TicketPtr ticket();
  TicketPtr usable_ticket() const;
  void drop(const TicketPtr& refused);
  TicketPtr new_ticket();
  fetch::Request request(const StoreCall& call, fetch::Method method, const std::string& target,
                         const std::string& cookie) const;
  std::unique_ptr<fetch::Response> post(const StoreCall& call, const std::string& document,
                                        const std::string& cookie);
  std::optional<VsphereAnswer> call_once(Attempts& attempts, const Call& make, Empty empty);
  std::unique_ptr<fetch::Response> ask_once(Attempts& attempts, fetch::Request request);
  std::unique_ptr<fetch::Sending> begin_once(Attempts& attempts, fetch::Request request,
                                             std::optional<std::uint64_t> length);
  void log_out() noexcept;

  const fetch::Uri server_;
  const std::string user_;
  const std::string password_;
  const fetch::PatienceSettings patience_;
  fetch::Client client_;

  mutable std::mutex mutex_;
  TicketPtr ticket_;
  threads::Flights<int, TicketPtr> logins_;  ///< all of one key
};

}  // namespace vitrine::stores
