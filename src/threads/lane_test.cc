#include "threads/lane.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <future>
#include <latch>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/error.h"

namespace vitrine::threads {
namespace {

constexpr Deadline never = Deadline::max();

/// Occupies the one thread of a pool, or a lane, until it is opened.
class Gate {
 public:
  Task task() {
    return [this] {
      reached_.count_down();
      opened_.wait();
    };
  }
  void wait_until_reached() { reached_.wait(); }
  void open() { opened_.count_down(); }

 private:
  std::latch reached_{1};
  std::latch opened_{1};
};

ErrorCode code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::internal;
}

TEST(Lane, RunsTasksInOrderAndOneAtATime) {
  WorkerPool pool("test", 4);
  Lane lane(pool, 3);
  std::vector<int> order;

  for (int i = 0; i < 500; ++i) lane.post([&order, i] { order.push_back(i); }, {}, never);
  lane.finish({}, never);

  ASSERT_EQ(order.size(), 500u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(Lane, HoldsNoThreadWhileIdle) {
  WorkerPool pool("test", 1);
  Lane lane(pool, 2);
  lane.post([] {}, {}, never);
  lane.finish({}, never);

  std::promise<void> ran;
  pool.post([&] { ran.set_value(); });

  ran.get_future().get();
}

TEST(Lane, LanesOnOneThreadTakeTurns) {
  WorkerPool pool("test", 1);
  Lane first(pool, 10);
  Lane second(pool, 10);
  std::vector<char> order;
  Gate gate;
  pool.post(gate.task());

  for (int i = 0; i < 3; ++i) first.post([&] { order.push_back('a'); }, {}, never);
  for (int i = 0; i < 3; ++i) second.post([&] { order.push_back('b'); }, {}, never);
  gate.open();
  first.finish({}, never);
  second.finish({}, never);

  EXPECT_EQ(order, (std::vector<char>{'a', 'b', 'a', 'b', 'a', 'b'}));
}

TEST(Lane, PostBlocksWhileTheLaneIsFull) {
  WorkerPool pool("test", 1);
  Lane lane(pool, 2);
  Gate gate;
  lane.post(gate.task(), {}, never);
  gate.wait_until_reached();
  lane.post([] {}, {}, never);

  EXPECT_EQ(code_of([&] { lane.post([] {}, {}, deadline_in(std::chrono::milliseconds(1))); }),
            ErrorCode::timed_out);
  gate.open();
  lane.post([] {}, {}, never);
  lane.finish({}, never);
}

TEST(Lane, StopTokenEndsAWaitingPostAndTheTaskIsNotQueued) {
  WorkerPool pool("test", 1);
  Lane lane(pool, 1);
  Gate gate;
  std::stop_source stop;
  bool ran = false;
  lane.post(gate.task(), {}, never);
  gate.wait_until_reached();

  std::thread stopper([&] { stop.request_stop(); });
  EXPECT_EQ(code_of([&] { lane.post([&] { ran = true; }, stop.get_token(), never); }), ErrorCode::cancelled);
  stopper.join();
  gate.open();
  lane.finish({}, never);

  EXPECT_FALSE(ran);
}

TEST(Lane, StopTokenEndsAWaitingFinish) {
  WorkerPool pool("test", 1);
  Lane lane(pool, 1);
  Gate gate;
  std::stop_source stop;
  lane.post(gate.task(), {}, never);

  std::thread stopper([&] { stop.request_stop(); });
  EXPECT_EQ(code_of([&] { lane.finish(stop.get_token(), never); }), ErrorCode::cancelled);
  stopper.join();
  gate.open();
}

TEST(Lane, FinishGivesUpAtTheDeadline) {
  WorkerPool pool("test", 1);
  Lane lane(pool, 1);
  Gate gate;
  lane.post(gate.task(), {}, never);

  EXPECT_EQ(code_of([&] { lane.finish({}, deadline_in(std::chrono::milliseconds(1))); }),
            ErrorCode::timed_out);
  gate.open();
}

TEST(Lane, CarriesWhatATaskThrewToFinishAndToPost) {
  WorkerPool pool("test", 1);
  Lane lane(pool, 4);

  lane.post([] { throw Error(ErrorCode::storage_full, "full"); }, {}, never);

  EXPECT_EQ(code_of([&] { lane.finish({}, never); }), ErrorCode::storage_full);
  EXPECT_EQ(code_of([&] { lane.post([] {}, {}, never); }), ErrorCode::storage_full);
}

TEST(Lane, AThrowingTaskWakesAProducerThatWaits) {
  WorkerPool pool("test", 1);
  Lane lane(pool, 1);
  Gate gate;
  Task blocked = gate.task();
  lane.post(
      [&] {
        blocked();
        throw std::runtime_error("broken");
      },
      {}, never);
  gate.wait_until_reached();

  std::thread opener([&] { gate.open(); });
  EXPECT_THROW(lane.post([] {}, {}, never), std::runtime_error);
  opener.join();
}

TEST(Lane, AThrowingTaskDropsWhatIsQueuedBehindIt) {
  WorkerPool pool("test", 1);
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = held;
  bool ran = false;
  {
    Lane lane(pool, 4);
    Gate gate;
    pool.post(gate.task());
    lane.post([] { throw Error(ErrorCode::invalid, "no"); }, {}, never);
    lane.post([&ran, held = std::move(held)] { ran = true; }, {}, never);
    gate.open();
    EXPECT_EQ(code_of([&] { lane.finish({}, never); }), ErrorCode::invalid);
  }

  EXPECT_FALSE(ran);
  EXPECT_TRUE(watched.expired());
}

TEST(Lane, DestructorWaitsForTheTaskUnderWayAndDropsTheRest) {
  WorkerPool pool("test", 1);
  bool first_ended = false;
  bool second_ran = false;
  {
    Gate gate;
    Task blocked = gate.task();
    Lane lane(pool, 4);
    lane.post(
        [&] {
          blocked();
          first_ended = true;
        },
        {}, never);
    lane.post([&] { second_ran = true; }, {}, never);
    gate.wait_until_reached();
    gate.open();
    // The second task may or may not have begun by now; what matters is that none is under way afterwards.
  }
  const bool second_ran_in_time = second_ran;
  while (pool.load() > 0) std::this_thread::yield();

  EXPECT_TRUE(first_ended);
  EXPECT_EQ(second_ran, second_ran_in_time);
}

TEST(Lane, DestructorDoesNotWaitForAPoolThatIsBusyWithOthers) {
  WorkerPool pool("test", 1);
  Gate gate;
  pool.post(gate.task());
  bool ran = false;

  {
    Lane lane(pool, 4);
    lane.post([&] { ran = true; }, {}, never);
  }
  gate.open();
  while (pool.load() > 0) std::this_thread::yield();

  EXPECT_FALSE(ran);
}

TEST(Lane, ATaskIsReleasedBeforeFinishReturns) {
  WorkerPool pool("test", 1);
  Lane lane(pool, 1);
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = held;

  lane.post([held = std::move(held)] {}, {}, never);
  lane.finish({}, never);

  EXPECT_TRUE(watched.expired());
}

TEST(Lane, IsStalledWhenItEndsNoTaskForTooLong) {
  WorkerPool pool("test", 1);
  Lane lane(pool, 1);
  Gate gate;
  lane.post(gate.task(), {}, never);

  EXPECT_FALSE(lane.post([] {}, {}, never, std::chrono::milliseconds(1)));
  EXPECT_FALSE(lane.finish({}, never, std::chrono::milliseconds(1)));
  gate.open();

  EXPECT_TRUE(lane.finish({}, never, std::chrono::hours(1)));
}

TEST(Lane, TheDeadlineEndsAWaitBeforeTheStallTimeout) {
  WorkerPool pool("test", 1);
  Lane lane(pool, 1);
  Gate gate;
  lane.post(gate.task(), {}, never);

  EXPECT_EQ(
      code_of([&] { lane.finish({}, deadline_in(std::chrono::milliseconds(1)), std::chrono::hours(1)); }),
      ErrorCode::timed_out);
  gate.open();
}

TEST(Lane, IsNotStalledWhileItEndsOneTaskAfterTheOther) {
  static constexpr std::chrono::milliseconds stall_timeout{400};
  constexpr std::size_t tasks = 20;
  WorkerPool pool("test", 1);
  Lane lane(pool, tasks);

  // The time is what this is about: all tasks together take twice the time-out, one a fraction of it.
  for (std::size_t i = 0; i < tasks; ++i) {
    lane.post([] { std::this_thread::sleep_for(stall_timeout / 10); }, {}, never);
  }

  EXPECT_TRUE(lane.finish({}, never, stall_timeout));
}

TEST(Lane, RunsItsLastTaskWhenTheOneUnderWayReturnsAndDropsTheRest) {
  WorkerPool pool("test", 1);
  Gate gate;
  std::promise<void> last_ran;
  bool second_ran = false;
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = held;
  {
    Lane lane(pool, 4);
    lane.post(gate.task(), {}, never);
    gate.wait_until_reached();
    lane.post([&second_ran, held = std::move(held)] { second_ran = true; }, {}, never);

    lane.end_with([&] { last_ran.set_value(); });
    EXPECT_TRUE(watched.expired());
  }
  gate.open();
  last_ran.get_future().get();

  EXPECT_FALSE(second_ran);
}

TEST(Lane, RunsItsLastTaskThoughTheOneUnderWayThrows) {
  WorkerPool pool("test", 1);
  Gate gate;
  Task blocked = gate.task();
  bool last_ran = false;
  Lane lane(pool, 4);
  lane.post(
      [&] {
        blocked();
        throw std::runtime_error("broken");
      },
      {}, never);
  gate.wait_until_reached();

  lane.end_with([&] { last_ran = true; });
  gate.open();
  lane.finish({}, never);

  EXPECT_TRUE(last_ran);
}

TEST(Lane, RunsItsLastTaskThoughAnotherHasThrown) {
  WorkerPool pool("test", 1);
  bool last_ran = false;
  Lane lane(pool, 4);
  lane.post([] { throw Error(ErrorCode::invalid, "no"); }, {}, never);
  EXPECT_EQ(code_of([&] { lane.finish({}, never); }), ErrorCode::invalid);

  lane.end_with([&] { last_ran = true; });
  lane.finish({}, never);

  EXPECT_TRUE(last_ran);
}

TEST(Lane, RunsItsLastTaskThoughItNeverHadAnother) {
  WorkerPool pool("test", 1);
  std::promise<void> last_ran;
  {
    Lane lane(pool, 4);
    lane.end_with([&] { last_ran.set_value(); });
  }

  last_ran.get_future().get();
}

}  // namespace
}  // namespace vitrine::threads
