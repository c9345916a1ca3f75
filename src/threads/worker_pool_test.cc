#include "threads/worker_pool.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace vitrine::threads {
namespace {

TEST(WorkerPool, RunsAsManyTasksAtOnceAsItHasThreads) {
  WorkerPool pool("test", 3);
  std::latch all_here(3);
  std::atomic<int> met = 0;

  for (int i = 0; i < 3; ++i) {
    pool.post([&] {
      all_here.arrive_and_wait();
      ++met;
    });
  }
  while (pool.load() > 0) std::this_thread::yield();

  EXPECT_EQ(met, 3);
}

TEST(WorkerPool, OneThreadRunsTasksInTheOrderTheyCome) {
  std::vector<int> order;
  {
    WorkerPool pool("test", 1);
    for (int i = 0; i < 100; ++i) pool.post([&order, i] { order.push_back(i); });
  }

  ASSERT_EQ(order.size(), 100u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(WorkerPool, DestructorRunsWhatWasPostedAndWhatThatPosts) {
  std::atomic<int> ran = 0;
  {
    WorkerPool pool("test", 2);
    for (int i = 0; i < 50; ++i) {
      pool.post([&] {
        ++ran;
        pool.post([&] { ++ran; });
      });
    }
  }

  EXPECT_EQ(ran, 100);
}

TEST(WorkerPool, ReusesAThreadThatIsIdle) {
  WorkerPool pool("test", 8);
  std::vector<std::thread::id> ids;

  for (int i = 0; i < 20; ++i) {
    std::promise<std::thread::id> id;
    pool.post([&] { id.set_value(std::this_thread::get_id()); });
    ids.push_back(id.get_future().get());
    while (pool.load() > 0) std::this_thread::yield();
  }

  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::unique(ids.begin(), ids.end()) - ids.begin(), 1);
}

TEST(WorkerPool, ThreadsCarryItsNameCutToWhatTheSystemTakes) {
  WorkerPool pool("store-with-a-long-name", 1);
  std::promise<std::string> name;

  pool.post([&] {
    char text[16] = {};
    pthread_getname_np(pthread_self(), text, sizeof text);
    name.set_value(text);
  });

  EXPECT_EQ(name.get_future().get(), "store-with-a-lo");
}

TEST(WorkerPool, LoadCountsWaitingAndRunningTasks) {
  WorkerPool pool("test", 1);
  std::latch started(1);
  std::latch go_on(1);

  pool.post([&] {
    started.count_down();
    go_on.wait();
  });
  started.wait();
  pool.post([] {});

  EXPECT_EQ(pool.load(), 2u);
  go_on.count_down();
  while (pool.load() > 0) std::this_thread::yield();
}

TEST(WorkerPool, ReleasesWhatATaskHoldsBeforeItStopsToCount) {
  WorkerPool pool("test", 1);
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = held;

  pool.post([held = std::move(held)] {});
  while (pool.load() > 0) std::this_thread::yield();

  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace vitrine::threads
