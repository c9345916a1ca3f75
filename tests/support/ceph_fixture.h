#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stores/drivers/rbd/rbd_cluster.h"
#include "stores/drivers/rbd_settings.h"

/// The cluster that the tests run beside; tests/services/with-ceph starts it.
namespace vitrine::tests {

/// A setting of the cluster, from the environment. Throws if there is none: without a cluster nothing is
/// tested.
std::string ceph_setting(const char* name);

/// Settings of a store in the cluster's pool for images.
stores::RbdSettings ceph_store();

/// A copy of the cluster's ceph.conf with more lines for clients; in the temporary directory, until the
/// process ends.
std::string ceph_conf_with(std::string_view client_lines);

/// A name for each thing in the pool of an image that exists or is in the trash: the images, and every object
/// that describes one. Looks past the driver.
std::vector<std::string> everything_in(const stores::RbdPool& pool);

}  // namespace vitrine::tests
