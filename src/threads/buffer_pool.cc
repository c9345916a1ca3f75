#include "threads/buffer_pool.h"

#include <sys/mman.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "base/error.h"

namespace vitrine::threads {
namespace {

std::size_t round_up_to_pages(std::size_t size) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return (size + page - 1) / page * page;
}

/// Address space straight from the system: a page costs memory only once it is written, and can be given back
/// alone.
std::byte* map_memory(std::size_t size) {
  void* memory =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return static_cast<std::byte*>(memory);
}

}  // namespace

Buffer::Buffer(std::shared_ptr<std::byte[]> memory, std::size_t capacity)
    : memory_(std::move(memory)), capacity_(capacity) {}

Chunk Buffer::freeze(std::size_t size) {
  capacity_ = 0;
  return {std::exchange(memory_, nullptr), size};
}

/// Shared by the pool and every buffer in use, since those may outlive the pool.
struct BufferPool::State : std::enable_shared_from_this<State> {
  using Callback = std::function<void(Buffer)>;

  State(std::size_t its_buffer_size, std::size_t its_count, std::size_t reserve);
  ~State() { ::munmap(memory, stride * count); }

  const std::size_t buffer_size;
  const std::size_t stride;
  const std::size_t count;
  const std::size_t warm_limit;
  std::byte* const memory;

  std::mutex mutex;
  std::vector<std::byte*> warm;  ///< idle, and still backed by memory; the last one returned is taken first
  std::vector<std::byte*> cold;  ///< idle, and given back to the system
  std::map<std::uint64_t, Callback> waiting;  ///< by ticket: the lowest is served first
  std::uint64_t next_ticket = 0;
  bool is_serving = false;

  bool has_idle() const { return !warm.empty() || !cold.empty(); }
  Buffer lend();
  void give_back(std::byte* buffer) noexcept;
  std::uint64_t enqueue(Callback callback);
  void serve(std::unique_lock<std::mutex>& lock);
};

BufferPool::State::State(std::size_t its_buffer_size, std::size_t its_count, std::size_t reserve)
    : buffer_size(its_buffer_size),
      stride(round_up_to_pages(buffer_size)),
      count(its_count),
      warm_limit(reserve / stride),
      memory(map_memory(stride * count)) {
  warm.reserve(count);
  cold.reserve(count);
  for (std::size_t i = count; i > 0; --i) cold.push_back(memory + (i - 1) * stride);
}

/// Called with the lock held and a buffer idle.
Buffer BufferPool::State::lend() {
  std::vector<std::byte*>& idle = warm.empty() ? cold : warm;
  std::byte* buffer = idle.back();
  idle.pop_back();
  return {
      std::shared_ptr<std::byte[]>(buffer, [self = shared_from_this()](std::byte* p) { self->give_back(p); }),
      buffer_size};
}

void BufferPool::State::give_back(std::byte* buffer) noexcept {
  std::unique_lock lock(mutex);
  const bool stays_warm = !waiting.empty() || warm.size() < warm_limit;
  if (!stays_warm) {
    lock.unlock();
    ::madvise(buffer, stride, MADV_DONTNEED);
    lock.lock();
  }
  (stays_warm ? warm : cold).push_back(buffer);
  serve(lock);
}

std::uint64_t BufferPool::State::enqueue(Callback callback) {
  std::unique_lock lock(mutex);
  const std::uint64_t ticket = next_ticket++;
  waiting.emplace(ticket, std::move(callback));
  serve(lock);
  return ticket;
}

/// Hands idle buffers to those who wait. One thread at a time does it for all: that keeps the order, and
/// keeps the stack flat when a callback drops its buffer at once.
void BufferPool::State::serve(std::unique_lock<std::mutex>& lock) {
  if (is_serving) return;
  is_serving = true;
  while (!waiting.empty() && has_idle()) {
    Callback callback = std::move(waiting.begin()->second);
    waiting.erase(waiting.begin());
    Buffer buffer = lend();
    lock.unlock();
    callback(std::move(buffer));
    callback = nullptr;  // may hold a buffer itself, and returning that takes the lock
    lock.lock();
  }
  is_serving = false;
}

BufferPool::BufferPool(std::size_t buffer_size, std::size_t count, std::size_t reserve)
    : state_(std::make_shared<State>(buffer_size, count, reserve)) {}

BufferPool::~BufferPool() {
  std::map<std::uint64_t, State::Callback> dropped;
  const std::lock_guard lock(state_->mutex);
  dropped.swap(state_->waiting);
}

std::size_t BufferPool::buffer_size() const {
  return state_->buffer_size;
}

std::optional<Buffer> BufferPool::try_take() {
  const std::lock_guard lock(state_->mutex);
  if (!state_->has_idle() || !state_->waiting.empty()) return {};
  return state_->lend();
}

Buffer BufferPool::take(Deadline deadline, std::stop_token stop) {
  struct Hand {
    std::mutex mutex;
    std::condition_variable_any filled;
    std::optional<Buffer> buffer;
  };
  const auto hand = std::make_shared<Hand>();
  const std::uint64_t ticket = state_->enqueue([hand](Buffer buffer) {
    const std::lock_guard lock(hand->mutex);
    hand->buffer = std::move(buffer);
    hand->filled.notify_one();
  });

  std::unique_lock lock(hand->mutex);
  hand->filled.wait_until(lock, stop, deadline, [&] { return hand->buffer.has_value(); });
  if (hand->buffer) return *std::move(hand->buffer);
  lock.unlock();

  const std::lock_guard pool_lock(state_->mutex);
  state_->waiting.erase(ticket);
  if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "The transfer was cancelled.");
  throw Error(ErrorCode::timed_out, "No buffer became free in time: too many transfers are under way.");
}

void BufferPool::when_available(std::function<void(Buffer)> callback) {
  state_->enqueue(std::move(callback));
}

std::size_t BufferPool::in_use() const {
  const std::lock_guard lock(state_->mutex);
  return state_->count - state_->warm.size() - state_->cold.size();
}

BufferPools::BufferPools(Class large, Class small) : small_(small.buffer_size, small.count) {
  if (large.count > 0) large_.emplace(large.buffer_size, large.count);
}

Buffer BufferPools::take(Deadline deadline, std::stop_token stop) {
  if (std::optional<Buffer> buffer = large_ ? large_->try_take() : std::nullopt) return *std::move(buffer);
  return small_.take(deadline, std::move(stop));
}

}  // namespace vitrine::threads
