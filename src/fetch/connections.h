#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace vitrine::fetch {

struct CloseMulti {
  void operator()(void* multi) const;
};
struct CloseEasy {
  void operator()(void* easy) const;
};
struct FreeHeaders {
  void operator()(void* headers) const;
};

/// libcurl's handles, whose types are void in its own header, too: a "multi" owns connections and drives the
/// "easy" ones, which are one request each.
using Multi = std::unique_ptr<void, CloseMulti>;
using Easy = std::unique_ptr<void, CloseEasy>;
using HeaderList = std::unique_ptr<void, FreeHeaders>;  ///< a curl_slist

/// Multi handles that nobody is using, each with a connection that its last request left open. May be shared
/// between threads.
class Connections {
 public:
  Connections();
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  /// The handle that was last used for this origin, else a new one.
  Multi take(const std::string& origin);
  /// Beyond a small number of handles the one that has been idle longest is closed.
  void give_back(std::string origin, Multi multi) noexcept;

 private:
  struct Idle {
    std::string origin;
    Multi multi;
  };

  std::mutex mutex_;
  std::vector<Idle> idle_;  ///< the longest idle first
};

}  // namespace vitrine::fetch
