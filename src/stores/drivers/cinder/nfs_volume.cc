#include "stores/drivers/cinder/nfs_volume.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <nfsc/libnfs.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "stores/drivers/cinder/volume_events.h"

namespace vitrine::stores {
namespace {

constexpr int reconnects = 3;
constexpr std::chrono::seconds closing_time{5};

Error nfs_error(int result, std::string_view what, std::string_view detail) {
  switch (-result) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EACCES:
    case EPERM:
    case EROFS:
    case ENOENT:
      return system_error(-result, fmt::format("{} on the NFS server", what));
    default:
      log::warning("cinder store: cannot {}: {}", what, detail);
      return Error(ErrorCode::unavailable, fmt::format("The NFS server does not {}: {}. Try again later.",
                                                       what, std::strerror(result < 0 ? -result : EIO)));
  }
}

/// What a call to the library is to bring. It may come when nobody waits for it any more.
struct Outcome {
  std::optional<int> result = {};
  std::string message = {};
  nfsfh* file = nullptr;
  std::uint64_t size = 0;
  std::shared_ptr<std::byte[]> memory = {};  ///< that a read fills or a write takes
  bool is_read = false;
};
using OutcomePtr = std::shared_ptr<Outcome>;

/// A session with a server, and a file of it that is open.
class NfsFile : public VolumeEvents {
 public:
  NfsFile(const NfsAddress& address, std::chrono::seconds patience)
      : VolumeEvents(patience), context_(::nfs_init_context()) {
    if (!context_) throw Error(ErrorCode::unavailable, "The NFS library cannot be used");
    ::nfs_set_version(context_.get(), 3);
    ::nfs_set_autoreconnect(context_.get(), reconnects);
    ::nfs_set_timeout(context_.get(), static_cast<int>(std::chrono::milliseconds(patience).count()));
    // Ports can be told in a URL alone.
    const std::string url = fmt::format("nfs://server/?{}", address.query);
    if (nfs_url* parsed = ::nfs_parse_url_incomplete(context_.get(), url.c_str())) ::nfs_destroy_url(parsed);
  }

  ~NfsFile() override {
    if (file_ == nullptr) return;
    try {
      run({.deadline = deadline_in(closing_time)}, "close a volume",
          [&](void* receipt) { return ::nfs_close_async(context_.get(), file_, ended, receipt); });
    } catch (const Error& error) {
      log::info("cinder store: {}", error.what());
    }
  }

  void open(const StoreCall& call, const NfsAddress& address, VolumeAccess access) {
    run(call, "mount " + address.folder, [&](void* receipt) {
      return ::nfs_mount_async(context_.get(), address.server.c_str(), address.folder.c_str(), ended,
                               receipt);
    });
    const int flags = access == VolumeAccess::write ? O_RDWR : O_RDONLY;
    const OutcomePtr opened = run(call, "open a volume", [&](void* receipt) {
      return ::nfs_open_async(context_.get(), address.file.c_str(), flags, opened_file, receipt);
    });
    file_ = opened->file;
  }

  std::uint64_t size(const StoreCall& call) {
    return run(call, "show a volume",
               [&](void* receipt) { return ::nfs_fstat64_async(context_.get(), file_, shown, receipt); })
        ->size;
  }

  void flush(const StoreCall& call) {
    run(call, "write a volume",
        [&](void* receipt) { return ::nfs_fsync_async(context_.get(), file_, ended, receipt); });
  }

  void start_read(const OutcomePtr& outcome, std::uint64_t offset, std::size_t length) {
    outcome->is_read = true;
    begin(outcome, "read a volume", [&](void* receipt) {
      return ::nfs_pread_async(context_.get(), file_, offset, length, ended, receipt);
    });
    serve();
  }

  void start_write(const OutcomePtr& outcome, std::uint64_t offset, std::size_t length) {
    begin(outcome, "write a volume", [&](void* receipt) {
      return ::nfs_pwrite_async(context_.get(), file_, offset, length, outcome->memory.get(), ended, receipt);
    });
    serve();
  }

  void wait(const StoreCall& call, const Outcome& outcome, std::string_view what) {
    serve_until(call, [&] { return outcome.result.has_value(); });
    if (*outcome.result < 0) throw nfs_error(*outcome.result, what, outcome.message);
  }

 private:
  struct Destroy {
    void operator()(nfs_context* context) const { ::nfs_destroy_context(context); }
  };
  /// What the library gives back with an outcome.
  struct Receipt {
    NfsFile& file;
    OutcomePtr outcome;
  };

