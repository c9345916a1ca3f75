#include "transfer/intake.h"

#include <fmt/format.h>

#include <chrono>
#include <deque>
#include <exception>
#include <functional>
#include <stop_token>
#include <utility>

#include "base/digest.h"
#include "base/error.h"
#include "base/log.h"
#include "threads/lane.h"
#include "transfer/course.h"
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

/// A lane of digests or checks, and those who see the chunks on it, one after the other.
struct Track {
  Track(threads::WorkerPool& pool, std::size_t bound, std::vector<ChunkCheck*> its_watchers)
      : watchers(std::move(its_watchers)), lane(pool, bound) {}

  std::vector<ChunkCheck*> watchers;
  threads::Lane lane;
};

/// A store's part in an intake.
struct Part {
  Part(std::shared_ptr<Target> its_target, std::size_t bound)
      : target(std::move(its_target)), lane(target->store().pool(), bound) {}

  std::shared_ptr<Target> target;  // shared with the tasks on the lane, which the intake may not wait for
  threads::Lane lane;
  bool is_abandoned = false;  // nobody waits for its lane
};

using Step = std::function<void(Target&)>;

const IntakeSettings& checked(const IntakeSettings& settings) {
  if (settings.announced_size.value_or(0) > settings.size_cap) {
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("The image is larger than the limit of {} bytes.", settings.size_cap));
  }
  return settings;
}

/// The failure under way as it is told to people.
FailedStore failure_of(const std::string& store_id) {
  std::string why = "unknown exception";
  try {
    throw;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::internal) return {store_id, error.what(), error.code()};
    why = error.what();
  } catch (const std::exception& failure) {
    why = failure.what();
  }
  log::error("Store {} failed in an unexpected way: {}", store_id, why);
  return {store_id, "The store failed in an unexpected way; the log of the service says more.",
          ErrorCode::internal};
}

FailedStore stall_of(const std::string& store_id, std::chrono::milliseconds time) {
  const double seconds = std::chrono::duration<double>(time).count();
  return {store_id, fmt::format("Store {} took no data for {} seconds.", store_id, seconds),
          ErrorCode::timed_out};
}

/// What the intake throws for a store's failure under way.
std::exception_ptr named(const FailedStore& store, std::size_t stores) {
  if (stores == 1) return std::current_exception();
  return std::make_exception_ptr(
      Error(store.code, fmt::format("Store {}: {}", store.store_id, store.reason)));
}

}  // namespace

struct Intake::State {
  State(const std::vector<stores::Store*>& stores, const stores::BlobName& name,
        const stores::StoreCall& call, threads::WorkerPool& digests,
        std::vector<std::unique_ptr<ChunkCheck>> its_checks, const IntakeSettings& its_settings);
  ~State() {
    vanish();
    course_->forget_failures();
  }

  void open();
  void write(const Chunk& chunk);
  void commit();
  Received received() const;
  void vanish() noexcept;

  const IntakeSettings settings;
  std::uint64_t taken = 0;

 private:
  bool has_stall_timeout() const { return settings.store_stall_timeout.count() > 0; }
  void count(std::size_t size);
  void require_announced_size() const;
  void require_running() const;
  void attempt(const std::function<void()>& body);
  static void perform(Course& course, Target& target, std::size_t stores, const Step& step);
  void post_to_stores(const Step& step);
  void post_to_watchers(const std::function<void(ChunkCheck&)>& work);
  void finish_stores();
  void drop_stalled(Part& part);
  void let_go(Part& part);
  void end_lanes();

  const Deadline deadline_;
  const std::shared_ptr<Course> course_;
  std::stop_callback<std::function<void()>> follow_;

  std::optional<DigestCheck> md5_;
  std::optional<DigestCheck> multihash_;  // none if that is md5, too
  std::vector<std::unique_ptr<ChunkCheck>> checks_;
  std::deque<Part> parts_;
  std::deque<Track> tracks_;
  bool is_committed_ = false;
};

