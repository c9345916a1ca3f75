#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "stores/driver.h"
#include "stores/drivers/swift/swift_access.h"
#include "stores/drivers/swift/swift_blobs.h"
#include "stores/drivers/swift/swift_client.h"
#include "stores/drivers/swift/swift_location.h"
#include "stores/drivers/swift/swift_projects.h"
#include "stores/drivers/swift/swift_settings.h"

namespace vitrine::stores {

/// Keeps blobs as objects in containers of one account, each under its own name; or each in a container of
/// its own in the account of the caller's project, where the container's lists say who else may read.
/// Locations are read as SwiftLocation says: those of the store's accounts by logging in as configured, those
/// of projects with the caller's token, others as they say themselves. Reaches out to Keystone and Swift only
/// when a call needs it.
class SwiftDriver : public Driver {
 public:
  explicit SwiftDriver(SwiftSettings settings);
  ~SwiftDriver() override;

  Abilities abilities() const override;
  /// Throws Error{storage_denied} if the container is missing and not to be created, or nobody lets the store
  /// in.
  std::unique_ptr<BlobWriter> create(const StoreCall& call, const BlobName& name,
                                     std::optional<std::uint64_t> size) override;
  std::unique_ptr<BlobReader> open(const StoreCall& call, const Location& location, ByteRange range) override;
  std::uint64_t size(const StoreCall& call, const Location& location) override;
  void remove(const StoreCall& call, const Location& location) override;
  void discard(const StoreCall& call, const BlobName& name) override;

 private:
  class OwnListing;
  class ContainerLists;
  class ProjectWriter;

  std::unique_ptr<BlobWriter> create_in_project(const StoreCall& call, const BlobName& name,
                                                std::optional<std::uint64_t> size);
  void discard_in_project(const StoreCall& call, const BlobName& name);
  void remove_container(const StoreCall& call, const SwiftPlace& place);
  std::vector<fetch::Header> lists_for(const BlobReaders& readers) const;
  SwiftPlace place_of(const StoreCall& call, const SwiftLocation& location);
  SwiftPlace place_in_account(const SwiftLocation& location);
  std::shared_ptr<SwiftAccess> access_to(const SwiftAccount& account, SwiftServers servers);
  std::shared_ptr<SwiftAccess> service_access();
  std::vector<std::string> own_containers(const StoreCall& call, const std::shared_ptr<SwiftAccess>& access);
  void require_container(const StoreCall& call, const SwiftContainer& container);

  const SwiftSettings settings_;
  SwiftLogin login_;
  SwiftClient client_;
  SwiftBlobs blobs_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<SwiftAccess>> accesses_;  ///< by a digest of where and who
  std::set<std::string> containers_;                              ///< that are there, as far as is known
  const std::unique_ptr<SwiftProjects> projects_;  ///< null: all blobs are in the store's own account
  const std::unique_ptr<Listing> listing_;
  const std::unique_ptr<AccessLists> access_lists_;
};

/// The driver of a store that is configured in the group. Throws Error{configuration}.
std::unique_ptr<Driver> make_swift_driver(const config::Config& config, std::string_view group);

}  // namespace vitrine::stores
