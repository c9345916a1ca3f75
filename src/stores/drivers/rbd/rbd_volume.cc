#include "stores/drivers/rbd/rbd_volume.h"

#include <fmt/format.h>
#include <rbd/librbd.h>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "stores/drivers/cinder/cinder_documents.h"
#include "stores/drivers/rbd/rbd_error.h"
#include "stores/drivers/rbd/rbd_image.h"
#include "stores/drivers/rbd/rbd_operation.h"

namespace vitrine::stores {
namespace {

namespace json = boost::json;

class RbdTransfer : public VolumeTransfer {
 public:
  explicit RbdTransfer(const RbdImage& image) : image_(image) {}

  void start_read(std::uint64_t offset, const VolumeMemory& memory, std::size_t length) override {
    memory_ = memory;
    operation_.start_read(image_, offset, {memory.get(), length});
  }
  void start_write(std::uint64_t offset, const VolumeMemory& memory, std::size_t length) override {
    operation_.start_write(image_, offset, {memory.get(), length});
  }
  void wait(const StoreCall& call) override { operation_.wait(call); }

 private:
  const RbdImage& image_;
  VolumeMemory memory_;
  RbdOperation operation_;  // last: it ends before its memory
};

class RbdVolume : public VolumeDevice {
 public:
  explicit RbdVolume(RbdImage image) : image_(std::move(image)) {}

  std::unique_ptr<VolumeTransfer> new_transfer() override { return std::make_unique<RbdTransfer>(image_); }
  std::uint64_t size(const StoreCall&) override { return image_.size(); }
  void flush(const StoreCall&) override { check_rbd(::rbd_flush(image_.handle()), "write a volume"); }

 private:
  const RbdImage image_;
};

/// Hosts and ports stand in two lists that belong together. A host may be an IPv6 address.
std::string monitors_in(const json::object& connection) {
  const auto* hosts = connection.if_contains("hosts");
  const auto* ports = connection.if_contains("ports");
  if (hosts == nullptr || !hosts->is_array() || ports == nullptr || !ports->is_array()) return {};
  std::vector<std::string> monitors;
  const std::size_t count = std::min(hosts->get_array().size(), ports->get_array().size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto* host = hosts->get_array()[i].if_string();
    const auto* port = ports->get_array()[i].if_string();
    if (host == nullptr || port == nullptr) continue;
    const bool is_bare_ipv6 = host->find(':') != json::string::npos && !host->starts_with('[');
    monitors.push_back(is_bare_ipv6 ? fmt::format("[{}]:{}", std::string(*host), std::string(*port))
                                    : fmt::format("{}:{}", std::string(*host), std::string(*port)));
  }
  return join(monitors, ",");
}

Error odd_connection() {
  return Error(ErrorCode::unavailable, "Cinder's connection_info names no RBD image of a cluster");
}

/// Part of a file's name, so it must not be a path.
std::string plain_text_in(const json::object& connection, std::string_view name) {
  std::string text = text_of_member(connection, name);
  if (text.empty() || text.find('/') != std::string::npos) throw odd_connection();
  return text;
}

}  // namespace

RbdSettings rbd_settings_of(const json::object& connection, const VolumeConnectorSettings& settings) {
  const std::string name = text_of_member(connection, "name");
  RbdSettings result{.pool = name.substr(0, name.find('/')),
                     .user = plain_text_in(connection, "auth_username"),
                     .timeout = settings.patience};
  const std::string cluster = plain_text_in(connection, "cluster_name");
  result.monitors = monitors_in(connection);
  if (result.pool.empty() || result.pool == name || result.monitors.empty()) throw odd_connection();
  result.keyring = settings.ceph_directory / fmt::format("{}.client.{}.keyring", cluster, result.user);
  const auto conf = settings.ceph_directory / (cluster + ".conf");
  std::error_code ignored;
  if (std::filesystem::exists(conf, ignored)) result.ceph_conf = conf;
  return result;
}

std::unique_ptr<VolumeDevice> RbdConnector::open(const StoreCall&, const json::object& connection,
                                                 VolumeAccess access) {
  const RbdSettings wanted = rbd_settings_of(connection, settings_);
  const std::string name = text_of_member(connection, "name");
  const RbdPool& pool = cluster_of(wanted).pool(wanted.pool);
  const RbdAccess kind = access == VolumeAccess::read ? RbdAccess::read : RbdAccess::write;
  return std::make_unique<RbdVolume>(RbdImage(pool, name.substr(wanted.pool.size() + 1), {}, kind));
}

const RbdCluster* RbdConnector::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = clusters_.find(key);
  return found == clusters_.end() ? nullptr : found->second.get();
}

const RbdCluster& RbdConnector::cluster_of(const RbdSettings& wanted) {
  const std::string key = fmt::format("{} {} {}", wanted.monitors, wanted.keyring, wanted.pool);
  if (const RbdCluster* cluster = find(key)) return *cluster;
  return *connecting_.share(key, [&] {
    if (const RbdCluster* cluster = find(key)) return cluster;
    try {
      auto made = std::make_unique<RbdCluster>(wanted);
      const std::lock_guard lock(mutex_);
      return static_cast<const RbdCluster*>((clusters_[key] = std::move(made)).get());
    } catch (const Error& error) {
      if (error.code() != ErrorCode::configuration) throw;
      throw Error(ErrorCode::storage_denied, error.what());  // nobody is starting now
    }
  });
}

}  // namespace vitrine::stores