  static OutcomePtr receive(int result, void* data, void* receipt) {
    const std::unique_ptr<Receipt> owner(static_cast<Receipt*>(receipt));
    Outcome& outcome = *owner->outcome;
    if (result < 0 && data != nullptr) outcome.message = static_cast<const char*>(data);
    outcome.result = result;
    owner->file.note_progress();
    return owner->outcome;
  }
  static void ended(int result, nfs_context*, void* data, void* receipt) {
    const OutcomePtr outcome = receive(result, data, receipt);
    if (result > 0 && outcome->is_read) {
      std::memcpy(outcome->memory.get(), data, static_cast<std::size_t>(result));
    }
  }
  static void opened_file(int result, nfs_context*, void* data, void* receipt) {
    const OutcomePtr outcome = receive(result, data, receipt);
    if (result >= 0) outcome->file = static_cast<nfsfh*>(data);
  }
  static void shown(int result, nfs_context*, void* data, void* receipt) {
    const OutcomePtr outcome = receive(result, data, receipt);
    if (result >= 0) outcome->size = static_cast<const nfs_stat_64*>(data)->nfs_size;
  }

  template <class Call>
  void begin(const OutcomePtr& outcome, std::string_view what, const Call& call) {
    auto receipt = std::make_unique<Receipt>(Receipt{*this, outcome});
    const int begun = call(receipt.get());
    if (begun < 0) throw nfs_error(-EIO, what, ::nfs_get_error(context_.get()));
    static_cast<void>(receipt.release());  // the library calls back, whatever happens
  }

  template <class Call>
  OutcomePtr run(const StoreCall& store_call, std::string_view what, const Call& call) {
    const auto outcome = std::make_shared<Outcome>();
    begin(outcome, what, call);
    wait(store_call, *outcome, what);
    return outcome;
  }

  int descriptor() override { return ::nfs_get_fd(context_.get()); }
  int wanted_events() override { return ::nfs_which_events(context_.get()); }
  void service(int events) override {
    if (::nfs_service(context_.get(), events) < 0) {
      throw nfs_error(-ENOTCONN, "answer", ::nfs_get_error(context_.get()));
    }
  }

  std::unique_ptr<nfs_context, Destroy> context_;
  nfsfh* file_ = nullptr;
};

class NfsTransfer : public VolumeTransfer {
 public:
  explicit NfsTransfer(NfsFile& file) : file_(file) {}

  void start_read(std::uint64_t offset, const VolumeMemory& memory, std::size_t length) override {
    begin(memory, length);
    file_.start_read(outcome_, offset, length);
  }
  void start_write(std::uint64_t offset, const VolumeMemory& memory, std::size_t length) override {
    begin(memory, length);
    file_.start_write(outcome_, offset, length);
  }
  void wait(const StoreCall& call) override {
    if (!outcome_) return;
    file_.wait(call, *outcome_, outcome_->is_read ? "read a volume" : "write a volume");
    const bool is_whole = static_cast<std::size_t>(*outcome_->result) == length_;
    outcome_.reset();
    if (!is_whole) throw Error(ErrorCode::unavailable, "The volume's file is shorter than it was.");
  }

 private:
  void begin(const VolumeMemory& memory, std::size_t length) {
    assert(!outcome_);
    length_ = length;
    outcome_ = std::make_shared<Outcome>();
    outcome_->memory = memory;
  }

  NfsFile& file_;
  std::size_t length_ = 0;
  OutcomePtr outcome_;  ///< null: nothing is under way
};

class NfsVolume : public VolumeDevice {
 public:
  explicit NfsVolume(std::unique_ptr<NfsFile> file) : file_(std::move(file)) {}

  std::unique_ptr<VolumeTransfer> new_transfer() override { return std::make_unique<NfsTransfer>(*file_); }
  std::uint64_t size(const StoreCall& call) override { return file_->size(call); }
  void flush(const StoreCall& call) override { file_->flush(call); }

 private:
  const std::unique_ptr<NfsFile> file_;
};

}  // namespace

std::unique_ptr<VolumeDevice> NfsConnector::open(const StoreCall& call, const boost::json::object& connection,
                                                 VolumeAccess access) {
  const NfsAddress address = read_nfs_connection(connection);
  auto file = std::make_unique<NfsFile>(address, patience_);
  file->open(call, address, access);
  return std::make_unique<NfsVolume>(std::move(file));
}

}  // namespace vitrine::stores
