#include "stores/drivers/cinder/cinder_driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "stores/driver_rules.h"
#include "stores/drivers/cinder/cinder_location.h"
#include "stores/drivers/cinder/cinder_reader.h"
#include "stores/drivers/cinder/cinder_writer.h"

namespace vitrine::stores {
namespace {

constexpr std::chrono::seconds start_time{30};

/// As glance_store reads it: volumes that were made otherwise say nothing, and are whole.
std::uint64_t data_size(const CinderVolume& volume) {
  const auto size = volume.metadata.find("image_size");
  const auto bytes = size == volume.metadata.end() ? std::nullopt : parse_unsigned(size->second);
  return bytes.value_or(volume.bytes);
}

}  // namespace

CinderDriver::CinderDriver(CinderSettings settings, MakeConnector make_connector)
    : settings_(std::move(settings)),
      node_(settings_.host),
      volumes_(settings_),
      connectors_(settings_.connectors, std::move(make_connector)),
      leftovers_(settings_, volumes_, node_),
      attachments_(settings_, {volumes_, connectors_, leftovers_, node_}) {}

void CinderDriver::require_usable() {
  if (!settings_.has_own_user()) {
    log::info("cinder store: asks Cinder as whoever calls, so the first calls show whether it can be used");
    place_ = cinder_place(settings_);
    return;
  }
  const StoreCall call{.deadline = deadline_in(start_time)};
  volumes_.require_type(call);
  place_ = fmt::format("the volumes of type {} at {}", volumes_.volume_type(call), volumes_.endpoint(call));
}

Abilities CinderDriver::abilities() const {
  auto* self = const_cast<CinderDriver*>(this);
  Abilities abilities{.recognition = self};
  if (settings_.has_own_user()) abilities.listing = self;  // else nobody asks on its own behalf
  return abilities;
}

std::unique_ptr<BlobWriter> CinderDriver::create(const StoreCall& call, const BlobName& name,
                                                 std::optional<std::uint64_t> size) {
  check_blob_name(name);
  if (!finished_volumes(volumes_, call, name.text).empty()) {
    throw Error(ErrorCode::duplicate, "There is a volume of this image already");
  }
  return std::make_unique<CinderWriter>(
      CinderParts{settings_, volumes_, attachments_, leftovers_, node_, claims_}, call, name.text, size);
}

CinderVolume CinderDriver::volume_at(const StoreCall& call, const Location& location) {
  auto volume = volumes_.find(call, parse_cinder_location(location.uri).volume_id);
  if (!volume || volume->is_going() || is_unfinished(*volume)) {
    throw Error(ErrorCode::not_found, "The image's volume is not there");
  }
  return *std::move(volume);
}

std::unique_ptr<BlobReader> CinderDriver::open(const StoreCall& call, const Location& location,
                                               ByteRange range) {
  const CinderVolume volume = volume_at(call, location);
  const std::uint64_t size = data_size(volume);
  const Stretch stretch = stretch_of(range, size);
  if (size > volume.bytes) {
    throw Error(ErrorCode::unavailable,
                fmt::format("The volume {} is smaller than the image in it.", volume.id));
  }
  if (stretch.length == 0) return std::make_unique<EmptyReader>();
  return std::make_unique<CinderReader>(attachments_.hold(call, volume, AttachMode::read_only), stretch,
                                        call);
}

std::uint64_t CinderDriver::size(const StoreCall& call, const Location& location) {
  return data_size(volume_at(call, location));
}

void CinderDriver::remove(const StoreCall& call, const Location& location) {
  const CinderVolume volume = volume_at(call, location);
  if (!volumes_.remove(call, volume.id)) {
    throw Error(ErrorCode::not_found, "The image's volume is not there");
  }
  // Some back ends see only now that something depends on the volume.
  std::optional<CinderVolume> left;
  try {
    left = volumes_.settle(call, volume.id, settings_.times.removal);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unavailable) throw;
    log::info("cinder store: the removal of volume {} takes its time", volume.id);
  }
  if (!left) return;
  throw Error(ErrorCode::conflict,
              fmt::format("The image's volume {} could not be removed and is in the state {} again. "
                          "Something depends on it, such as a snapshot or a clone.",
                          volume.id, left->status));
}

void CinderDriver::discard(const StoreCall& call, const BlobName& name) {
  check_blob_name(name);
  const bool has_token = call.caller != nullptr && !call.caller->token.empty();
  if (!settings_.has_own_user() && !has_token) {
    log::warning(
        "cinder store: what an upload left of image {} stays in its project until somebody removes the "
        "volume "
        "{}, as the store has no user of its own",
        name.text, volume_name_of(name.text));
    return;
  }
  const std::string type = volumes_.volume_type(call);
  const auto found = volumes_.list(call, "name=" + form_encode(volume_name_of(name.text)));
  for (const CinderVolume& volume : found) {
    const bool is_meant =
        volume.name == volume_name_of(name.text) && volume.type == type && !volume.is_going();
    if (is_meant) leftovers_.remove({.volume_id = volume.id, .caller = caller_of(call)});
  }
}

std::vector<std::string> CinderDriver::list(const StoreCall& call) {
  std::vector<std::string> names;
  const auto found = finished_volumes(volumes_, call);
  for (const CinderVolume& volume : found) {
    const auto blob = volume.metadata.find("glance_image_id");
    if (blob != volume.metadata.end()) names.push_back(blob->second);
  }
  return names;
}

/// Locations of times with a single store name none. Glance finds it by the volume's type.
std::optional<std::string> CinderDriver::own_uri(const StoreCall& call, const Location& location) {
  CinderLocation own = parse_cinder_location(location.uri);
  const std::optional<CinderVolume> volume = volumes_.find(call, own.volume_id);
  if (!volume || volume->type != volumes_.volume_type(call)) return {};
  own.store_id = settings_.store_id;
  return to_uri(own);
}

std::unique_ptr<Driver> make_cinder_driver(const config::Config& config, std::string_view group) {
  auto driver = std::make_unique<CinderDriver>(read_cinder_settings(config, group));
  driver->require_usable();
  return driver;
}

}  // namespace vitrine::stores
