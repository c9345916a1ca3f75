#include "stores/driver_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "stores/driver_module.h"
#include "stores/drivers/cinder/cinder_driver.h"
#include "stores/drivers/cinder/cinder_settings.h"
#include "stores/drivers/directory_place.h"
#include "stores/drivers/file_driver.h"
#include "stores/drivers/file_settings.h"
#include "stores/drivers/http_driver.h"
#include "stores/drivers/http_settings.h"
#include "stores/drivers/rbd_settings.h"
#include "stores/drivers/s3/s3_driver.h"
#include "stores/drivers/s3/s3_settings.h"
#include "stores/drivers/swift/swift_driver.h"
#include "stores/drivers/swift/swift_settings.h"
#include "stores/drivers/vmware/vmware_driver.h"
#include "stores/drivers/vmware/vmware_settings.h"

namespace vitrine::stores {
namespace {

using config::Config;

constexpr std::string_view file_schemes[] = {"file", "filesystem"};
constexpr std::string_view http_schemes[] = {"http", "https"};
constexpr std::string_view rbd_schemes[] = {"rbd"};
constexpr std::string_view swift_schemes[] = {"swift+https", "swift", "swift+http", "swift+config"};
constexpr std::string_view cinder_schemes[] = {"cinder"};
constexpr std::string_view vmware_schemes[] = {"vsphere"};
constexpr std::string_view s3_schemes[] = {"s3", "s3+http", "s3+https"};

/// Their locations tell them apart by nothing.
std::vector<Place> http_places(const Config&, std::string_view) {
  return {{.shown = "all addresses that start with http", .option = {}, .names = {"http"}, .around = {}}};
}

std::vector<std::string> http_uri_prefixes(const Config&, std::string_view) {
  return {"http"};
}

std::unique_ptr<Driver> make_rbd_driver(const Config& config, std::string_view group) {
  return load_module("rbd").make(config, group);
}

std::vector<std::string> found_rbd_places(const Driver& driver) {
  return load_module("rbd").places(driver);
}

std::vector<std::string> found_cinder_places(const Driver& driver) {
  return {static_cast<const CinderDriver&>(driver).place()};
}

constexpr DriverType types[] = {
    {.name = "cinder",
     .alias = "glance.store.cinder.Store",
     .schemes = cinder_schemes,
     .options = cinder_options,
     .check = check_cinder_settings,
     .places = cinder_places,
     .uri_prefixes = cinder_uri_prefixes,
     .properties = cinder_properties,
     .make = make_cinder_driver,
     .found_places = found_cinder_places,
     .modules = installed_connectors,
     .reaches_out = true},
    {.name = "file",
     .alias = "glance.store.filesystem.Store",
     .schemes = file_schemes,
     .options = file_options,
     .check = check_file_settings,
     .places = file_places,
     .uri_prefixes = file_uri_prefixes,
     .properties = file_properties,
     .make = make_file_driver},
    {.name = "http",
     .alias = "glance.store.http.Store",
     .schemes = http_schemes,
     .keeps_data = false,
     .options = http_options,
     .check = check_http_settings,
     .places = http_places,
     .uri_prefixes = http_uri_prefixes,
     .make = make_http_driver},
    {.name = "rbd",
     .alias = "glance.store.rbd.Store",
     .schemes = rbd_schemes,
     .options = rbd_options,
     .check = check_rbd_settings,
     .places = rbd_places,
     .uri_prefixes = rbd_uri_prefixes,
     .properties = rbd_properties,
     .make = make_rbd_driver,
     .found_places = found_rbd_places,
     .is_module = true,
     .reaches_out = true},
    {.name = "s3",
     .alias = "glance.store.s3.Store",
     .schemes = s3_schemes,
     .options = s3_options,
     .check = check_s3_settings,
     .places = s3_places,
     .uri_prefixes = s3_uri_prefixes,
     .properties = s3_properties,
     .make = make_s3_driver},
    {.name = "swift",
     .alias = "glance.store.swift.Store",
     .schemes = swift_schemes,
     .options = swift_options,
     .check = check_swift_settings,
     .places = swift_places,
     .uri_prefixes = swift_uri_prefixes,
     .properties = swift_properties,
     .make = make_swift_driver},
    {.name = "vmware",
     .alias = "glance.store.vmware_datastore.Store",
     .schemes = vmware_schemes,
     .options = vmware_options,
     .check = check_vmware_settings,
     .places = vmware_places,
     .uri_prefixes = vmware_uri_prefixes,
     .make = make_vmware_driver,
     .reaches_out = true},
};

}  // namespace

std::span<const DriverType> driver_types() {
  return types;
}

const DriverType* find_driver_type(std::string_view name) {
  const auto found = std::find_if(std::begin(types), std::end(types), [&](const DriverType& type) {
    return type.name == name || type.alias == name;
  });
  return found == std::end(types) ? nullptr : found;
}

std::string why_no_driver(const DriverType& type) {
  if (!type.make) {
    return fmt::format(
        "this version has no driver for stores of type {} yet. Take the store out, or stay with "
        "Glance.",
        type.name);
  }
  return type.is_module ? why_no_module(type.name) : std::string();
}

}  // namespace vitrine::stores
