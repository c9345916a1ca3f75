#include "stores/drivers/cinder/iscsi_volume.h"

#include <cassert>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "stores/drivers/cinder/iscsi_session.h"

namespace vitrine::stores {
namespace {

class IscsiTransfer : public VolumeTransfer {
 public:
  explicit IscsiTransfer(IscsiSession& session) : session_(session) {}

  void start_read(std::uint64_t offset, const VolumeMemory& memory, std::size_t length) override {
    begin("read a volume", memory);
    session_.start_read(outcome_, offset, length);
  }
  void start_write(std::uint64_t offset, const VolumeMemory& memory, std::size_t length) override {
    begin("write a volume", memory);
    session_.start_write(outcome_, offset, length);
  }
  void wait(const StoreCall& call) override {
    if (!outcome_) return;
    session_.wait(call, *outcome_, what_);
    outcome_.reset();
  }

 private:
  void begin(std::string_view what, const VolumeMemory& memory) {
    assert(!outcome_);
    what_ = what;
    outcome_ = std::make_shared<IscsiOutcome>();
    outcome_->memory = memory;
  }

  IscsiSession& session_;
  std::string_view what_;
  IscsiOutcomePtr outcome_;  ///< null: nothing is under way
};

class IscsiVolume : public VolumeDevice {
 public:
  explicit IscsiVolume(std::unique_ptr<IscsiSession> session) : session_(std::move(session)) {}

  std::unique_ptr<VolumeTransfer> new_transfer() override {
    return std::make_unique<IscsiTransfer>(*session_);
  }
  std::uint64_t size(const StoreCall& call) override { return session_->size(call); }
  void flush(const StoreCall& call) override { session_->flush(call); }

 private:
  const std::unique_ptr<IscsiSession> session_;
};

}  // namespace

std::unique_ptr<VolumeDevice> IscsiConnector::open(const StoreCall& call,
                                                   const boost::json::object& connection, VolumeAccess) {
  const IscsiAddress address = read_iscsi_connection(connection);
  for (std::size_t i = 0;; ++i) {
    try {
      auto session = std::make_unique<IscsiSession>(settings_, address, address.paths[i]);
      session->connect(call);
      return std::make_unique<IscsiVolume>(std::move(session));
    } catch (const Error& error) {
      if (i + 1 == address.paths.size() || !can_retry(error.code())) throw;
      log::info("cinder store: the next path is tried: {}", error.what());
    }
  }
}

}  // namespace vitrine::stores
