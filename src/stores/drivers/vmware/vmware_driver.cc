#include "stores/drivers/vmware/vmware_driver.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"
#include "stores/driver_rules.h"
#include "stores/drivers/resuming_reader.h"
#include "stores/drivers/vmware/vmware_source.h"
#include "stores/drivers/vmware/vmware_writer.h"

namespace vitrine::stores {
namespace {

constexpr std::chrono::seconds start_time{30};

Error nothing_there() {
  return Error(ErrorCode::not_found, "The image's data is not on its datastore");
}

}  // namespace

VmwareDriver::VmwareDriver(VmwareSettings settings)
    : settings_(std::move(settings)),
      session_(settings_),
      datastores_(session_, settings_.datastores),
      files_(session_, settings_) {}

void VmwareDriver::require_usable() {
  session_.log_in();
  datastores_.require_all({.deadline = deadline_in(start_time)});
}

Abilities VmwareDriver::abilities() const {
  auto* self = const_cast<VmwareDriver*>(this);
  return {.capacity = self, .listing = self};
}

std::unique_ptr<BlobWriter> VmwareDriver::create(const StoreCall& call, const BlobName& name,
                                                 std::optional<std::uint64_t> size) {
  check_blob_name(name);
  files_.retry_clean_up();
  const std::vector<DatastoreState> datastores = datastores_.usable(call);
  const DatastoreState& chosen = choose_datastore(datastores, size.value_or(0));
  for (const DatastoreState& datastore : datastores) {
    if (files_.size(call, location_of(datastore, name.text))) {
      throw Error(ErrorCode::duplicate,
                  "There is data of this name on the datastore " + datastore.configured.name);
    }
  }
  UnfinishedBlob blob{.datastore = chosen,
                      .part = location_of(chosen, name_of_part(name.text)),
                      .whole = location_of(chosen, name.text)};
  return std::make_unique<VmwareWriter>(VmwareParts{session_, datastores_, files_}, call, std::move(blob),
                                        size);
}

std::unique_ptr<BlobReader> VmwareDriver::open(const StoreCall& call, const Location& location,
                                               ByteRange range) {
  auto source = std::make_unique<VmwareSource>(session_, call, parse_vmware_location(location.uri));
  return std::make_unique<ResumingReader>(std::move(source), range);
}

std::uint64_t VmwareDriver::size(const StoreCall& call, const Location& location) {
  const auto size = files_.size(call, parse_vmware_location(location.uri));
  if (!size) throw nothing_there();
  return *size;
}

void VmwareDriver::remove(const StoreCall& call, const Location& location) {
  const VmwareLocation parsed = parse_vmware_location(location.uri);
  VsphereObject datacenter;
  if (parsed.datacenter) {
    const auto found = datastores_.datacenter(call, *parsed.datacenter);
    if (!found) {
      // Not that the data is not there: a user that sees too little would leave it behind.
      throw Error(ErrorCode::unavailable, fmt::format("{} has no datacenter {} that the store's user can see",
                                                      session_.name(), *parsed.datacenter));
    }
    datacenter = *found;
  }
  files_.remove(call, datacenter, parsed);
}

void VmwareDriver::discard(const StoreCall& call, const BlobName& name) {
  check_blob_name(name);
  const std::vector<DatastoreState> datastores = datastores_.usable(call);
  for (const DatastoreState& datastore : datastores) {
    const std::vector<std::string> names = files_.names(call, datastore, name.text);
    for (const std::string& found : names) {
      if (found != name.text && !is_part_of(found, name.text)) continue;
      try {
        files_.remove(call, datastore.datacenter, location_of(datastore, found));
      } catch (const Error& error) {
        if (error.code() != ErrorCode::not_found) throw;
      }
    }
  }
}

Space VmwareDriver::space(const StoreCall& call) {
  Space space;
  const std::vector<DatastoreState> datastores = datastores_.usable(call);
  for (const DatastoreState& datastore : datastores) {
    space.total += datastore.details.capacity;
    space.free += datastore.details.free;
  }
  return space;
}

std::vector<std::string> VmwareDriver::list(const StoreCall& call) {
  std::vector<std::string> all;
  const std::vector<DatastoreState> datastores = datastores_.usable(call);
  for (const DatastoreState& datastore : datastores) {
    std::vector<std::string> names = files_.names(call, datastore);
    std::erase_if(names, is_part);
    all.insert(all.end(), std::make_move_iterator(names.begin()), std::make_move_iterator(names.end()));
  }
  return all;
}

VmwareLocation VmwareDriver::location_of(const DatastoreState& datastore, const std::string& name) const {
  return {.host = settings_.location_host,
          .path = fmt::format("{}/{}", settings_.folder, name),
          .datastore = datastore.configured.name,
          .datacenter = datastore.configured.datacenter};
}

std::unique_ptr<Driver> make_vmware_driver(const config::Config& config, std::string_view group) {
  auto driver = std::make_unique<VmwareDriver>(read_vmware_settings(config, group));
  driver->require_usable();
  return driver;
}

}  // namespace vitrine::stores
