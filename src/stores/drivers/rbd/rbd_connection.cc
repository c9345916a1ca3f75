#include "stores/drivers/rbd/rbd_connection.h"

#include "base/log.h"

namespace vitrine::stores {

RbdConnection::RbdConnection(const RbdSettings& settings)
    : settings_(settings), cluster_(std::make_shared<const RbdCluster>(settings)) {}

RbdClusterPtr RbdConnection::cluster() const {
  const std::lock_guard lock(mutex_);
  return cluster_;
}

bool RbdConnection::renew(const RbdClusterPtr& failed) {
  if (cluster() != failed) return true;
  if (!failed->is_shut_out()) return false;
  renewals_.share(0, [&] {
    if (RbdClusterPtr other = cluster(); other != failed) return other;  // somebody was faster
    RbdClusterPtr made = std::make_shared<const RbdCluster>(settings_);
    log::warning(
        "rbd store: the cluster has put its connection on the blocklist; there is a new one for pool {}",
        settings_.pool);
    const std::lock_guard lock(mutex_);
    cluster_ = made;
    return made;
  });
  return true;
}

}  // namespace vitrine::stores
