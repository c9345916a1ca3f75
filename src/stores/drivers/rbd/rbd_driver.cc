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
      cluster_(settings_),
      has_capacity_(tells_space(cluster_, settings_)),
      leftovers_(cluster_) {}

Abilities RbdDriver::abilities() const {
  auto* self = const_cast<RbdDriver*>(this);
  return {.capacity = has_capacity_ ? self : nullptr, .listing = self};
}

std::unique_ptr<BlobWriter> RbdDriver::create(const StoreCall& call, const BlobName& name,
                                              std::optional<std::uint64_t> size) {
  check_blob_name(name);
  if (rbd_image_exists(cluster_.pool(), name.text)) throw rbd_error(-EEXIST, "create an image");
  if (size) require_room(*size);
  prepare_trash();
  return std::make_unique<RbdWriter>(cluster_, settings_, leftovers_, call, name.text, size);
}

void RbdDriver::require_room(std::uint64_t size) const {
  if (!has_capacity_) return;
  const std::optional<Space> space = cluster_.space(settings_.data_pool);
  // Zeros may need no room.
  if (space && size > (settings_.is_thin ? space->total : space->free)) throw rbd_error(-ENOSPC, "create");
}

/// The library notes removals in this object, and if it is not there yet a full pool has no room to create
/// it, so that nothing could be removed.
void RbdDriver::prepare_trash() {
  if (has_trash_.exchange(true)) return;
  rados_write_op_t operation = ::rados_create_write_op();
  ::rados_write_op_create(operation, LIBRADOS_CREATE_IDEMPOTENT, nullptr);
  const int result = ::rados_write_op_operate(operation, cluster_.pool().handle(), "rbd_trash", nullptr, 0);
  ::rados_release_write_op(operation);
  has_trash_ = result >= 0;
}

std::unique_ptr<BlobReader> RbdDriver::open(const StoreCall& call, const Location& location,
                                            ByteRange range) {
  const RbdLocation place = parse_rbd_location(location);
  return std::make_unique<RbdReader>(cluster_.pool(place.pool), place.image, place.snapshot, range, call);
}

std::uint64_t RbdDriver::size(const StoreCall&, const Location& location) {
  const RbdLocation place = parse_rbd_location(location);
  return RbdImage(cluster_.pool(place.pool), place.image, place.snapshot, RbdAccess::read).size();
}

void RbdDriver::remove(const StoreCall&, const Location& location) {
  const RbdLocation place = parse_rbd_location(location);
  remove_rbd_image(cluster_.pool(place.pool), place.image, place.snapshot);
}

void RbdDriver::discard(const StoreCall&, const BlobName& name) {
  check_blob_name(name);
  const RbdPool& pool = cluster_.pool();
  for (const std::string& image : rbd_image_names(pool)) {
    if (future_name(image) != name.text) continue;
    leftovers_.remove_abandoned(image);
  }
  try {
    remove_rbd_image(pool, name.text, rbd_snapshot);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
  }
}

std::vector<std::string> RbdDriver::list(const StoreCall&) {
  std::vector<std::string> names = rbd_image_names(cluster_.pool());
  std::erase_if(names, [](const std::string& name) { return is_hidden_name(name); });
  return names;
}

Space RbdDriver::space(const StoreCall&) {
  const std::optional<Space> space = cluster_.space(settings_.data_pool);
  if (!space) throw Error(ErrorCode::unavailable, "The storage cluster does not tell how much room it has.");
  return *space;
}

}  // namespace vitrine::stores