Intake::State::State(const std::vector<stores::Store*>& stores, const stores::BlobName& name,
                     const stores::StoreCall& call, threads::WorkerPool& digests,
                     std::vector<std::unique_ptr<ChunkCheck>> its_checks, const IntakeSettings& its_settings)
    : settings(checked(its_settings)),
      deadline_(call.deadline),
      course_(std::make_shared<Course>(settings.store_failure, stores.size())),
      follow_(call.stop, [this] { course_->halt(); }),
      checks_(std::move(its_checks)) {
  const std::string& hash = settings.hash_algorithm;
  if (!hash.empty()) md5_.emplace("md5");
  if (!hash.empty() && hash != "md5") multihash_.emplace(hash);

  const std::size_t bound = settings.lane_bound;
  for (stores::Store* store : stores) {
    parts_.emplace_back(std::make_shared<Target>(*store, name, call, course_->stop(), settings.until_gone),
                        bound);
  }
  if (md5_) tracks_.emplace_back(digests, bound, std::vector<ChunkCheck*>{&*md5_});
  if (multihash_) tracks_.emplace_back(digests, bound, std::vector<ChunkCheck*>{&*multihash_});
  if (checks_.empty()) return;
  std::vector<ChunkCheck*> watchers;
  for (const auto& check : checks_) watchers.push_back(check.get());
  tracks_.emplace_back(digests, bound, std::move(watchers));
}

/// Runs a step of the producer. Whatever it throws, the first failure anywhere is what comes out.
void Intake::State::attempt(const std::function<void()>& body) {
  try {
    return body();
  } catch (...) {
    course_->fail(std::current_exception());
  }
  course_->rethrow_failure();
}

/// Runs a step of a store. Uses nothing of the intake, which may have gone on without it.
void Intake::State::perform(Course& course, Target& target, std::size_t stores, const Step& step) {
  if (course.is_over() || !target.takes_part()) return;
  try {
    step(target);
  } catch (...) {
    if (course.is_over()) return course.fail(std::current_exception());  // most likely it was only stopped
    if (!target.leave()) return;
    const FailedStore failure = failure_of(target.store().id());
    if (!course.lose(failure, named(failure, stores))) return;
    log::warning("A transfer goes on without store {}: {}", failure.store_id, failure.reason);
    target.vanish_here();
  }
}

void Intake::State::post_to_stores(const Step& step) {
  for (Part& part : parts_) {
    if (!part.target->takes_part()) continue;
    auto task = [course = course_, target = part.target, stores = parts_.size(), step] {
      perform(*course, *target, stores, step);
    };
    const bool is_posted =
        part.lane.post(std::move(task), course_->stop(), deadline_, settings.store_stall_timeout);
    if (!is_posted) drop_stalled(part);
  }
}

void Intake::State::post_to_watchers(const std::function<void(ChunkCheck&)>& work) {
  for (Track& track : tracks_) {
    auto task = [this, &track, work] {
      if (course_->is_over()) return;
      try {
        for (ChunkCheck* watcher : track.watchers) work(*watcher);
      } catch (...) {
        course_->fail(std::current_exception());
      }
    };
    track.lane.post(std::move(task), course_->stop(), deadline_);
  }
}

void Intake::State::finish_stores() {
  for (Part& part : parts_) {
    if (part.is_abandoned) continue;
    if (!part.lane.finish(course_->stop(), deadline_, settings.store_stall_timeout)) drop_stalled(part);
  }
}

void Intake::State::drop_stalled(Part& part) {
  const FailedStore failure = stall_of(part.target->store().id(), settings.store_stall_timeout);
  // One that left before stalls while it removes what it had.
  const bool fails_now = part.target->leave();
  let_go(part);
  if (!fails_now) return;
  if (!course_->lose(failure, std::make_exception_ptr(Error(failure.code, failure.reason)))) {
    throw Error(ErrorCode::cancelled, "The transfer was cancelled.");  // attempt() knows better why
  }
  log::warning("A transfer goes on without it: {}", failure.reason);
}

