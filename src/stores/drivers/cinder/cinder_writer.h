#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "stores/driver.h"
#include "stores/drivers/cinder/cinder_attachments.h"
#include "stores/drivers/name_claims.h"

namespace vitrine::stores {

/// The name of a blob's volume.
std::string volume_name_of(const std::string& blob);

/// Whether the volume is still being written, or was left so.
bool is_unfinished(const CinderVolume& volume);

/// Finished volumes of the store, of this blob or of all. Looked at by drivers and writers alike.
std::vector<CinderVolume> finished_volumes(CinderVolumes& volumes, const StoreCall& call,
                                           const std::optional<std::string>& blob = {});

/// What a writer works with. Borrowed.
struct CinderParts {
  const CinderSettings& settings;
  CinderVolumes& volumes;
  CinderAttachments& attachments;
  CinderLeftovers& leftovers;
  const CinderNode& node;
  NameClaims& claims;
};

/// Writes a volume that is marked as unfinished until it is complete, several pieces at once. A volume for
/// data of unknown size grows by a gibibyte when it is full.
class CinderWriter : public BlobWriter {
 public:
  /// Creates and attaches the volume. Throws Error{storage_full}, and as CinderAttachments::hold().
  CinderWriter(const CinderParts& parts, const StoreCall& call, std::string blob,
               std::optional<std::uint64_t> size);
  ~CinderWriter() override;

  void write(Bytes bytes) override;
  Location commit() override;

 private:
  void create_volume();
  void wait_for_volume();
  void open();
  void close();
  struct Piece {
    VolumeMemory memory;
    std::unique_ptr<VolumeTransfer> transfer;
  };
  Piece& current();
  void submit();
  void finish_transfers();
  void make_room(std::uint64_t end);
  bool extend_attached(std::uint64_t gibibytes);
  bool wait_for_device(std::uint64_t bytes);
  void extend_detached(std::uint64_t gibibytes);
  void publish();
  std::map<std::string, std::string> metadata(std::uint64_t size) const;

  const CinderParts parts_;
  const StoreCall call_;
  const std::string blob_;
  const std::optional<std::uint64_t> size_;
  const std::string upload_;  ///< id of this one
  CinderVolume volume_;
  std::unique_ptr<HeldVolume> held_;
  std::unique_ptr<VolumeDevice> device_;
  std::uint64_t offset_ = 0;  ///< of the current piece
  std::size_t filled_ = 0;    ///< bytes of it
  std::deque<Piece> pieces_;  ///< the last one is the current one, once it is begun
  bool is_committed_ = false;
};

}  // namespace vitrine::stores
