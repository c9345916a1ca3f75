#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/address_range.h"
#include "http/message.h"
#include "stores/store_set.h"

namespace vitrine::api {

/// A check on files, any of which takes the node out of service.
struct HealthCheck {
  enum class Trouble { present, missing };
  struct File {
    std::string path;
    std::uint16_t port = 0;  ///< counts for requests to this port only; 0: to any
  };
  Trouble trouble;
  std::vector<File> files;
};

struct HealthSettings {
  std::vector<HealthCheck> checks;
  std::vector<AddressRange> source_ranges;  ///< from where the health may be asked; empty: from anywhere
  bool refuses_proxied = false;             ///< requests that came through a proxy
  bool is_detailed = false;
};

/// Whether the path is the health check's or below it.
bool is_health_path(std::string_view path);

/// `GET /healthcheck`, as oslo.middleware answers it: 200 OK, or 503 while a check finds trouble. In detail
/// it tells of every store, whose state never changes the status: the node still serves what the others hold.
/// Throws Error{forbidden} for a client that may not ask; the address that counts is the connection's.
http::Reply health_reply(const HealthSettings& settings, const stores::StoreSet& stores,
                         const http::Request& request);

}  // namespace vitrine::api
