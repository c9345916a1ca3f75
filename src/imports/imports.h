#pragma once

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "imports/job.h"
#include "imports/method_table.h"
#include "imports/staged_upload.h"
#include "imports/task_runner.h"

namespace vitrine::imports {

/// The use cases on imports: data is staged, an import is asked for and runs as a task. Who may do it is
/// asked before. May be shared between threads.
class Imports {
 public:
  /// Everything is borrowed.
  Imports(const Means& means, const Clock& clock, const Outside& outside, TaskRunner& runner);

  /// The enabled methods, in the operator's order.
  const std::vector<std::string>& methods() const { return means_.settings.methods; }

  /// Throws Error{invalid} unless the method is enabled.
  const MethodRow& method(std::string_view name) const;

  /// Throws Error{limit_exceeded} if the caller's project has used up what it may store.
  void require_room(const model::Caller& caller) const;

  /// Throws Error{conflict} unless an image in this state can be imported by the wish's method.
  void require_ready(const model::Image& image, const ImportWish& wish) const;

  /// Begins to import: the task is stored and waits for its turn. Throws Error{conflict} if another one works
  /// on the image, and Error{invalid} or Error{conflict} for a wish that cannot be fulfilled. The stores that
  /// hold a copy already are left out of a wish for all; if none is left, there is nothing to do.
  void begin(const model::Caller& caller, const std::string& request_id, const model::Image& image,
             const ImportWish& wish);

  /// Begins to stage the data of an image that was seen.
  std::unique_ptr<StagedUpload> stage(const model::Caller& caller, const model::Image& image,
                                      std::optional<std::uint64_t> announced_size, std::stop_token stop);

  /// The image is going to be deleted: what reads its data ends, and a while is waited for that, since some
  /// stores do not delete what is being read.
  void release_data(const model::Image& image);

  /// The image is deleted: what works on it ends, and nothing stays staged.
  void forget(std::string_view image_id) noexcept;

 private:
  std::vector<stores::Store*> targets_of(const ImportWish& wish) const;
  const stores::Store* find_present(const std::vector<stores::Store*>& targets,
                                    const model::Image& image) const;
  void leave_out_present(ImportRequest& request) const;
  void start(const MethodRow& row, ImportRequest request, const std::vector<std::string>& orphaned);
  model::Task task_of(const ImportRequest& request) const;

  const Means means_;
  const Clock& clock_;
  TaskRunner& runner_;
  std::map<std::string, std::unique_ptr<ImportMethod>, std::less<>> methods_;
};

}  // namespace vitrine::imports
