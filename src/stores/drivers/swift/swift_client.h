#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "fetch/client.h"
#include "fetch/sending.h"
#include "stores/driver.h"
#include "stores/drivers/swift/swift_access.h"
#include "stores/drivers/swift/swift_settings.h"

namespace vitrine::stores {

/// A container, and the way into the account that it is in.
struct SwiftContainer {
  std::shared_ptr<SwiftAccess> access;
  std::string name;  ///< empty: the account itself
};

/// One request to a container, or to an object in it.
struct SwiftRequest {
  fetch::Method method = fetch::Method::get;
  std::string object = {};  ///< empty: the container itself
  std::string query = {};   ///< encoded, without its "?"
  std::vector<fetch::Header> headers = {};
  Bytes body = {};                      ///< borrowed
  std::optional<ByteRange> range = {};  ///< its length is not 0
};

/// Swift's answer: either what was asked for, or why not.
struct SwiftAnswer {
  std::unique_ptr<fetch::Response> response;  ///< its body is not read yet
  unsigned status = 0;
  /// The request was made before without a clear answer, and may have been carried out then.
  bool is_repeated = false;

  bool is_good() const { return status < 300; }
};

/// Speaks to Swift: addresses, shows the pass and gets another when it is not accepted any more, and repeats
/// what fails for reasons that pass. May be shared between threads.
class SwiftClient {
 public:
  explicit SwiftClient(const SwiftSettings& settings);

  /// Makes a request that may be made twice. Throws what the access throws, and Error{unavailable},
  /// Error{timed_out} or Error{cancelled} if there is no answer.
  SwiftAnswer ask(const StoreCall& call, const SwiftContainer& container, const SwiftRequest& request);

  /// Begins a PUT whose body is pushed, and not sent twice. The request's own body is empty. Throws as ask()
  /// does, and the error that a refusal is.
  std::unique_ptr<fetch::Sending> begin(const StoreCall& call, const SwiftContainer& container,
                                        const SwiftRequest& request, std::optional<std::uint64_t> length);

  /// What the response means.
  static SwiftAnswer answer_of(std::unique_ptr<fetch::Response> response);

  /// The error that a refusal is. `purpose` says what it was about, as "read data".
  static Error error_of(const SwiftAnswer& refusal, const SwiftContainer& container,
                        std::string_view purpose);

 private:
  /// Asks until there is an answer that a further attempt would not change.
  SwiftAnswer persist(const StoreCall& call, const SwiftContainer& container,
                      const std::function<SwiftAnswer(const SwiftPass&)>& ask_once);
  fetch::Request request_of(const StoreCall& call, const SwiftContainer& container,
                            const SwiftRequest& request, const SwiftPass& pass) const;
  SwiftAnswer ask_once(const fetch::Request& request, Bytes body);

  const fetch::PatienceSettings patience_;
  fetch::Client client_;
};

/// A query of these names and values.
std::string swift_query(const std::vector<std::pair<std::string, std::string>>& query);

}  // namespace vitrine::stores
