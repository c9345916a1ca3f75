#include "transfer/intake.h"

#include <fmt/format.h>

#include <cassert>
#include <chrono>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <utility>

#include "base/error.h"
#include "threads/lane.h"
#include "transfer/digest.h"
#include "transfer/target.h"

namespace vitrine::transfer {
namespace {

class DigestCheck : public ChunkCheck {
 public:
  explicit DigestCheck(const std::string& algorithm) : digest_(algorithm) {}

  void see(Bytes bytes) override { digest_.update(bytes); }
  void finish() override { value_ = digest_.finish(); }

  const std::string& value() const { return value_; }

 private:
  Digest digest_;
  std::string value_;
};

/// A lane and those who see the chunks on it, one after the other.
struct Track {
  Track(threads::WorkerPool& pool, std::size_t bound, std::vector<ChunkCheck*> its_watchers)
      : watchers(std::move(its_watchers)), lane(pool, bound) {}

  std::vector<ChunkCheck*> watchers;
  threads::Lane lane;
};

const IntakeSettings& checked(const IntakeSettings& settings) {
  if (settings.announced_size.value_or(0) > settings.size_cap) {
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("The image is larger than the limit of {} bytes.", settings.size_cap));
  }
  return settings;
}

}  // namespace

struct Intake::State {
  State(const std::vector<stores::Store*>& stores, const stores::BlobName& name,
        const stores::StoreCall& outer_call, threads::WorkerPool& digests,
        std::vector<std::unique_ptr<ChunkCheck>> its_checks, const IntakeSettings& its_settings);
  ~State() { vanish(); }

  void write(const Chunk& chunk);
  void commit();
  Received received() const;
  void vanish() noexcept;

  const IntakeSettings settings;
  std::uint64_t taken = 0;

 private:
  void count(std::size_t size);
  void require_announced_size() const;
  void require_running() const;
  void post(Track& track, threads::Task work);
  void finish_lanes();
  void fail(std::exception_ptr thrown);
  void attempt(const std::function<void()>& body);

  std::stop_source halt_;   // asked by the caller's stop token, and by the first failure on any lane
  stores::StoreCall call_;  // the caller's, but with the token of halt_
  std::stop_callback<std::function<void()>> follow_;

  std::mutex mutex_;
  std::exception_ptr failure_;  // the first

  DigestCheck md5_;
  std::optional<DigestCheck> multihash_;  // none if that is md5, too
  std::vector<std::unique_ptr<ChunkCheck>> checks_;
  std::vector<std::unique_ptr<Target>> targets_;
  std::deque<Track> tracks_;  // the targets' in their order, then the others
  bool is_committed_ = false;
};

Intake::State::State(const std::vector<stores::Store*>& stores, const stores::BlobName& name,
                     const stores::StoreCall& outer_call, threads::WorkerPool& digests,
                     std::vector<std::unique_ptr<ChunkCheck>> its_checks, const IntakeSettings& its_settings)
    : settings(checked(its_settings)),
      call_{outer_call.caller, outer_call.deadline, halt_.get_token()},
      follow_(outer_call.stop, [this] { halt_.request_stop(); }),
      md5_("md5"),
      checks_(std::move(its_checks)) {
  if (settings.hash_algorithm != "md5") multihash_.emplace(settings.hash_algorithm);
  for (stores::Store* store : stores) {
    targets_.push_back(std::make_unique<Target>(*store, name, call_, settings.announced_size));
  }

  const std::size_t bound = settings.lane_bound;
  for (const auto& target : targets_) {
    tracks_.emplace_back(target->store().pool(), bound, std::vector<ChunkCheck*>{target.get()});
  }
  tracks_.emplace_back(digests, bound, std::vector<ChunkCheck*>{&md5_});
  if (multihash_) tracks_.emplace_back(digests, bound, std::vector<ChunkCheck*>{&*multihash_});
  if (checks_.empty()) return;
  std::vector<ChunkCheck*> watchers;
  for (const auto& check : checks_) watchers.push_back(check.get());
  tracks_.emplace_back(digests, bound, std::move(watchers));
}

