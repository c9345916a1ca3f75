#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "stores/driver.h"
#include "stores/read_ahead.h"

/// What a store on volumes needs of whatever a volume is reached by: RBD, iSCSI, NFS.
namespace vitrine::stores {

/// Offsets and lengths that every volume can be read and written at.
inline constexpr std::size_t volume_block = 4096;

using VolumeMemory = std::shared_ptr<std::byte[]>;

/// A read or write of a volume. Used by the thread that uses its device, and destroyed before that.
class VolumeTransfer : public PendingTransfer {
 public:
  /// Begins to fill the memory's first `length` bytes from the offset, both in whole blocks.
  virtual void start_read(std::uint64_t offset, const VolumeMemory& memory, std::size_t length) = 0;
  /// Begins to write the memory's first `length` bytes, likewise. They stay as they are until the end.
  virtual void start_write(std::uint64_t offset, const VolumeMemory& memory, std::size_t length) = 0;
  /// Waits for the end of what was begun; at once if there is nothing. Throws Error{unavailable} if the
  /// volume's server does not answer, Error{storage_full}, Error{storage_denied}, and as the call says.
  void wait(const StoreCall& call) override = 0;
};

/// An attached volume, opened: closed when destroyed. Used by one thread at a time. Everything takes bounded
/// time and throws as VolumeTransfer::wait().
class VolumeDevice {
 public:
  virtual ~VolumeDevice() = default;
  /// Several may be under way at once.
  virtual std::unique_ptr<VolumeTransfer> new_transfer() = 0;
  /// Bytes, as its server says now.
  virtual std::uint64_t size(const StoreCall& call) = 0;
  /// Makes durable what was written.
  virtual void flush(const StoreCall& call) = 0;
};

enum class VolumeAccess { read, write };

struct VolumeConnectorSettings {
  std::filesystem::path ceph_directory = "/etc/ceph";  ///< of keyrings
  std::string initiator = {};                          ///< this host's name in iSCSI
  std::chrono::seconds patience{30};                   ///< with a server that does nothing
};

/// A way to reach volumes. May be shared between threads.
class VolumeConnector {
 public:
  virtual ~VolumeConnector() = default;
  /// Opens the volume that an attachment's connection_info tells of. Throws as VolumeTransfer::wait(),
  /// Error{not_supported} for a volume that cannot be reached this way.
  virtual std::unique_ptr<VolumeDevice> open(const StoreCall& call, const boost::json::object& connection,
                                             VolumeAccess access) = 0;
};

}  // namespace vitrine::stores
