#include "http/test_support.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <charconv>
#include <cstring>
#include <filesystem>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::http {

Plan TestApplication::plan(const Request& request) noexcept {
  return {.pool = &pool_, .body = request.method == "PUT" ? Plan::BodyMode::stream : Plan::BodyMode::text};
}

Reply TestApplication::answer(const Request& request, std::string body, std::stop_token stop) noexcept {
  if (on_answer) return on_answer(request, body, stop);
  return text_reply(request.method + " " + request.target + " " + body);
}

Received TestApplication::receive(const Request& request, std::stop_token stop) noexcept {
  return on_receive(request, stop);
}

Reply TestApplication::failure(const Request&, std::exception_ptr error) noexcept {
  try {
    std::rethrow_exception(error);
  } catch (const Error& problem) {
    switch (problem.code()) {
      case ErrorCode::headers_too_large:
        return text_reply("", 431);
      case ErrorCode::limit_exceeded:
        return text_reply("", 413);
      case ErrorCode::request_timeout:
        return text_reply("", 408);
      case ErrorCode::not_implemented:
        return text_reply("", 501);
      case ErrorCode::conflict:
        return text_reply(problem.what(), 409);
      default:
        return text_reply(problem.what(), 400);
    }
  } catch (...) {
    return text_reply("", 500);
  }
}

Reply text_reply(std::string text, unsigned status) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(text);
  return reply;
}

bool Record::wait(const std::function<bool()>& condition) {
  std::unique_lock lock(mutex);
  return changed.wait_for(lock, test_patience, condition);
}

RecordingSink::~RecordingSink() {
  const std::lock_guard lock(record_.mutex);
  record_.is_gone = true;
  record_.changed.notify_all();
}

void RecordingSink::write(Chunk chunk) {
  const std::lock_guard lock(record_.mutex);
  record_.data += text_of(chunk.bytes());
  ++record_.chunks;
  record_.changed.notify_all();
}

Reply RecordingSink::finish() {
  const std::lock_guard lock(record_.mutex);
  record_.is_finished = true;
  record_.changed.notify_all();
  return text_reply(std::to_string(record_.data.size()), 201);
}

void RecordingSink::abandon(Reason reason) noexcept {
  const std::lock_guard lock(record_.mutex);
  record_.abandoned = reason;
  record_.changed.notify_all();
}

std::string Answer::header(std::string_view name) const {
  for (const std::string& line : split(head, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || !equals_ignoring_case(line.substr(0, colon), name)) continue;
    return std::string(trim(line.substr(colon + 1)));
  }
  return "";
}

Client::Client(std::uint16_t port, const std::string& host, int receive_buffer) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  EXPECT_EQ(::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found), 0);
  socket_ = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer > 0)
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  const timeval patience{.tv_sec = test_patience.count(), .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  EXPECT_EQ(::connect(socket_, found->ai_addr, found->ai_addrlen), 0);
  ::freeaddrinfo(found);
}

bool Client::send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool Client::fill() {
  const std::string bytes = receive(std::size_t{256} * 1024);
  input_ += bytes;
  return !bytes.empty();
}

std::string Client::receive(std::size_t most) {
  std::string bytes(most, '\0');
  const ssize_t count = ::recv(socket_, bytes.data(), most, 0);
  EXPECT_FALSE(count < 0 && errno == EAGAIN) << "the server said nothing";
  bytes.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  return bytes;
}

Answer Client::read(HeadOnly head_only) {
  Answer answer;
  auto end = std::string::npos;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return answer;
  }
  answer.head = input_.substr(0, end + 2);
  input_.erase(0, end + 4);
  const char* status = answer.head.data() + 9;
  std::from_chars(status, status + 3, answer.status);
  const std::string length = answer.header("Content-Length");
  if (head_only == HeadOnly::yes || answer.status == 100 || answer.status == 204) {
    answer.is_complete = true;
  } else if (!length.empty()) {
    const auto size = static_cast<std::size_t>(*parse_unsigned(length));
    while (input_.size() < size && fill()) {
    }
    answer.body = input_.substr(0, size);
    input_.erase(0, size);
    answer.is_complete = answer.body.size() == size;
  } else {
    while (fill()) {
    }
    answer.body = std::exchange(input_, "");
  }
  return answer;
}

bool Client::sees_end() {
  char byte = 0;
  return input_.empty() && ::recv(socket_, &byte, 1, 0) == 0;
}

bool Client::sees_reset() {
  std::string bytes(4096, '\0');
  ssize_t count = 1;
  while (count > 0) count = ::recv(socket_, bytes.data(), bytes.size(), 0);
  return count < 0 && errno == ECONNRESET;
}

bool Client::has_input_within(std::chrono::milliseconds time) const {
  pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, static_cast<int>(time.count())) > 0;
}

void Client::end_output() {
  ::shutdown(socket_, SHUT_WR);
}

void Client::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void Client::break_off() {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close();
}

ServerTest::~ServerTest() {
  server_.reset();
}

void ServerTest::record_uploads() {
  application_.on_receive = [this](const Request&, const std::stop_token&) -> Received {
    return std::make_unique<RecordingSink>(record_);
  };
}

std::string pattern(std::size_t size) {
  std::string text(size + sizeof(std::uint64_t), '\0');
  for (std::uint64_t at = 0; at < size; at += sizeof at) {
    const std::uint64_t word = (at + 1) * 0x9e3779b97f4a7c15u;
    std::memcpy(text.data() + at, &word, sizeof word);
  }
  text.resize(size);
  return text;
}

std::string chunked(std::string_view text, std::size_t chunk_size) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); at += chunk_size) {
    const auto chunk = text.substr(at, chunk_size);
    result += fmt::format("{:x}\r\n", chunk.size());
    result.append(chunk).append("\r\n");
  }
  return result + "0\r\n\r\n";
}

UniqueFd file_with(std::string_view text) {
  UniqueFd file(::memfd_create("vitrine-test", MFD_CLOEXEC));
  while (!text.empty()) {
    const ssize_t count = ::write(file.get(), text.data(), text.size());
    if (count <= 0) throw system_error(errno, "write a test file");
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return file;
}

bool wait_for_stop(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, test_patience, [] { return false; });
  return stop.stop_requested();
}

std::size_t open_files() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

}  // namespace vitrine::http
