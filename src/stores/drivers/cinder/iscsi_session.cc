#include "stores/drivers/cinder/iscsi_session.h"

#include <fmt/format.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <poll.h>

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include "base/error.h"
#include "base/log.h"

namespace vitrine::stores {
namespace {

constexpr int reconnects = 3;
constexpr unsigned most_repeats = 8;
constexpr std::chrono::seconds closing_time{3};
/// Every target takes so much in a command.
constexpr std::size_t largest_command = std::size_t{1} << 20;
/// "Space allocation failed write protect": a thin pool is full.
constexpr int no_space_sense = 0x2707;

/// How a login has ended, when it has.
struct LoginOutcome {
  std::optional<int> status;
};
using LoginReceipt = std::shared_ptr<LoginOutcome>;

void login_ended(iscsi_context*, int status, void*, void* receipt) {
  (*static_cast<LoginReceipt*>(receipt))->status = status;
}

Error command_error(const IscsiOutcome& outcome, std::string_view what) {
  if (outcome.sense_code == no_space_sense) {
    return Error(ErrorCode::storage_full, "The volume's storage has no room left.");
  }
  if (outcome.sense_key == SCSI_SENSE_DATA_PROTECTION) {
    return Error(ErrorCode::storage_denied, "The volume may not be written.");
  }
  log::warning("cinder store: cannot {}: status {:#x}, sense {:#x}/{:#x}", what, outcome.status,
               outcome.sense_key, outcome.sense_code);
  return Error(ErrorCode::unavailable, fmt::format("The iSCSI target does not {}. Try again later.", what));
}

}  // namespace

/// One that the target has, or is to get once more.
struct IscsiSession::Command {
  IscsiSession& session;
  Kind kind;
  IscsiOutcomePtr outcome;
  std::uint64_t offset;
  std::size_t start;  ///< in the outcome's memory
  std::size_t length;
  unsigned repeats = 0;
  scsi_iovec vector = {};  ///< that the library uses until it ends
};

void IscsiSession::Destroy::operator()(iscsi_context* context) const {
  ::iscsi_destroy_context(context);
}

IscsiSession::IscsiSession(const VolumeConnectorSettings& settings, const IscsiAddress& address,
                           const IscsiPath& path)
    : VolumeEvents(settings.patience),
      path_(path),
      context_(::iscsi_create_context(settings.initiator.c_str())) {
  if (!context_) throw Error(ErrorCode::unavailable, "The iSCSI library cannot be used");
  iscsi_context* context = context_.get();
  // Sessions of one initiator with one target have to differ.
  ::iscsi_set_isid_random(context, std::random_device()(), 0);
  ::iscsi_set_targetname(context, path_.target.c_str());
  ::iscsi_set_session_type(context, ISCSI_SESSION_NORMAL);
  ::iscsi_set_header_digest(context, ISCSI_HEADER_DIGEST_NONE_CRC32C);
  ::iscsi_set_timeout(context, static_cast<int>(settings.patience.count()));
  ::iscsi_set_reconnect_max_retries(context, reconnects);
  if (!address.user.empty()) {
    ::iscsi_set_initiator_username_pwd(context, address.user.c_str(), address.password.c_str());
  }
}

IscsiSession::~IscsiSession() {
  if (is_logged_in_) log_out();
  is_closing_ = true;
  context_.reset();
}

void IscsiSession::connect(const StoreCall& call) {
  log_in(call);
  is_logged_in_ = true;
  size(call);
}

void IscsiSession::log_in(const StoreCall& call) {
  // The library may still have the receipt when nobody waits any more, but not longer than its context.
  const auto receipt = std::make_unique<LoginReceipt>(std::make_shared<LoginOutcome>());
  try {
    if (::iscsi_full_connect_async(context_.get(), path_.portal.c_str(), path_.unit, login_ended,
                                   receipt.get()) != 0) {
      throw Error(ErrorCode::unavailable, ::iscsi_get_error(context_.get()));
    }
    serve_until(call, [&] { return (*receipt)->status.has_value(); });
    if (*(*receipt)->status == SCSI_STATUS_GOOD) return;
    throw Error(ErrorCode::unavailable, ::iscsi_get_error(context_.get()));
  } catch (const Error& error) {
    const std::string reason = error.what();
    is_closing_ = true;
    context_.reset();
    if (!can_retry(error.code())) throw;
    throw Error(error.code(),
                fmt::format("The iSCSI target at {} does not let this host in: {}", path_.portal, reason));
  }
}

void IscsiSession::log_out() noexcept {
  try {
    const auto receipt = std::make_shared<LoginOutcome>();
    auto owner = std::make_unique<LoginReceipt>(receipt);
    if (::iscsi_logout_async(context_.get(), login_ended, owner.get()) != 0) return;
    try {
      serve_until({.deadline = deadline_in(closing_time)}, [&] { return receipt->status.has_value(); });
    } catch (const Error& error) {
      log::info("cinder store: leaving the iSCSI target at {}: {}", path_.portal, error.what());
    }
    is_closing_ = true;
    context_.reset();                // before the receipt
  } catch (const std::exception&) {  // no memory: the session ends with its connection
  }
}

std::uint64_t IscsiSession::size(const StoreCall& call) {
  const auto outcome = std::make_shared<IscsiOutcome>();
  start(Kind::capacity, outcome, 0, 0);
  wait(call, *outcome, "tell the size of its unit");
  return outcome->size;
}

void IscsiSession::flush(const StoreCall& call) {
  const auto outcome = std::make_shared<IscsiOutcome>();
  start(Kind::flush, outcome, 0, 0);
  serve_until(call, [&] { return outcome->under_way == 0; });
  // A target without a cache need not know the command.
  if (outcome->sense_key != SCSI_SENSE_ILLEGAL_REQUEST) wait(call, *outcome, "keep the data");
}

void IscsiSession::start_read(const IscsiOutcomePtr& outcome, std::uint64_t offset, std::size_t length) {
  start(Kind::read, outcome, offset, length);
}

void IscsiSession::start_write(const IscsiOutcomePtr& outcome, std::uint64_t offset, std::size_t length) {
  start(Kind::write, outcome, offset, length);
}

void IscsiSession::start(Kind kind, const IscsiOutcomePtr& outcome, std::uint64_t offset,
                         std::size_t length) {
  std::size_t begin = 0;
  do {
    const std::size_t part = std::min(length - begin, largest_command);
    ++outcome->under_way;
    issue(std::make_unique<Command>(Command{*this, kind, outcome, offset + begin, begin, part}));
    begin += part;
  } while (begin < length);
  serve();
}

/// The library calls back for every command that it took, whatever happens.
void IscsiSession::issue(std::unique_ptr<Command> command) {
  if (issue_to_library(*command) != nullptr) {
    static_cast<void>(command.release());
    return;
  }
  --command->outcome->under_way;
  command->outcome->status = SCSI_STATUS_ERROR;
}

scsi_task* IscsiSession::issue_to_library(Command& command) {
  iscsi_context* context = context_.get();
  const int unit = path_.unit;
  const std::uint64_t block = command.offset / block_;
  const auto length = static_cast<std::uint32_t>(command.length);
  const auto block_size = static_cast<int>(block_);
  command.vector = {.iov_base = command.outcome->memory.get() + command.start, .iov_len = command.length};
  switch (command.kind) {
    case Kind::capacity:
      return ::iscsi_readcapacity16_task(context, unit, ended, &command);
    case Kind::flush:
      return ::iscsi_synchronizecache16_task(context, unit, 0, 0, 0, 0, ended, &command);
    case Kind::read:
      return ::iscsi_read16_iov_task(context, unit, block, length, block_size, 0, 0, 0, 0, 0, ended, &command,
                                     &command.vector, 1);
    case Kind::write:
      return ::iscsi_write16_iov_task(context, unit, block, nullptr, length, block_size, 0, 0, 0, 0, 0, ended,
                                      &command, &command.vector, 1);
  }
  return nullptr;
}

void IscsiSession::ended(iscsi_context*, int status, void* data, void* given) {
  std::unique_ptr<Command> command(static_cast<Command*>(given));
  const std::unique_ptr<scsi_task, void (*)(scsi_task*)> task(static_cast<scsi_task*>(data),
                                                              ::scsi_free_scsi_task);
  IscsiSession& session = command->session;
  IscsiOutcome& outcome = *command->outcome;
  session.note_progress();
  const bool is_checked = status == SCSI_STATUS_CHECK_CONDITION && task;
  const bool is_news = is_checked && task->sense.key == SCSI_SENSE_UNIT_ATTENTION;
  const bool is_busy = status == SCSI_STATUS_BUSY || status == SCSI_STATUS_TASK_SET_FULL;
  if ((is_news || is_busy) && !session.is_closing_ && ++command->repeats < most_repeats) {
    session.issue(std::move(command));
    return;
  }
  --outcome.under_way;
  if (status != SCSI_STATUS_GOOD && outcome.status == SCSI_STATUS_GOOD) {
    outcome.status = status;
    if (is_checked) outcome.sense_key = task->sense.key;
    if (is_checked) outcome.sense_code = task->sense.ascq;
  }
  if (command->kind != Kind::capacity || status != SCSI_STATUS_GOOD) return;
  const auto* capacity = static_cast<const scsi_readcapacity16*>(::scsi_datain_unmarshall(task.get()));
  if (capacity == nullptr) {
    outcome.status = SCSI_STATUS_ERROR;
    return;
  }
  const bool is_usable = capacity->block_length > 0 && volume_block % capacity->block_length == 0;
  if (is_usable) session.block_ = capacity->block_length;
  outcome.size = is_usable ? (capacity->returned_lba + 1) * capacity->block_length : 0;
}

void IscsiSession::wait(const StoreCall& call, const IscsiOutcome& outcome, std::string_view what) {
  serve_until(call, [&] { return outcome.under_way == 0; });
  if (outcome.status != SCSI_STATUS_GOOD) throw command_error(outcome, what);
}

int IscsiSession::descriptor() {
  return ::iscsi_get_fd(context_.get());
}

/// None while it waits before it connects again.
int IscsiSession::wanted_events() {
  return ::iscsi_which_events(context_.get());
}

void IscsiSession::service(int events) {
  if (::iscsi_service(context_.get(), events) == 0) return;
  log::warning("cinder store: the connection to {} is lost: {}", path_.portal,
               ::iscsi_get_error(context_.get()));
  throw Error(ErrorCode::unavailable,
              fmt::format("The iSCSI target at {} is gone. Try again later.", path_.portal));
}

}  // namespace vitrine::stores
