#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "fetch/admission.h"
#include "fetch/client.h"
#include "fetch/patience.h"
#include "fetch/version.h"
#include "threads/buffer_pool.h"

namespace vitrine::fetch {

/// How data is downloaded for users.
struct DownloadSettings {
  ClientSettings client;
  std::chrono::milliseconds total_timeout{0};  ///< for one download; 0: any time
  PatienceSettings patience;                   ///< an attempt fails that brings no byte
};

/// What is downloaded.
struct DownloadRequest {
  Uri uri;
  /// Sent to this server and no other, whatever redirects say. The values may be secrets.
  std::vector<Header> headers;
  Deadline deadline = Deadline::max();  ///< beside the total time-out
  std::stop_token stop;
};

/// The bytes that a URI leads to, and nothing but them: a transfer that breaks is taken up again where it
/// broke, if the server can tell that the data is still the same; what a server says of length and version is
/// held against what it sends. Messages name the server and how far the download came, and nothing else of
/// the URI. Used by one thread at a time.
class Download : public ByteSource {
 public:
  /// Waits for the head of the answer. Everything but the request is borrowed. Throws as read() does.
  Download(Client& client, const Admission& admission, threads::BufferPool& buffers,
           const PatienceSettings& patience, DownloadRequest request);

  /// Bytes of the whole, if the server says.
  std::optional<std::uint64_t> size() const { return size_; }
  /// Bytes read so far.
  std::uint64_t received() const { return received_; }

  /// Throws Error{unavailable} or Error{timed_out} when attempts or time are used up, Error{invalid} for what
  /// no further attempt can mend, Error{cancelled}.
  Chunk read() override;

 private:
  void connect();
  void ask();
  void take(const Request& request, Response& response);
  void take_whole(const Request& request, Response& response);
  void take_part(const Request& request, const Response& response);
  void take_refusal_of_range(const Response& response);
  [[noreturn]] void refuse(const Request& request, const Response& response);
  void skip_received(Response& response) const;
  std::size_t pull(MutableBytes space);
  void end_body();
  void break_off(const Error& error);
  void wait_after(const Error& error);

  bool is_complete() const { return is_over_ || (size_ && received_ == *size_); }
  bool is_original(const Request& request) const { return request.uri == request_.uri; }
  Error other_data(const Request& request) const;
  Error final_error(const Error& error) const;

  Client& client_;
  const Admission& admission_;
  threads::BufferPool& buffers_;
  const DownloadRequest request_;
  Patience patience_;

  std::optional<std::uint64_t> size_;
  std::uint64_t received_ = 0;
  bool is_over_ = false;

  Request source_;   ///< what the data came from: redirects may have led there
  Version version_;  ///< of that data
  bool asks_for_parts_ = true;
  std::unique_ptr<Response> response_;  ///< null: nothing is under way
  std::optional<std::uint64_t> left_;   ///< bytes that the response has yet to bring, if it said
  std::optional<Error> setback_;        ///< what the last attempt ended with
  std::optional<std::chrono::seconds> asked_pause_;
};

/// Downloads data for users. May be shared between threads.
class Downloader {
 public:
  /// Admission and buffers outlive it and its downloads.
  Downloader(DownloadSettings settings, const Admission& admission, threads::BufferPool& buffers);

  /// Begins a download, which must not outlive this. Throws as Download does.
  std::unique_ptr<Download> open(DownloadRequest request);

  /// Asks for something beside the data, once; any answer is given back that is no redirect. It must not
  /// outlive this. Throws as send_following() does, and Error{invalid} for what is not admitted.
  std::unique_ptr<Response> ask(const DownloadRequest& request);

 private:
  const DownloadSettings settings_;
  const Admission& admission_;
  threads::BufferPool& buffers_;
  Client client_;
};

}  // namespace vitrine::fetch
