#include "stores/drivers/rbd/rbd_driver.h"

#include <rados/librados.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "stores/driver_rules.h"
#include "stores/drivers/rbd/rbd_error.h"
#include "stores/drivers/rbd/rbd_image.h"
#include "stores/drivers/rbd/rbd_reader.h"
#include "stores/drivers/rbd/rbd_writer.h"
#include "stores/drivers/rbd_location.h"

namespace vitrine::stores {
namespace {

/// A cluster without a manager counts nothing, and a user may not be let to ask.
bool tells_space(const RbdCluster& cluster, const RbdSettings& settings) {
  try {
    return cluster.space(settings.data_pool).has_value();
  } catch (const Error& error) {
    log::info("rbd store: pool {} does not tell how much room it has: {}", settings.pool, error.what());
    return false;
  }
}

}  // namespace

RbdDriver::RbdDriver(RbdSettings settings)
    : settings_(std::move(settings)),
      connection_(settings_),
      has_capacity_(tells_space(*connection_.cluster(), settings_)),
      leftovers_(connection_) {}

/// Does it again if it failed because the cluster had shut the connection out: then nothing came of it.
template <class Step>
auto RbdDriver::on_cluster(const Step& step) {
  const RbdClusterPtr cluster = connection_.cluster();
  try {
    return step(cluster);
  } catch (const Error& error) {
    if (!can_retry(error.code()) || !connection_.renew(cluster)) throw;
  }
  return step(connection_.cluster());
}

Abilities RbdDriver::abilities() const {
  auto* self = const_cast<RbdDriver*>(this);
  return {.capacity = has_capacity_ ? self : nullptr, .listing = self};
}

std::unique_ptr<BlobWriter> RbdDriver::create(const StoreCall& call, const BlobName& name,
                                              std::optional<std::uint64_t> size) {
  check_blob_name(name);
  return on_cluster([&](const RbdClusterPtr& cluster) -> std::unique_ptr<BlobWriter> {
    if (rbd_image_exists(cluster->pool(), name.text)) throw rbd_error(-EEXIST, "create an image");
    if (size) require_room(*cluster, *size);
    prepare_trash(*cluster);
    return std::make_unique<RbdWriter>(cluster, settings_, leftovers_, call, name.text, size);
  });
}

void RbdDriver::require_room(const RbdCluster& cluster, std::uint64_t size) const {
  if (!has_capacity_) return;
  const std::optional<Space> space = cluster.space(settings_.data_pool);
  // Zeros may need no room.
  if (space && size > (settings_.is_thin ? space->total : space->free)) throw rbd_error(-ENOSPC, "create");
}

/// The library notes removals in this object, and if it is not there yet a full pool has no room to create
/// it, so that nothing could be removed.
void RbdDriver::prepare_trash(const RbdCluster& cluster) {
  if (has_trash_.exchange(true)) return;
  rados_write_op_t operation = ::rados_create_write_op();
  ::rados_write_op_create(operation, LIBRADOS_CREATE_IDEMPOTENT, nullptr);
  const int result = ::rados_write_op_operate(operation, cluster.pool().handle(), "rbd_trash", nullptr, 0);
  ::rados_release_write_op(operation);
  has_trash_ = result >= 0;
}

std::unique_ptr<BlobReader> RbdDriver::open(const StoreCall& call, const Location& location,
                                            ByteRange range) {
  const RbdLocation place = parse_rbd_location(location);
  return on_cluster([&](const RbdClusterPtr& cluster) -> std::unique_ptr<BlobReader> {
    return std::make_unique<RbdReader>(cluster, place, range, call);
  });
}

std::uint64_t RbdDriver::size(const StoreCall&, const Location& location) {
  const RbdLocation place = parse_rbd_location(location);
  return on_cluster([&](const RbdClusterPtr& cluster) {
    return RbdImage(cluster->pool(place.pool), place.image, place.snapshot, RbdAccess::read).size();
  });
}

void RbdDriver::remove(const StoreCall&, const Location& location) {
  const RbdLocation place = parse_rbd_location(location);
  on_cluster([&](const RbdClusterPtr& cluster) {
    remove_rbd_image(cluster->pool(place.pool), place.image, place.snapshot);
  });
}

void RbdDriver::discard(const StoreCall&, const BlobName& name) {
  check_blob_name(name);
  on_cluster([&](const RbdClusterPtr& cluster) { discard_in(cluster->pool(), name.text); });
}

void RbdDriver::discard_in(const RbdPool& pool, const std::string& name) {
  for (const std::string& image : rbd_image_names(pool)) {
    if (future_name(image) != name) continue;
    leftovers_.remove_abandoned(image);
  }
  try {
    remove_rbd_image(pool, name, rbd_snapshot);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
  }
}

std::vector<std::string> RbdDriver::list(const StoreCall&) {
  std::vector<std::string> names =
      on_cluster([](const RbdClusterPtr& cluster) { return rbd_image_names(cluster->pool()); });
  std::erase_if(names, [](const std::string& name) { return is_hidden_name(name); });
  return names;
}

Space RbdDriver::space(const StoreCall&) {
  const std::optional<Space> space =
      on_cluster([&](const RbdClusterPtr& cluster) { return cluster->space(settings_.data_pool); });
  if (!space) throw Error(ErrorCode::unavailable, "The storage cluster does not tell how much room it has.");
  return *space;
}

}  // namespace vitrine::stores
