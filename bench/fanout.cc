// What it costs to send one image to several file stores at once: the processor time of an Intake with one
// store and with three, each in a directory of its own. Digests are computed once whatever the number of
// stores, so only the writes should add to it. Prints a line for each number of stores:
//
//   fanout DIRECTORY MIB ROUNDS      ->  STORES USER_SECONDS SYSTEM_SECONDS WALL_SECONDS

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "stores/drivers/file_driver.h"
#include "stores/store_set.h"
#include "threads/buffer_pool.h"
#include "threads/worker_pool.h"
#include "transfer/intake.h"

namespace {

using namespace vitrine;

constexpr std::size_t chunk_size = 512 * 1024;

struct Cost {
  double user = 0;
  double system = 0;
  double wall = 0;
};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

Cost now() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto wall = std::chrono::steady_clock::now().time_since_epoch();
  return {seconds(usage.ru_utime), seconds(usage.ru_stime), std::chrono::duration<double>(wall).count()};
}

Cost operator-(const Cost& a, const Cost& b) {
  return {a.user - b.user, a.system - b.system, a.wall - b.wall};
}

std::unique_ptr<stores::Store> make_store(const std::filesystem::path& directory) {
  stores::FileSettings settings;
  settings.directories = {{directory.string(), 0}};
  return std::make_unique<stores::Store>(
      stores::StoreTraits{.id = directory.filename(), .type = "file", .schemes = {"file"}},
      std::make_unique<stores::FileDriver>(settings), 8);
}

/// One image of random bytes, the same block again and again, through an Intake into the stores.
Cost upload(const std::vector<std::unique_ptr<stores::Store>>& all, std::size_t store_count,
            std::uint64_t size, threads::BufferPool& buffers, threads::WorkerPool& digests) {
  std::vector<stores::Store*> targets;
  for (std::size_t i = 0; i < store_count; ++i) targets.push_back(all[i].get());
  threads::Buffer buffer = buffers.take(Deadline::max());
  std::mt19937_64 random(7);
  std::generate(buffer.space().begin(), buffer.space().end(),
                [&] { return static_cast<std::byte>(random()); });
  const Chunk chunk = buffer.freeze(chunk_size);
  const stores::StoreCall call;

  const Cost before = now();
  transfer::Received received;
  {
    transfer::Intake intake(targets, {"image"}, call, digests, {}, {.announced_size = size});
    for (std::uint64_t sent = 0; sent < size; sent += chunk_size) intake.write(chunk);
    received = intake.commit();
  }
  const Cost cost = now() - before;
  for (std::size_t i = 0; i < store_count; ++i) targets[i]->driver().remove(call, received.blobs[i].location);
  return cost;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void measure(const std::filesystem::path& home, std::uint64_t size, std::uint64_t rounds) {
  std::vector<std::unique_ptr<stores::Store>> all;
  for (const char* name : {"one", "two", "three"}) all.push_back(make_store(home / name));
  threads::BufferPool buffers(chunk_size, 128);
  threads::WorkerPool digests("digests", 2);
  for (std::uint64_t round = 0; round <= rounds; ++round) {
    for (const std::size_t store_count : {1, 3}) {
      const Cost cost = upload(all, store_count, size, buffers, digests);
      if (round == 0) continue;  // the first one warms up
      fmt::print("{} {:.3f} {:.3f} {:.3f}\n", store_count, cost.user, cost.system, cost.wall);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: fanout DIRECTORY MIB ROUNDS\n");
    return 2;
  }
  measure(argv[1], number(argv[2]) << 20, number(argv[3]));
}
