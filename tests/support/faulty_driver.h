#pragma once

#include <algorithm>
#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/error.h"
#include "stores/driver.h"

namespace vitrine::tests {

/// The calls of a driver, its readers and its writers.
enum class Operation {
  create,
  write,
  commit,
  open,
  read,
  size,
  remove,
  discard,
  open_file,
  space,
  list,
  adopt,
  let_read
};

/// What goes wrong in a FaultyDriver, and when. Calls are counted per operation over all readers and writers;
/// the first call after a fault was planned is number 1. May be shared between threads; outlives the driver.
class Faults {
 public:
  /// The call throws and does not reach the store.
  void fail(Operation operation, std::size_t nth,
            Error error = Error(ErrorCode::unavailable, "The store is down")) {
    plan({Kind::fail, operation, nth, std::move(error)});
  }

  /// The call waits for release() and then goes on. Until then the call's stop token makes it throw
  /// Error{cancelled}, its deadline Error{timed_out}.
  void stall(Operation operation, std::size_t nth) {
    plan({Kind::stall, operation, nth, Error(ErrorCode::timed_out, "The store did not answer in time")});
  }

  /// The call waits for release() whatever its stop token and its deadline say, and then goes on.
  void hang(Operation operation, std::size_t nth) {
    plan({Kind::hang, operation, nth, Error(ErrorCode::timed_out, "The store did not answer in time")});
  }

  /// A read gives half of what it could and is the last one that gives anything; half of a write's bytes
  /// reach the store, then it throws; any other call has its effect, but throws instead of saying so.
  void cut_short(Operation operation, std::size_t nth) {
    plan({Kind::cut_short, operation, nth,
          Error(ErrorCode::unavailable, "The connection to the store broke")});
  }

  /// Lets every call that stalls or hangs go on, and cancels what of that is still planned.
  void release() {
    const std::lock_guard lock(mutex_);
    std::erase_if(planned_,
                  [](const Fault& fault) { return fault.kind == Kind::stall || fault.kind == Kind::hang; });
    ++releases_;
    changed_.notify_all();
  }

  /// Waits until a call stalls or hangs; false if none did by the deadline.
  bool wait_for_stall(Deadline deadline = deadline_in(std::chrono::seconds(30))) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, deadline, [this] { return stalled_ > 0; });
  }

  /// How often the operation was called.
  std::size_t calls(Operation operation) const {
    const std::lock_guard lock(mutex_);
    return calls_[static_cast<std::size_t>(operation)];
  }

 private:
  friend class FaultyDriver;

  enum class Kind { fail, stall, hang, cut_short };
  struct Fault {
    Kind kind;
    Operation operation;
    std::size_t number;
    Error error;
  };

  void plan(Fault fault) {
    const std::lock_guard lock(mutex_);
    fault.number += calls_[static_cast<std::size_t>(fault.operation)];
    planned_.push_back(std::move(fault));
  }

  /// Begins a call. Throws for one that fails; returns what to throw after one that is cut short.
  std::optional<Error> begin(Operation operation, const stores::StoreCall& call) {
    std::unique_lock lock(mutex_);
    const std::size_t number = ++calls_[static_cast<std::size_t>(operation)];
    const auto found = std::find_if(planned_.begin(), planned_.end(), [&](const Fault& fault) {
      return fault.operation == operation && fault.number == number;
    });
    if (found == planned_.end()) return {};
    const Fault fault = *found;
    if (fault.kind == Kind::fail) throw fault.error;
    if (fault.kind == Kind::cut_short) return fault.error;
    wait_for_release(lock, fault.kind == Kind::hang ? stores::StoreCall{} : call, fault.error);
    return {};
  }

  void wait_for_release(std::unique_lock<std::mutex>& lock, const stores::StoreCall& call,
                        const Error& at_deadline) {
    const std::size_t before = releases_;
    ++stalled_;
    changed_.notify_all();
    const bool is_released =
        changed_.wait_until(lock, call.stop, call.deadline, [&] { return releases_ != before; });
    --stalled_;
    if (is_released) return;
    if (call.stop.stop_requested()) throw Error(ErrorCode::cancelled, "The call was cancelled");
    throw at_deadline;
  }

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Fault> planned_;
  std::array<std::size_t, static_cast<std::size_t>(Operation::let_read) + 1> calls_{};
  std::size_t stalled_ = 0;
  std::size_t releases_ = 0;
};

