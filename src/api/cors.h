#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"

namespace vitrine::api {

/// What web pages of some origins may do with the API.
struct CorsRule {
  bool allows_credentials = true;
  std::vector<std::string> exposed_headers;
  std::int64_t max_age = 3600;  ///< seconds; 0: not said
  std::vector<std::string> methods;
  std::vector<std::string> headers;
};

/// Cross-origin resource sharing, as oslo.middleware's `cors` filter does it. Immutable: may be shared
/// between threads.
class Cors {
 public:
  /// No origin is allowed.
  Cors() = default;
  /// Origins with their rules; `*` is any. The first rule of an origin counts.
  explicit Cors(std::vector<std::pair<std::string, CorsRule>> rules) : rules_(std::move(rules)) {}

  /// Tells the browser what it may show to the page that asked; nothing for others. `OPTIONS` is the
  /// browser's own question in advance.
  void decorate(const http::Request& request, http::Reply& reply) const;

 private:
  const std::pair<std::string, CorsRule>* rule_for(std::string_view origin) const;

  std::vector<std::pair<std::string, CorsRule>> rules_;
};

}  // namespace vitrine::api
