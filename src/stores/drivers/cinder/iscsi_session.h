#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "stores/drivers/cinder/iscsi_volume.h"
#include "stores/drivers/cinder/volume_events.h"

struct iscsi_context;
struct scsi_task;

namespace vitrine::stores {

/// What a command, or several that make up a transfer, have come to. They may end when nobody waits any more.
struct IscsiOutcome {
  unsigned under_way = 0;  ///< commands
  int status = 0;          ///< of the first that failed, as the library has it
  int sense_key = 0;       ///< why, if it says so
  int sense_code = 0;
  std::uint64_t size = 0;                    ///< bytes of the unit, if that was asked for
  std::shared_ptr<std::byte[]> memory = {};  ///< that they read into or write from
};
using IscsiOutcomePtr = std::shared_ptr<IscsiOutcome>;

/// A session with a logical unit. Connects anew, a few times, when the connection breaks.
class IscsiSession : public VolumeEvents {
 public:
  IscsiSession(const VolumeConnectorSettings& settings, const IscsiAddress& address, const IscsiPath& path);
  ~IscsiSession() override;

  /// Logs in. Throws Error{unavailable}, Error{storage_denied}.
  void connect(const StoreCall& call);
  std::uint64_t size(const StoreCall& call);
  void flush(const StoreCall& call);
  /// Offset and length are whole blocks of the volume_device kind.
  void start_read(const IscsiOutcomePtr& outcome, std::uint64_t offset, std::size_t length);
  void start_write(const IscsiOutcomePtr& outcome, std::uint64_t offset, std::size_t length);
  void wait(const StoreCall& call, const IscsiOutcome& outcome, std::string_view what);

 private:
  enum class Kind { capacity, read, write, flush };
  struct Command;
  struct Destroy {
    void operator()(iscsi_context* context) const;
  };

  void start(Kind kind, const IscsiOutcomePtr& outcome, std::uint64_t offset, std::size_t length);
  void issue(std::unique_ptr<Command> command);
  scsi_task* issue_to_library(Command& command);
  static void ended(iscsi_context* context, int status, void* data, void* command);
  void log_in(const StoreCall& call);
  void log_out() noexcept;

  int descriptor() override;
  int wanted_events() override;
  void service(int events) override;

  const IscsiPath path_;
  std::unique_ptr<iscsi_context, Destroy> context_;
  std::uint32_t block_ = 512;  ///< bytes
  bool is_logged_in_ = false;
  bool is_closing_ = false;
};

}  // namespace vitrine::stores
