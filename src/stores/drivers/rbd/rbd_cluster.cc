#include "stores/drivers/rbd/rbd_cluster.h"

#include <fmt/format.h>
#include <rados/librados.h>
#include <rbd/librbd.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "stores/drivers/rbd/rbd_error.h"

namespace vitrine::stores {
namespace {

/// The library's own 300 s would hold up nothing but the end of the service, for attempts are repeated.
constexpr std::string_view library_mount_timeout = "300";
constexpr std::string_view our_mount_timeout = "30";

std::string shown_conf(const RbdSettings& settings) {
  return settings.ceph_conf.empty() ? "ceph.conf" : settings.ceph_conf;
}

std::string shown_cluster(const RbdSettings& settings) {
  return settings.monitors.empty() ? "the cluster of " + shown_conf(settings)
                                   : "the cluster at " + settings.monitors;
}

std::string shown_user(const RbdSettings& settings) {
  return "client." + (settings.user.empty() ? "admin" : settings.user);
}

Error unusable(const std::string& message) {
  return Error(ErrorCode::configuration, message);
}

Error connect_error(int result, const RbdSettings& settings) {
  switch (-result) {
    case ENOENT:
      if (!settings.keyring.empty()) {
        return unusable(fmt::format("{} cannot be read or has no key for {}. Install it there.",
                                    settings.keyring, shown_user(settings)));
      }
      return unusable(
          fmt::format("{} names no keyring that has a key for {}. Install one, or set "
                      "rbd_store_user.",
                      shown_conf(settings), shown_user(settings)));
    case EACCES:
    case EPERM:
      return unusable(fmt::format("{} refuses the key of {}. Install the right keyring.",
                                  shown_cluster(settings), shown_user(settings)));
    case EINVAL:
      return unusable(fmt::format("{} names no monitors. Add mon_host to it.", shown_conf(settings)));
    default:
      return Error(ErrorCode::unavailable, fmt::format("{} cannot be reached: {}.", shown_cluster(settings),
                                                       std::generic_category().message(-result)));
  }
}

}  // namespace

RbdPool::RbdPool(void* cluster, const std::string& name) : name_(name) {
  const int result = ::rados_ioctx_create(cluster, name.c_str(), &handle_);
  if (result == -ENOENT) throw Error(ErrorCode::not_found, fmt::format("The cluster has no pool {}.", name));
  check_rbd(result, "open pool " + name);
  // Without it, whatever is written to a full pool waits until there is room.
  ::rados_set_pool_full_try(handle_);
}

RbdPool::~RbdPool() {
  ::rados_ioctx_destroy(handle_);
}

bool RbdPool::has_object(const std::string& object) const {
  std::uint64_t size = 0;
  std::time_t time = 0;
  const int result = ::rados_stat(handle_, object.c_str(), &size, &time);
  if (result == -ENOENT) return false;
  check_rbd(result, "look for an image");
  return true;
}

void RbdCluster::Shutdown::operator()(void* cluster) const {
  ::rados_shutdown(cluster);
}

RbdCluster::RbdCluster(const RbdSettings& settings) {
  configure(settings);
  connect(settings);
  open_pools(settings);
}

RbdCluster::~RbdCluster() = default;

void RbdCluster::set(const char* name, const std::string& value) {
  check_rbd(::rados_conf_set(handle_.get(), name, value.c_str()), fmt::format("set {}", name));
}

std::string RbdCluster::get(const char* name) const {
  char value[256] = "";
  return ::rados_conf_get(handle_.get(), name, value, sizeof value) < 0 ? "" : value;
}

void RbdCluster::configure(const RbdSettings& settings) {
  rados_t cluster = nullptr;
  check_rbd(::rados_create(&cluster, settings.user.empty() ? nullptr : settings.user.c_str()),
            "use the Ceph library");
  handle_.reset(cluster);
  const bool needs_file = settings.monitors.empty() || !settings.ceph_conf.empty();
  const char* file = settings.ceph_conf.empty() ? nullptr : settings.ceph_conf.c_str();
  const int result = needs_file ? ::rados_conf_read_file(cluster, file) : 0;
  if (result < 0) {
    throw unusable(fmt::format("rbd_store_ceph_conf: {} cannot be read: {}.", shown_conf(settings),
                               std::generic_category().message(-result)));
  }
  if (!settings.monitors.empty()) set("mon_host", settings.monitors);
  if (!settings.keyring.empty()) set("keyring", settings.keyring);
  // What a cache has taken is not in the cluster yet, and its errors come late and once.
  set("rbd_cache", "false");
  // Without a copy, a write that fails before it is sent waits for its buffer and never ends (librbd 16.2).
  set("rbd_disable_zero_copy_writes", "true");
  if (settings.timeout.count() >= 0) {
    const std::string seconds = std::to_string(settings.timeout.count());
    for (const char* name : {"client_mount_timeout", "rados_mon_op_timeout", "rados_osd_op_timeout"})
      set(name, seconds);
  } else if (get("client_mount_timeout") == library_mount_timeout) {
    set("client_mount_timeout", std::string(our_mount_timeout));
  }
}

void RbdCluster::connect(const RbdSettings& settings) {
  if (const int result = ::rados_connect(handle_.get()); result < 0) throw connect_error(result, settings);
  char fsid[64] = "";
  check_rbd(::rados_cluster_fsid(handle_.get(), fsid, sizeof fsid), "ask for the cluster's id");
  fsid_ = fsid;
  // Zero features are what Glance takes for a setting that is not there.
  const auto configured = parse_unsigned(get("rbd_default_features")).value_or(0);
  features_ = configured == 0 ? RBD_FEATURE_LAYERING : configured;
}

void RbdCluster::open_pools(const RbdSettings& settings) {
  try {
    pool_ = std::make_unique<RbdPool>(handle_.get(), settings.pool);
    if (!settings.data_pool.empty()) RbdPool(handle_.get(), settings.data_pool);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    throw unusable(
        fmt::format("{} Create it, or set rbd_store_pool or rbd_store_data_pool to one that is "
                    "there.",
                    error.what()));
  }
}

const RbdPool& RbdCluster::pool(const std::string& name) const {
  if (name.empty() || name == pool_->name()) return *pool_;
  const std::lock_guard lock(mutex_);
  auto& other = others_[name];
  if (!other) other = std::make_unique<RbdPool>(handle_.get(), name);
  return *other;
}

namespace {

/// A question about an object. It outlives whoever asks, as the answer may come later.
class ObjectQuestion {
 public:
  /// What comes of it; nothing if nobody answers in time.
  static std::optional<int> ask(const RbdPool& pool, const char* object, std::chrono::milliseconds patience) {
    const auto question = std::make_shared<ObjectQuestion>();
    const rados_callback_t report = [](rados_completion_t completion, void* owner) {
      const std::unique_ptr<std::shared_ptr<ObjectQuestion>> asked(
          static_cast<std::shared_ptr<ObjectQuestion>*>(owner));
      (*asked)->end(::rados_aio_get_return_value(completion));
    };
    auto owner = std::make_unique<std::shared_ptr<ObjectQuestion>>(question);
    rados_completion_t completion = nullptr;
    check_rbd(::rados_aio_create_completion2(owner.get(), report, &completion), "look for an object");
    const int started =
        ::rados_aio_stat(pool.handle(), object, completion, &question->size_, &question->time_);
    if (started >= 0) static_cast<void>(owner.release());  // it is the answer's now
    ::rados_aio_release(completion);
    return started < 0 ? started : question->wait(patience);
  }

