#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "stores/driver.h"
#include "stores/drivers/cinder/cinder_attachments.h"
#include "stores/drivers/cinder/cinder_leftovers.h"
#include "stores/drivers/cinder/cinder_node.h"
#include "stores/drivers/cinder/cinder_settings.h"
#include "stores/drivers/cinder/cinder_volumes.h"
#include "stores/drivers/cinder/volume_connectors.h"
#include "stores/drivers/name_claims.h"

namespace vitrine::stores {

/// Keeps blobs as volumes of Cinder, one each, named `image-` and the blob's name. A volume is attached to
/// this host while its blob is read or written, and the bytes go by a protocol that needs no kernel.
class CinderDriver : public Driver, private Listing, private Recognition {
 public:
  explicit CinderDriver(CinderSettings settings, MakeConnector make_connector = make_installed_connector);

  /// Throws Error{storage_denied} if the store's user is not let in, Error{configuration} if there is no such
  /// volume type, Error{unavailable} if nobody answers.
  void require_usable();

  /// Of this store's volumes, by which those of other stores are told apart. Known once require_usable() has
  /// returned.
  const std::string& place() const { return place_; }

  Abilities abilities() const override;
  std::unique_ptr<BlobWriter> create(const StoreCall& call, const BlobName& name,
                                     std::optional<std::uint64_t> size) override;
  std::unique_ptr<BlobReader> open(const StoreCall& call, const Location& location, ByteRange range) override;
  std::uint64_t size(const StoreCall& call, const Location& location) override;
  void remove(const StoreCall& call, const Location& location) override;
  void discard(const StoreCall& call, const BlobName& name) override;

 private:
  std::vector<std::string> list(const StoreCall& call) override;
  std::optional<std::string> own_uri(const StoreCall& call, const Location& location) override;
  CinderVolume volume_at(const StoreCall& call, const Location& location);

  const CinderSettings settings_;
  const CinderNode node_;
  std::string place_;
  CinderVolumes volumes_;
  VolumeConnectors connectors_;
  NameClaims claims_;
  CinderLeftovers leftovers_;
  CinderAttachments attachments_;
};

/// The driver of a store that is configured in the group, logged in. Throws as require_usable().
std::unique_ptr<Driver> make_cinder_driver(const config::Config& config, std::string_view group);

}  // namespace vitrine::stores
