#pragma once

#include <string>

#include "base/clock.h"
#include "imports/location_job.h"
#include "imports/means.h"
#include "imports/task_runner.h"

namespace vitrine::imports {

/// The use case that a client, mostly another service, has put an image's data into a store by itself and
/// says where. Who may do it by the policy is asked before. May be shared between threads.
class LocationImports {
 public:
  /// Everything is borrowed.
  LocationImports(const Means& means, const Clock& clock, TaskRunner& runner)
      : means_(means), clock_(clock), runner_(runner) {}

  /// Throws Error{conflict} unless the image still waits for its data.
  void require_ready(const model::Image& image) const;

  /// Throws Error{forbidden} for what only services may give: everything that is not on the web server of an
  /// http store.
  void require_open_to(const model::Caller& caller, const stores::Location& location) const;

  /// The task is stored and waits for its turn. Throws Error{conflict} if another one works on the image, and
  /// Error{invalid} for a location that cannot be one.
  void begin(LocationRequest request);

 private:
  const Means means_;
  const Clock& clock_;
  TaskRunner& runner_;
};

}  // namespace vitrine::imports
