#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "stores/driver.h"
#include "stores/drivers/rbd_settings.h"

namespace vitrine::stores {

/// A pool of a cluster, opened. Every librbd and librados call on it may be made by many threads at once.
class RbdPool {
 public:
  /// `cluster` is a rados_t and outlives the pool. Throws Error{not_found} if there is no such pool.
  RbdPool(void* cluster, const std::string& name);
  ~RbdPool();
  RbdPool(const RbdPool&) = delete;
  RbdPool& operator=(const RbdPool&) = delete;

  void* handle() const { return handle_; }  ///< a rados_ioctx_t
  const std::string& name() const { return name_; }

  /// Whether an object of this name is in the pool. Throws Error.
  bool has_object(const std::string& object) const;

 private:
  std::string name_;
  void* handle_ = nullptr;
};

/// The connection to a cluster, alive as long as the object; the library renews what breaks under it. May be
/// shared between threads.
class RbdCluster {
 public:
  /// Connects, for as long as settings.timeout, and opens the store's pool. Throws Error{configuration} if
  /// ceph.conf, the user, its key or the pool are to blame, Error{unavailable} if the cluster does not
  /// answer.
  explicit RbdCluster(const RbdSettings& settings);
  ~RbdCluster();
  RbdCluster(const RbdCluster&) = delete;
  RbdCluster& operator=(const RbdCluster&) = delete;

  const std::string& fsid() const { return fsid_; }
  /// That ceph.conf wants new images to have; layering alone if it does not say.
  std::uint64_t features() const { return features_; }
  /// The store's own.
  const RbdPool& pool() const { return *pool_; }
  /// Another one of the cluster; it stays open. Empty: the store's own. Throws Error{not_found}.
  const RbdPool& pool(const std::string& name) const;

  /// Whether the cluster lets nobody use this connection any more. It is asked for a second at most.
  bool is_shut_out() const;

  /// Of the store's pool, or of where its data goes. Nothing if the cluster does not keep count.
  std::optional<Space> space(const std::string& data_pool) const;

 private:
  struct Shutdown {
    void operator()(void* cluster) const;
  };

  void configure(const RbdSettings& settings);
  void connect(const RbdSettings& settings);
  void open_pools(const RbdSettings& settings);
  void set(const char* name, const std::string& value);
  std::string get(const char* name) const;

  std::unique_ptr<void, Shutdown> handle_;  // a rados_t
  std::string fsid_;
  std::uint64_t features_ = 0;
  std::unique_ptr<RbdPool> pool_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::unique_ptr<RbdPool>> others_;
};

}  // namespace vitrine::stores
