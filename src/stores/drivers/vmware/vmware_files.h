#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "stores/driver.h"
#include "stores/drivers/vmware/vmware_location.h"
#include "stores/drivers/vmware/vmware_settings.h"
#include "stores/drivers/vmware/vsphere_datastores.h"
#include "stores/drivers/vmware/vsphere_session.h"

namespace vitrine::stores {

/// A blob that is being written: a file under a name that no blob has, which is renamed when it is complete.
struct UnfinishedBlob {
  DatastoreState datastore;
  VmwareLocation part;
  VmwareLocation whole;
};

/// What is left of one.
struct VmwareLeftover {
  UnfinishedBlob blob;
  bool may_be_renamed = false;  ///< it was tried, and the server did not say how that ended
};

/// Files on the datastores of a store. May be shared between threads; throws what VsphereSession throws, and
/// what a server refuses as vsphere_errors says it.
class VmwareFiles {
 public:
  /// The session is borrowed.
  VmwareFiles(VsphereSession& session, const VmwareSettings& settings)
      : session_(session),
        folder_(settings.folder),
        longest_pause_(settings.poll_interval),
        time_limit_(settings.task_time_limit) {}

  /// Bytes of the file; nothing if there is none.
  std::optional<std::uint64_t> size(const StoreCall& call, const VmwareLocation& location);
  /// Throws Error{not_found}, Error{conflict} if it is in use.
  void remove(const StoreCall& call, const VsphereObject& datacenter, const VmwareLocation& location);
  /// Gives a blob that is complete its name. Throws Error{duplicate}.
  void rename(const StoreCall& call, const UnfinishedBlob& blob);
  /// Names of the files in the store's folder that begin so.
  std::vector<std::string> names(const StoreCall& call, const DatastoreState& datastore,
                                 std::string_view beginning = {});

  /// Takes away what is left of an attempt. What cannot be taken away now is remembered.
  void clean_up(VmwareLeftover leftover) noexcept;
  /// Tries again what is remembered.
  void retry_clean_up();

 private:
  /// A call that starts a task, and what is known of it at its end.
  struct Outcome {
    VsphereTask task;
    std::optional<VsphereFault> fault;
    bool is_repeated = false;  ///< an earlier call may have done it, too
  };
  Outcome run(const StoreCall& call, const VsphereSession::Call& make, std::string_view what);
  VsphereTask wait_for(const StoreCall& call, const VsphereObject& task, std::string_view what);
  void rename_once(const StoreCall& call, const UnfinishedBlob& blob);
  void remove_leftover(const VmwareLeftover& leftover);

  VsphereSession& session_;
  const std::string folder_;
  const std::chrono::milliseconds longest_pause_;
  const std::chrono::milliseconds time_limit_;
  std::mutex mutex_;
  std::vector<VmwareLeftover> remembered_;
};

/// The name of a file on its way to become the blob's. No two are the same.
std::string name_of_part(const std::string& blob_name);
/// Whether the name is one of those of this blob, or of any.
bool is_part_of(std::string_view name, std::string_view blob_name);
bool is_part(std::string_view name);

}  // namespace vitrine::stores
