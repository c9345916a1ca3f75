#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "stores/drivers/vmware/vmware_driver.h"
#include "tests/contract/driver_contract.h"

/// Stores on the simulator that the environment names; see tests/services/with-vsphere.
namespace vitrine::tests {

using stores::Location;
using stores::VmwareDatastore;
using stores::VmwareDriver;
using stores::VmwareSettings;
inline constexpr std::uint64_t mib = std::uint64_t{1} << 20;

inline std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (!value) throw std::runtime_error(std::string(name) + " is not set; run this beside a vSphere server");
  return value;
}

/// What lies on a datastore, below a folder of this process.
inline std::filesystem::path on_disk(const VmwareDatastore& datastore, const std::string& path) {
  return std::filesystem::path(from_environment("VSPHERE_HOME")) / "ds" / datastore.datacenter /
         datastore.name / path;
}

inline const VmwareDatastore ds1{"dc1", "ds1"};
inline const VmwareDatastore ds2{"dc1", "ds2"};
inline const VmwareDatastore far_ds1{"region/dc2", "ds1"};

inline VmwareSettings new_settings(std::vector<VmwareDatastore> datastores = {ds1},
                                   const std::string& folder_end = "") {
  VmwareSettings settings;
  settings.location_host = from_environment("VSPHERE_HOST") + ":" + from_environment("VSPHERE_PORT");
  settings.server = fetch::parse_uri("https://" + settings.location_host);
  settings.user = from_environment("VSPHERE_USER");
  settings.password = from_environment("VSPHERE_PASSWORD");
  settings.client.ca_file = from_environment("VSPHERE_CA");
  settings.folder = "images-" + new_uuid() + folder_end;
  settings.datastores = std::move(datastores);
  settings.patience = {.attempts = 4,
                       .first_pause = std::chrono::milliseconds(10),
                       .longest_pause = std::chrono::milliseconds(50)};
  return settings;
}

/// What the simulator is told to do.
inline std::string order(const std::string& what) {
  fetch::Client client({});
  const auto answer = client.send(
      {.method = fetch::Method::post, .uri = fetch::parse_uri(from_environment("VSPHERE_CTL") + "/" + what)});
  if (answer->status() != 200) throw std::runtime_error("the simulator does not take the order " + what);
  return answer->read_text(1000);
}

class VmwareServerTest : public ::testing::Test {
 protected:
  VmwareServerTest() { start({ds1}); }
  ~VmwareServerTest() override {
    for (const char* name : {"ds1", "ds2"}) set_free(name, 100'000 * mib);
  }

  void start(std::vector<VmwareDatastore> datastores) { start_with(new_settings(std::move(datastores))); }
  void start_with(VmwareSettings settings) {
    settings_ = std::move(settings);
    driver_ = std::make_unique<VmwareDriver>(settings_);
  }

  Location write(const std::string& name, std::string_view content, std::optional<std::uint64_t> size = {}) {
    const auto writer = driver_->create({}, {name}, size);
    writer->write(bytes_of(content));
    return writer->commit();
  }
  std::string read(const Location& location) { return read_all(*driver_->open({}, location, {}), 100'000); }

  std::vector<std::string> files(const VmwareDatastore& datastore) {
    std::vector<std::string> names;
    const auto folder = on_disk(datastore, settings_.folder);
    if (!std::filesystem::exists(folder)) return {};
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }
  static void set_free(const std::string& datastore, std::uint64_t bytes) {
    order(fmt::format("free?ds={}&bytes={}", datastore, bytes));
  }

  VmwareSettings settings_;
  std::unique_ptr<VmwareDriver> driver_;
};

}  // namespace vitrine::tests
