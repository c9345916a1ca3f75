#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/call.h"
#include "api/services.h"
#include "http/message.h"

namespace vitrine::api {

using Handler = http::Reply (*)(Services&, const Call&);
using Receiver = std::unique_ptr<http::BodySink> (*)(Services&, const Call&);

/// A handler whose body is pushed into a sink as it arrives. Returning the sink lets a client that waits for
/// 100-continue go on; throwing gives the final status.
struct Streaming {
  Receiver receive;
};

/// What a route does with a body that the client sends along.
enum class BodyRule { json, refused, ignored };

/// `transfers` for what touches a store, `requests` for everything else.
enum class Pool { requests, transfers };

/// What a path answers to a method that none of its rows has: 405, or 404 as if there were no such path.
enum class OtherMethods { refused, unknown };

/// One row of the API: a handler is a free function. The rows of one path stand together, in the order of
/// `Allow`.
struct Route {
  std::string_view method;
  std::string_view path;  ///< "/v2/images/{image_id}"; braces stand for one segment
  std::variant<Handler, Streaming> handler;
  BodyRule body = BodyRule::refused;
  Pool pool = Pool::requests;
  OtherMethods other_methods = OtherMethods::refused;
};

/// What a method and path lead to.
struct Match {
  const Route* route = nullptr;
  Parameters parameters;
  std::string allow;  ///< without a route: what the path's `Allow` says; empty: no such path
};

/// Finds routes. Immutable after construction; may be shared between threads.
class Router {
 public:
  /// The tables are borrowed.
  explicit Router(std::initializer_list<std::span<const Route>> tables);

  /// The path as sent, undecoded.
  Match match(std::string_view method, std::string_view path) const;

 private:
  struct Entry {
    const Route* route;
    std::vector<std::string> segments;
  };
  std::vector<Entry> entries_;
};

}  // namespace vitrine::api
