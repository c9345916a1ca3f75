#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "keystone/session.h"
#include "threads/flights.h"

namespace vitrine::keystone {

/// The endpoint whose limits count: by its id, else by what the rest says of it.
struct LimitedEndpoint {
  std::string id;
  std::string service_type;
  std::string service_name;
  std::string region;  ///< empty: any
  std::string interface = "public";
};

/// Limits by the name of what they limit.
using Limits = std::map<std::string, std::int64_t, std::less<>>;

/// The limits that Keystone keeps for projects: their own ones, else the registered ones. Remembered for a
/// few seconds, so that many requests of one project cost Keystone little. May be shared between threads.
class LimitReader {
 public:
  /// The session and the clock outlive it.
  LimitReader(Session& session, LimitedEndpoint endpoint, const Clock& clock);

  /// Of the project; nothing: those that are registered. Throws Error{unavailable} if Keystone cannot be
  /// asked, does not let this service read limits, does not know the endpoint, or counts otherwise than by
  /// project.
  std::shared_ptr<const Limits> limits(const std::optional<std::string>& project_id);

 private:
  using LimitsPtr = std::shared_ptr<const Limits>;
  struct Kept {
    LimitsPtr limits;
    Timestamp at;
  };

  LimitsPtr kept(const std::string& project);
  LimitsPtr read(const std::string& project);
  std::string query();
  std::string find_query();
  boost::json::object ask(const std::string& path);

  Session& session_;
  const LimitedEndpoint endpoint_;
  const Clock& clock_;
  std::mutex mutex_;
  std::string query_;  ///< what names service and region in questions; empty: not known yet
  std::map<std::string, Kept> kept_;
  threads::Flights<std::string, LimitsPtr> flights_;
};

}  // namespace vitrine::keystone
