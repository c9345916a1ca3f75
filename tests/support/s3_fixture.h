#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "stores/driver_rules.h"
#include "stores/drivers/s3/s3_driver.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/fake_s3.h"

namespace vitrine::stores {

using tests::FakeS3;
using tests::Page;
using tests::SeenRequest;

inline constexpr std::uint64_t kib = 1024;
inline const Page cut{.verbatim = ""};

inline bool is_part(const SeenRequest& request) {
  return request.target.find("partNumber=") != std::string::npos;
}
inline bool begins_upload(const SeenRequest& request) {
  return request.method == "POST" && request.target.ends_with("?uploads=");
}
inline bool completes(const SeenRequest& request) {
  return request.method == "POST" && request.target.find("?uploadId=") != std::string::npos;
}
inline bool puts_object(const SeenRequest& request) {
  return request.method == "PUT" && request.target.find('?') == std::string::npos;
}

/// Answers so to the first `count` requests that are meant.
inline FakeS3::Fault first(unsigned count, bool (*is_meant)(const SeenRequest&), Page page) {
  auto left = std::make_shared<std::atomic<unsigned>>(count);
  return [=](const SeenRequest& request) -> std::optional<Page> {
    if (!is_meant(request) || *left == 0) return {};
    --*left;
    return page;
  };
}

class S3DriverTest : public ::testing::Test {
 protected:
  /// A driver whose blobs of more than 100 KiB are uploaded in parts of that size.
  S3DriverTest() {
    start({.multipart_from = 100 * kib, .part = 100 * kib, .memory = 400 * kib, .threads = 3});
  }

  void start(const S3PartSizes& sizes) {
    S3Settings settings = service_.settings();
    settings.sizes = sizes;
    start_with(std::move(settings));
  }
  void start_with(S3Settings settings) { driver_ = std::make_unique<S3Driver>(std::move(settings)); }
  /// Blobs of known size are pushed as one object.
  void start_pushing() { start({.part = 100 * kib, .memory = 40 * kib}); }

  Location write(const std::string& name, const std::string& content, bool is_size_known = true) {
    const auto size = is_size_known ? std::optional<std::uint64_t>(content.size()) : std::nullopt;
    const auto writer = driver_->create({}, {name}, size);
    for (std::size_t at = 0; at < content.size(); at += 30'000) {
      writer->write(bytes_of(std::string_view(content).substr(at, 30'000)));
    }
    return writer->commit();
  }
  std::string read(const Location& location, ByteRange range = {}) {
    return tests::read_all(*driver_->open({}, location, range), 10'000);
  }

  FakeS3 service_;
  std::unique_ptr<S3Driver> driver_;
  const std::string large_ = tests::varied_content(1'000'000);
};

}  // namespace vitrine::stores