/// A driver that has the abilities of the one inside and goes wrong as `faults` say.
class FaultyDriver : public stores::Driver,
                     private stores::FileHandles,
                     private stores::Capacity,
                     private stores::Listing,
                     private stores::Adopt,
                     private stores::AccessLists {
 public:
  FaultyDriver(std::unique_ptr<stores::Driver> inner, Faults& faults)
      : inner_(std::move(inner)), faults_(faults), abilities_(inner_->abilities()) {
    if (abilities_.files) abilities_.files = this;
    if (abilities_.capacity) abilities_.capacity = this;
    if (abilities_.listing) abilities_.listing = this;
    if (abilities_.adopt) abilities_.adopt = this;
    if (abilities_.access_lists) abilities_.access_lists = this;
  }

  stores::Abilities abilities() const override { return abilities_; }

  std::unique_ptr<stores::BlobWriter> create(const stores::StoreCall& call, const stores::BlobName& name,
                                             std::optional<std::uint64_t> size) override {
    return run(Operation::create, call, [&]() -> std::unique_ptr<stores::BlobWriter> {
      return std::make_unique<Writer>(inner_->create(call, name, size), *this, call);
    });
  }

  std::unique_ptr<stores::BlobReader> open(const stores::StoreCall& call, const stores::Location& location,
                                           ByteRange range) override {
    return run(Operation::open, call, [&]() -> std::unique_ptr<stores::BlobReader> {
      return std::make_unique<Reader>(inner_->open(call, location, range), *this, call);
    });
  }

  std::uint64_t size(const stores::StoreCall& call, const stores::Location& location) override {
    return run(Operation::size, call, [&] { return inner_->size(call, location); });
  }

  void remove(const stores::StoreCall& call, const stores::Location& location) override {
    run(Operation::remove, call, [&] { inner_->remove(call, location); });
  }

  void discard(const stores::StoreCall& call, const stores::BlobName& name) override {
    run(Operation::discard, call, [&] { inner_->discard(call, name); });
  }

 private:
  class Reader : public stores::BlobReader {
   public:
    Reader(std::unique_ptr<stores::BlobReader> inner, FaultyDriver& driver, const stores::StoreCall& call)
        : inner_(std::move(inner)), driver_(driver), call_(call) {}

    std::size_t read(MutableBytes space) override {
      if (has_ended_) return 0;
      has_ended_ = driver_.faults_.begin(Operation::read, call_).has_value();
      const std::size_t count = inner_->read(space);
      return has_ended_ ? count / 2 : count;
    }

   private:
    std::unique_ptr<stores::BlobReader> inner_;
    FaultyDriver& driver_;
    const stores::StoreCall& call_;
    bool has_ended_ = false;
  };

  class Writer : public stores::BlobWriter {
   public:
    Writer(std::unique_ptr<stores::BlobWriter> inner, FaultyDriver& driver, const stores::StoreCall& call)
        : inner_(std::move(inner)), driver_(driver), call_(call) {}

    void write(Bytes bytes) override {
      const std::optional<Error> cut = driver_.faults_.begin(Operation::write, call_);
      inner_->write(cut ? bytes.first(bytes.size() / 2) : bytes);
      if (cut) throw *cut;
    }

    stores::Location commit() override {
      return driver_.run(Operation::commit, call_, [&] { return inner_->commit(); });
    }

   private:
    std::unique_ptr<stores::BlobWriter> inner_;
    FaultyDriver& driver_;
    const stores::StoreCall& call_;
  };

  FileRange open_file(const stores::StoreCall& call, const stores::Location& location,
                      ByteRange range) override {
    return run(Operation::open_file, call,
               [&] { return inner_->abilities().files->open_file(call, location, range); });
  }

  stores::Space space(const stores::StoreCall& call) override {
    return run(Operation::space, call, [&] { return inner_->abilities().capacity->space(call); });
  }

  std::vector<std::string> list(const stores::StoreCall& call) override {
    return run(Operation::list, call, [&] { return inner_->abilities().listing->list(call); });
  }

  void let_read(const stores::StoreCall& call, const stores::Location& location,
                const stores::BlobReaders& readers) override {
    run(Operation::let_read, call,
        [&] { inner_->abilities().access_lists->let_read(call, location, readers); });
  }

  std::unique_ptr<stores::BlobWriter> adopt(const stores::StoreCall& call, const stores::BlobName& name,
                                            const std::filesystem::path& file) override {
    return run(Operation::adopt, call, [&]() -> std::unique_ptr<stores::BlobWriter> {
      auto writer = inner_->abilities().adopt->adopt(call, name, file);
      if (!writer) return nullptr;
      return std::make_unique<Writer>(std::move(writer), *this, call);
    });
  }

  template <class Body>
  std::invoke_result_t<Body> run(Operation operation, const stores::StoreCall& call, const Body& body) {
    const std::optional<Error> cut = faults_.begin(operation, call);
    if constexpr (std::is_void_v<std::invoke_result_t<Body>>) {
      body();
      if (cut) throw *cut;
    } else {
      auto result = body();
      if (cut) throw *cut;
      return result;
    }
  }

  std::unique_ptr<stores::Driver> inner_;
  Faults& faults_;
  stores::Abilities abilities_;
};

}  // namespace vitrine::tests
