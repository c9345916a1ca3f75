#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "stores/drivers/swift/swift_settings.h"
#include "tests/support/planned_faults.h"

namespace vitrine::tests {

/// A Swift with one account and its own login, in memory. It knows dynamic large objects, no static ones;
/// swift_test does that with the real one. No faults are planned for logins. May be used from all
/// threads.
class FakeSwift : public PlannedFaults {
 public:
  FakeSwift();

  /// Those of a store in its account that does not wait long.
  stores::SwiftSettings settings() const;

  /// Accepts a token that it did not give.
  void accept_token(const std::string& token);
  /// Accepts none of the tokens that it has given, or was to accept.
  void forget_tokens();

  /// The names of the objects, as "container/object".
  std::vector<std::string> everything() const;
  void put_object(const std::string& name, std::string content);
  unsigned logins() const;
  OriginServer& origin() { return origin_; }
  std::vector<SeenRequest> requests() const { return origin_.requests(); }

 private:
  struct Object {
    std::string content;
    std::string manifest = {};
    std::string upload = {};
  };

  Page answer(const SeenRequest& request);
  Page log_in(const SeenRequest& request);
  Page carry_out(const SeenRequest& request);
  Page object(const SeenRequest& request, const std::string& name);
  Page put(const SeenRequest& request, const std::string& name);
  Page list(const std::string& container, const std::string& query) const;
  std::string content_of(const Object& object) const;

  unsigned logins_ = 0;
  std::set<std::string> tokens_;
  std::map<std::string, Object> objects_;
  OriginServer origin_;  // last: it answers with the rest
};

}  // namespace vitrine::tests
