#include "tests/support/ceph_fixture.h"

#include <rados/librados.h>
#include <rbd/librbd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "stores/drivers/rbd/rbd_error.h"
#include "stores/drivers/rbd/rbd_image.h"
#include "tests/support/files.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::tests {
namespace {

/// There for good once the pool was used.
bool is_fixture(std::string_view object) {
  for (const char* name : {"rbd_info", "rbd_directory", "rbd_trash", "rbd_children"}) {
    if (object == name) return true;
  }
  return object.starts_with("rbd_data.");  // goes in the cluster's own time when its snapshot is removed
}

void add_objects(const stores::RbdPool& pool, std::vector<std::string>& names) {
  rados_list_ctx_t list = nullptr;
  stores::check_rbd(::rados_nobjects_list_open(pool.handle(), &list), "list objects");
  const char* object = nullptr;
  while (::rados_nobjects_list_next(list, &object, nullptr, nullptr) == 0) {
    if (!is_fixture(object)) names.emplace_back(object);
  }
  ::rados_nobjects_list_close(list);
}

void add_trash(const stores::RbdPool& pool, std::vector<std::string>& names) {
  std::array<rbd_trash_image_info_t, 64> entries{};
  std::size_t count = entries.size();
  stores::check_rbd(::rbd_trash_list(pool.handle(), entries.data(), &count), "list the trash");
  for (std::size_t i = 0; i < count; ++i) names.push_back(std::string("in the trash: ") + entries[i].name);
  ::rbd_trash_list_cleanup(entries.data(), count);
}

}  // namespace

std::string ceph_setting(const char* name) {
  const char* value = std::getenv(name);
  if (!value)
    throw std::runtime_error("There is no Ceph cluster; run the test with tests/services/with-ceph");
  return value;
}

stores::RbdSettings ceph_store() {
  return {.pool = ceph_setting("RBD_POOL"),
          .user = ceph_setting("RBD_USER"),
          .ceph_conf = ceph_setting("CEPH_CONF"),
          .timeout = std::chrono::seconds{30}};
}

std::string ceph_conf_with(std::string_view client_lines) {
  static const TemporaryDirectory place;
  static int count = 0;
  std::ifstream original(ceph_setting("CEPH_CONF"));
  std::ostringstream text;
  text << original.rdbuf() << "\n[client]\n" << client_lines << "\n";
  const std::string file = (place.path() / (std::to_string(++count) + ".conf")).string();
  write_file(file, text.str());
  return file;
}

std::vector<std::string> everything_in(const stores::RbdPool& pool) {
  std::vector<std::string> names = stores::rbd_image_names(pool);
  add_objects(pool, names);
  add_trash(pool, names);
  return names;
}

}  // namespace vitrine::tests
