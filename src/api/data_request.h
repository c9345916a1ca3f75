#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "api/call.h"
#include "api/replies.h"
#include "base/metrics.h"

namespace vitrine::api {

/// The media type of image data.
inline constexpr std::string_view octet_stream = "application/octet-stream";

/// Throws Error{unsupported_media_type} unless the body is announced as image data.
void require_octet_stream(const Call& call);

/// How many bytes the client says will come; a zero counts as not known. Throws Error{invalid}.
std::optional<std::uint64_t> announced_size(const Call& call);

/// Counts one transfer as active while it lives.
class ActiveTransfer {
 public:
  ActiveTransfer(Metrics& metrics, const char* direction);
  ~ActiveTransfer() { gauge_.add(-1); }
  ActiveTransfer(const ActiveTransfer&) = delete;
  ActiveTransfer& operator=(const ActiveTransfer&) = delete;

 private:
  Metrics::Gauge gauge_;
};

/// Pushes a request's body into what takes it, an Upload or the like; gone before its end, that undoes
/// itself.
template <class Taker>
class UploadSink : public http::BodySink {
 public:
  UploadSink(std::unique_ptr<Taker> taker, Metrics& metrics)
      : active_(metrics, "upload"), taker_(std::move(taker)) {}

  void write(Chunk chunk) override { taker_->write(std::move(chunk)); }

  http::Reply finish() override {
    taker_->finish();
    return empty_reply();
  }

  void abandon(http::Reason) noexcept override { taker_.reset(); }

 private:
  ActiveTransfer active_;
  std::unique_ptr<Taker> taker_;
};

}  // namespace vitrine::api
