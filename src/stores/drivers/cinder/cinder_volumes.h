#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stores/driver.h"
#include "stores/drivers/cinder/cinder_client.h"

namespace vitrine::stores {

/// Something that a volume is attached to, as far as Cinder tells others than itself.
struct VolumeUse {
  std::string attachment_id;
  std::string device;  ///< that the one who attached it has named
};

/// A volume as Cinder shows it.
struct CinderVolume {
  std::string id;
  std::string status;
  std::uint64_t gibibytes = 0;
  std::uint64_t bytes = 0;
  std::string name;
  std::string type;
  std::map<std::string, std::string> metadata;
  bool is_multiattach = false;
  bool is_encrypted = false;
  std::vector<VolumeUse> uses;  ///< those that are complete

  bool is_going() const { return status == "deleting"; }
};

/// What a new volume is to be.
struct NewVolume {
  std::string name;
  std::uint64_t gibibytes = 1;
  std::map<std::string, std::string> metadata;
};

struct CinderAttachment {
  std::string id;
  boost::json::object connection;  ///< connection_info: may hold secrets
};

enum class AttachMode { read_only, read_write };

/// Volumes and attachments by Cinder's API. May be shared between threads. Throws what CinderClient throws,
/// and its error_of() for refusals.
class CinderVolumes {
 public:
  /// The settings are borrowed.
  explicit CinderVolumes(const CinderSettings& settings) : settings_(settings), client_(settings) {}

  /// Of the store, or Cinder's default for the project.
  std::string volume_type(const StoreCall& call);
  /// Throws Error{configuration} if there is no such type.
  void require_type(const StoreCall& call);
  /// URL of the API for the store's project.
  std::string endpoint(const StoreCall& call) { return client_.endpoint(call); }

  std::optional<CinderVolume> find(const StoreCall& call, const std::string& id);
  /// Those of the project that the query selects.
  std::vector<CinderVolume> list(const StoreCall& call, const std::string& query);
  CinderVolume create(const StoreCall& call, const NewVolume& volume);
  /// Begins the removal. False: there is none.
  bool remove(const StoreCall& call, const std::string& id);
  void extend(const StoreCall& call, const std::string& id, std::uint64_t gibibytes);
  /// In place of all that there is.
  void set_metadata(const StoreCall& call, const std::string& id,
                    const std::map<std::string, std::string>& metadata);
  void make_read_only(const StoreCall& call, const std::string& id);

  /// Throws Error{conflict} if the volume is in use or changing.
  CinderAttachment attach(const StoreCall& call, const std::string& id, AttachMode mode,
                          const boost::json::object& connector);
  /// As Cinder shows it: some of the connection may only be there.
  CinderAttachment attachment(const StoreCall& call, const std::string& id);
  void complete(const StoreCall& call, const std::string& attachment_id);
  /// One that is not there is fine.
  void detach(const StoreCall& call, const std::string& attachment_id);
  /// Ids of all attachments of the volume.
  std::vector<std::string> attachments_of(const StoreCall& call, const std::string& volume_id);

  /// Looks at the volume until it is in none of the passing states; nothing: it is gone. Throws
  /// Error{unavailable} if it stays in one.
  std::optional<CinderVolume> settle(const StoreCall& call, const std::string& id,
                                     std::chrono::milliseconds time);
  /// The same for a volume that is to be in that state. Throws Error{unavailable} if it is in another.
  CinderVolume wait_until(const StoreCall& call, const std::string& id, std::string_view status);
  /// Why Cinder could not do it, in its words to users; empty: it does not say.
  std::string complaint_about(const StoreCall& call, const std::string& id);

 private:
  CinderAnswer ask(const StoreCall& call, const CinderRequest& request, std::string_view what);
  void act(const StoreCall& call, const std::string& id, boost::json::object action, std::string_view what);

  const CinderSettings& settings_;
  CinderClient client_;
  std::mutex mutex_;
  std::map<std::string, std::string> types_;  ///< default ones, by the project that asked
};

}  // namespace vitrine::stores