/// Waits for the store no longer: its target vanishes by itself when the call under way returns.
void Intake::State::let_go(Part& part) {
  part.is_abandoned = true;
  part.target->give_up();
  part.lane.end_with([target = part.target] { target->vanish_here(); });
}

/// Where creating is worth a lane, all stores do it at once.
void Intake::State::open() {
  const Step open = [size = settings.announced_size, file = settings.file](Target& target) {
    target.open(size, file);
  };
  attempt([&] {
    if (has_stall_timeout()) {
      post_to_stores(open);
      return finish_stores();
    }
    for (Part& part : parts_) {
      perform(*course_, *part.target, parts_.size(), open);
      if (course_->is_over()) throw Error(ErrorCode::cancelled, "The transfer was cancelled.");
    }
  });
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
  if (course_->is_over()) throw Error(ErrorCode::cancelled, "The transfer was cancelled.");
  if (std::chrono::steady_clock::now() < deadline_) return;
  throw Error(ErrorCode::timed_out, "The transfer was not finished in time.");
}

void Intake::State::write(const Chunk& chunk) {
  attempt([&] {
    require_running();
    count(chunk.size());
    post_to_stores([chunk](Target& target) { target.write(chunk.bytes()); });
    post_to_watchers([chunk](ChunkCheck& watcher) { watcher.see(chunk.bytes()); });
  });
}

void Intake::State::commit() {
  attempt([&] {
    require_running();
    require_announced_size();
    post_to_watchers([](ChunkCheck& watcher) { watcher.finish(); });
    finish_stores();
    for (Track& track : tracks_) track.lane.finish(course_->stop(), deadline_);
    post_to_stores([](Target& target) { target.commit(); });
    finish_stores();
  });
  is_committed_ = true;
}

Received Intake::State::received() const {
  Received result;
  result.size = taken;
  if (md5_) result.md5 = md5_->value();
  result.hash_algo = settings.hash_algorithm;
  result.hash_value = multihash_ ? multihash_->value() : result.md5;
  for (const Part& part : parts_) {
    if (part.target->takes_part()) result.blobs.push_back(part.target->blob());
  }
  result.failed = course_->lost();
  return result;
}

void Intake::State::vanish() noexcept {
  if (is_committed_) return;
  course_->halt();
  tracks_.clear();
  try {
    if (has_stall_timeout()) end_lanes();
  } catch (const std::exception& failure) {
    log::error("What a failed transfer left may not be removed: {}", failure.what());
  }
  std::vector<std::shared_ptr<Target>> targets;
  for (const Part& part : parts_) {
    if (!part.is_abandoned) targets.push_back(part.target);
  }
  parts_.clear();
  for (const auto& target : targets) target->vanish();
}

/// Lets every store end its part on its own pool, and waits for it as long as it does not stall.
void Intake::State::end_lanes() {
  std::vector<Part*> waiting;
  for (Part& part : parts_) {
    if (part.is_abandoned) continue;
    part.lane.end_with([target = part.target] { target->vanish_here(); });
    part.is_abandoned = true;
    waiting.push_back(&part);
  }
  for (Part* part : waiting) {
    if (part->lane.finish({}, Deadline::max(), settings.store_stall_timeout)) continue;
    part->target->give_up();
    log::warning("{} What it has of a failed transfer is removed when it answers.",
                 stall_of(part->target->store().id(), settings.store_stall_timeout).reason);
  }
}

Intake::Intake(const std::vector<stores::Store*>& targets, const stores::BlobName& name,
               const stores::StoreCall& call, threads::WorkerPool& digests,
               std::vector<std::unique_ptr<ChunkCheck>> checks, const IntakeSettings& settings)
    : state_(std::make_unique<State>(targets, name, call, digests, std::move(checks), settings)) {
  state_->open();
}

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