/// Remembers the first failure and stops everything else that goes on for this blob.
void Intake::State::fail(std::exception_ptr thrown) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(thrown);
  }
  halt_.request_stop();
}

/// Runs a step of the producer. Whatever it throws, the first failure anywhere is what comes out.
void Intake::State::attempt(const std::function<void()>& body) {
  try {
    return body();
  } catch (...) {
    fail(std::current_exception());
  }
  const std::lock_guard lock(mutex_);
  std::rethrow_exception(failure_);
}

void Intake::State::post(Track& track, threads::Task work) {
  auto task = [this, work = std::move(work)] {
    if (halt_.stop_requested()) return;
    try {
      work();
    } catch (...) {
      fail(std::current_exception());
    }
  };
  track.lane.post(std::move(task), halt_.get_token(), call_.deadline);
}

void Intake::State::finish_lanes() {
  for (Track& track : tracks_) track.lane.finish(halt_.get_token(), call_.deadline);
}

void Intake::State::count(std::size_t size) {
  taken += size;
  if (taken > settings.size_cap) {
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("The image is larger than the limit of {} bytes.", settings.size_cap));
  }
  if (settings.announced_size && taken > *settings.announced_size) {
    throw Error(ErrorCode::invalid, fmt::format("Size exceeds: expected {} bytes, got {} bytes",
                                                *settings.announced_size, taken));
  }
}

void Intake::State::require_announced_size() const {
  if (settings.announced_size.value_or(taken) == taken) return;
  throw Error(ErrorCode::invalid,
              fmt::format("Size mismatch: expected {} bytes, got {} bytes", *settings.announced_size, taken));
}

void Intake::State::require_running() const {
  if (halt_.stop_requested()) throw Error(ErrorCode::cancelled, "The transfer was cancelled.");
  if (std::chrono::steady_clock::now() < call_.deadline) return;
  throw Error(ErrorCode::timed_out, "The transfer was not finished in time.");
}

void Intake::State::write(const Chunk& chunk) {
  attempt([&] {
    require_running();
    count(chunk.size());
    for (Track& track : tracks_) {
      post(track, [chunk, &track] {
        for (ChunkCheck* watcher : track.watchers) watcher->see(chunk.bytes());
      });
    }
  });
}

void Intake::State::commit() {
  attempt([&] {
    require_running();
    require_announced_size();
    for (Track& track : tracks_) {
      post(track, [&track] {
        for (ChunkCheck* watcher : track.watchers) watcher->finish();
      });
    }
    finish_lanes();
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      post(tracks_[i], [target = targets_[i].get()] { target->commit(); });
    }
    finish_lanes();
  });
  is_committed_ = true;
}

Received Intake::State::received() const {
  Received result;
  result.size = taken;
  result.md5 = md5_.value();
  result.hash_algo = settings.hash_algorithm;
  result.hash_value = multihash_ ? multihash_->value() : md5_.value();
  for (const auto& target : targets_) result.blobs.push_back(target->blob());
  return result;
}

void Intake::State::vanish() noexcept {
  if (is_committed_) return;
  halt_.request_stop();
  tracks_.clear();
  for (const auto& target : targets_) target->vanish();
}

Intake::Intake(const std::vector<stores::Store*>& targets, const stores::BlobName& name,
               const stores::StoreCall& call, threads::WorkerPool& digests,
               std::vector<std::unique_ptr<ChunkCheck>> checks, const IntakeSettings& settings)
    : state_(std::make_unique<State>(targets, name, call, digests, std::move(checks), settings)) {}

Intake::~Intake() = default;

void Intake::write(Chunk chunk) {
  if (!chunk.empty()) state_->write(chunk);
}

Received Intake::commit() {
  try {
    state_->commit();
  } catch (...) {
    state_->vanish();
    throw;
  }
  return state_->received();
}

std::uint64_t Intake::taken() const {
  return state_->taken;
}

}  // namespace vitrine::transfer