 private:
  void end(int result) {
    const std::lock_guard lock(mutex_);
    result_ = result;
    ended_.notify_all();
  }
  std::optional<int> wait(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    ended_.wait_for(lock, patience, [&] { return result_.has_value(); });
    return result_;
  }

  std::mutex mutex_;
  std::condition_variable ended_;
  std::optional<int> result_;
  std::uint64_t size_ = 0;
  std::time_t time_ = 0;
};

}  // namespace

/// Who is shut out is told so at once. A cluster that does not answer has not shut anybody out.
bool RbdCluster::is_shut_out() const {
  return ObjectQuestion::ask(*pool_, "rbd_info", std::chrono::seconds(1)) == -ESHUTDOWN;
}

namespace {

/// The answer of the monitors to a command, as JSON.
boost::json::value ask_monitors(void* cluster, const char* command) {
  char* answer = nullptr;
  std::size_t size = 0;
  check_rbd(::rados_mon_command(cluster, &command, 1, "", 0, &answer, &size, nullptr, nullptr),
            "ask the monitors");
  const std::unique_ptr<char, void (*)(char*)> owner(answer, ::rados_buffer_free);
  boost::json::error_code error;
  boost::json::value document = boost::json::parse({answer, size}, error);
  if (error) throw Error(ErrorCode::unavailable, "The storage cluster's monitors answer with nonsense.");
  return document;
}

std::uint64_t count_at(const boost::json::value& pool, const char* name) {
  boost::json::error_code error;
  const auto* value = pool.find_pointer(fmt::format("/stats/{}", name), error);
  return value == nullptr || !value->is_number() ? 0 : value->to_number<std::uint64_t>(error);
}

}  // namespace

std::optional<Space> RbdCluster::space(const std::string& data_pool) const {
  const std::string& name = data_pool.empty() ? pool_->name() : data_pool;
  const auto document = ask_monitors(handle_.get(), R"({"prefix": "df", "format": "json"})");
  boost::json::error_code error;
  const auto* pools = document.find_pointer("/pools", error);
  if (pools == nullptr || !pools->is_array()) return {};
  for (const boost::json::value& pool : pools->get_array()) {
    const auto* pool_name = pool.find_pointer("/name", error);
    if (pool_name == nullptr || *pool_name != boost::json::string_view(name)) continue;
    const std::uint64_t free = count_at(pool, "max_avail");
    const std::uint64_t total = count_at(pool, "stored") + free;
    if (total == 0) return {};
    return Space{.total = total, .free = free};
  }
  return {};
}

}  // namespace vitrine::stores
