// The least that storing an image can cost: receives one HTTP PUT after the other, computes md5 and sha512
// side by side in two threads, writes the body to a file, and does nothing else. A measure for the service,
// not a service.
//
//   floor PORT FILE [fsync]

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t buffer_size = 512 * 1024;
constexpr std::size_t buffer_count = 16;
constexpr std::size_t digest_count = 2;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::size_t check(ssize_t result, const char* what) {
  if (result < 0) fail(what);
  return static_cast<std::size_t>(result);
}

struct Buffer {
  std::vector<unsigned char> bytes = std::vector<unsigned char>(buffer_size);
  std::size_t size = 0;
};

/// A ring of buffers that one thread fills and each digest reads in order.
class Ring {
 public:
  Buffer& next_to_fill() {
    const std::uint64_t filled = filled_.load(std::memory_order_relaxed);
    for (const auto& read : read_) {
      for (std::uint64_t seen = read.load(); filled - seen == buffer_count; seen = read.load())
        read.wait(seen);
    }
    return buffers_[filled % buffer_count];
  }

  void filled() {
    ++filled_;
    filled_.notify_all();
  }

  /// The next buffer for that digest; it calls done() afterwards.
  Buffer& next_to_read(std::size_t digest) {
    const std::uint64_t read = read_[digest].load(std::memory_order_relaxed);
    filled_.wait(read);
    return buffers_[read % buffer_count];
  }

  void done(std::size_t digest) {
    ++read_[digest];
    read_[digest].notify_one();
  }

 private:
  std::array<Buffer, buffer_count> buffers_;
  std::atomic<std::uint64_t> filled_ = 0;
  std::array<std::atomic<std::uint64_t>, digest_count> read_ = {};
};

void compute(Ring& ring, std::size_t digest, const EVP_MD* algorithm) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), algorithm, nullptr);
  for (;;) {
    const Buffer& buffer = ring.next_to_read(digest);
    const bool is_end = buffer.size == 0;
    EVP_DigestUpdate(context.get(), buffer.bytes.data(), buffer.size);
    ring.done(digest);
    if (is_end) break;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> value;
  EVP_DigestFinal_ex(context.get(), value.data(), nullptr);
}

/// What was read of a request: its Content-Length, and the part of the body that came with the head.
struct Head {
  std::uint64_t length = 0;
  std::string rest;
};

Head read_head(int client) {
  std::string text;
  std::array<char, 4096> space;
  std::size_t end = std::string::npos;
  while (end == std::string::npos) {
    const std::size_t size = check(::recv(client, space.data(), space.size(), 0), "recv");
    if (size == 0) return {};
    text.append(space.data(), size);
    end = text.find("\r\n\r\n");
  }
  Head head;
  constexpr std::string_view name = "Content-Length: ";
  const std::size_t at = text.find(name);
  if (at < end) std::from_chars(text.data() + at + name.size(), text.data() + end, head.length);
  head.rest = text.substr(end + 4);
  return head;
}

void write_all(int file, const Buffer& buffer) {
  for (std::size_t done = 0; done < buffer.size;) {
    done += check(::write(file, buffer.bytes.data() + done, buffer.size - done), "write");
  }
}

void receive_body(int client, const Head& head, int file, Ring& ring) {
  std::uint64_t missing = head.length;
  std::size_t early = head.rest.size();
  while (missing > 0) {
    Buffer& buffer = ring.next_to_fill();
    std::copy_n(head.rest.begin(), early, buffer.bytes.begin());
    buffer.size = std::exchange(early, 0);
    const std::size_t wanted = std::min<std::uint64_t>(buffer_size, missing);
    while (buffer.size < wanted) {
      const std::size_t size =
          check(::recv(client, buffer.bytes.data() + buffer.size, wanted - buffer.size, 0), "recv");
      if (size == 0) fail("the client left");
      buffer.size += size;
    }
    missing -= buffer.size;
    ring.filled();
    write_all(file, buffer);
  }
  ring.next_to_fill().size = 0;
  ring.filled();
}

void serve(int client, const char* path, bool must_sync) {
  const Head head = read_head(client);
  const int file = ::open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0) fail(path);
  Ring ring;
  {
    const std::jthread md5(compute, std::ref(ring), 0, EVP_md5());
    const std::jthread sha512(compute, std::ref(ring), 1, EVP_sha512());
    receive_body(client, head, file, ring);
  }
  if (must_sync) check(::fsync(file), "fsync");
  check(::close(file), "close");
  constexpr std::string_view answer = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
  check(::send(client, answer.data(), answer.size(), 0), "send");
  check(::close(client), "close");
}

int listen_on(std::uint16_t port) {
  const int server = ::socket(AF_INET, SOCK_STREAM, 0);
  if (server < 0) fail("socket");
  const int on = 1;
  check(::setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "setsockopt");
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(::bind(server, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  check(::listen(server, 16), "listen");
  return server;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::fputs("usage: floor PORT FILE [fsync]\n", stderr);
    return EXIT_FAILURE;
  }
  const int server = listen_on(static_cast<std::uint16_t>(std::atoi(arguments[1])));
  for (;;) {
    const int client = ::accept(server, nullptr, nullptr);
    if (client < 0) fail("accept");
    serve(client, arguments[2], count > 3);
  }
}
