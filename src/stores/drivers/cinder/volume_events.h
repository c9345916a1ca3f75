#pragma once

#include <chrono>
#include <functional>

#include "stores/driver.h"

namespace vitrine::stores {

/// The connection of a library that does something only while it is served: requests begin and end in
/// service(). Used by one thread at a time.
class VolumeEvents {
 public:
  explicit VolumeEvents(std::chrono::milliseconds patience) : patience_(patience) {}
  virtual ~VolumeEvents() = default;

  /// Serves the connection until that is true. Throws Error{unavailable} if nothing happens for as long as
  /// the patience, Error{timed_out} at the deadline, Error{cancelled}.
  void serve_until(const StoreCall& call, const std::function<bool()>& is_done);
  /// Does what can be done at once.
  void serve();

 protected:
  /// A request has ended: the server is there.
  void note_progress() { ++progress_; }

 private:
  virtual int descriptor() = 0;
  virtual int wanted_events() = 0;  ///< as in pollfd
  /// Throws Error{unavailable} if the connection is lost for good.
  virtual void service(int events) = 0;
  void step(std::chrono::milliseconds longest);

  const std::chrono::milliseconds patience_;
  unsigned long progress_ = 0;
};

}  // namespace vitrine::stores
