#include "threads/options.h"

#include <algorithm>
#include <thread>

namespace vitrine::threads {
namespace {

// One being filled, one in each lane of an upload to one store: fewer would let a transfer wait for itself.
constexpr std::int64_t fewest_buffers = 4;

}  // namespace

OptionList options() {
  return {&request_threads, &transfer_threads,     &digest_threads,        &buffer_size,
          &buffer_memory,   &download_buffer_size, &download_buffer_memory};
}

std::size_t digest_thread_count(std::int64_t digest_threads_value) {
  if (digest_threads_value > 0) return static_cast<std::size_t>(digest_threads_value);
  return std::max(std::thread::hardware_concurrency(), 1u);
}

std::size_t buffer_count(std::int64_t memory, std::int64_t size) {
  return static_cast<std::size_t>(std::max(memory / size, fewest_buffers));
}

}  // namespace vitrine::threads
