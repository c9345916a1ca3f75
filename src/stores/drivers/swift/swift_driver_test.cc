#include "stores/drivers/swift/swift_driver.h"

#include <gmock/gmock.h>

#include <atomic>

#include "stores/driver_rules.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/fake_swift.h"

namespace vitrine::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::error_of;
using tests::FakeSwift;
using tests::Page;
using tests::SeenRequest;

constexpr std::uint64_t kib = 1024;
const Page broken_off{.verbatim = ""};

bool is_put(const SeenRequest& request) {
  return request.method == "PUT";
}
bool is_put_of_segment(const SeenRequest& request) {
  return is_put(request) && is_swift_segment(request.target);
}
bool is_put_of_blob(const SeenRequest& request) {
  return is_put(request) && !is_swift_segment(request.target);
}
bool is_get(const SeenRequest& request) {
  return request.method == "GET" && request.target.find('?') == std::string::npos;
}
bool is_removal(const SeenRequest& request) {
  return request.method == "DELETE";
}

/// Answers so to the first `count` requests that are meant.
FakeSwift::Fault first(unsigned count, bool (*is_meant)(const SeenRequest&), const Page& page) {
  auto left = std::make_shared<std::atomic<unsigned>>(count);
  return [=](const SeenRequest& request) -> std::optional<Page> {
    if (!is_meant(request) || *left == 0) return {};
    --*left;
    return page;
  };
}

/// How blobs are cut up: gathered segments sent side by side, and pushed ones.
constexpr SwiftSegmentSizes gathered{
    .large_from = 100 * kib, .segment = 100 * kib, .memory = 400 * kib, .threads = 3};
constexpr SwiftSegmentSizes pushed{.large_from = 100 * kib, .segment = 100 * kib, .memory = 40 * kib};
/// One object that does not fit into memory.
constexpr SwiftSegmentSizes pushed_whole{.memory = 40 * kib};

class SwiftDriverTest : public ::testing::Test {
 protected:
  SwiftDriverTest() { start(gathered); }

  void start(const SwiftSegmentSizes& sizes) {
    SwiftSettings settings = service_.settings();
    settings.sizes = sizes;
    driver_ = std::make_unique<SwiftDriver>(std::move(settings));
  }

  Location write(const std::string& name, const std::string& content, bool is_size_known = true) {
    const auto size = is_size_known ? std::optional<std::uint64_t>(content.size()) : std::nullopt;
    const auto writer = driver_->create({}, {name}, size);
    for (std::size_t at = 0; at < content.size(); at += 30'000) {
      writer->write(bytes_of(std::string_view(content).substr(at, 30'000)));
    }
    return writer->commit();
  }
  std::string read(const Location& location) {
    return tests::read_all(*driver_->open({}, location, {}), 10'000);
  }

  FakeSwift service_;
  std::unique_ptr<SwiftDriver> driver_;
  const std::string large_ = tests::varied_content(250'000);
  const std::vector<std::string> large_names_ = {"glance/blob", "glance/blob-00001", "glance/blob-00002",
                                                 "glance/blob-00003"};
};

TEST_F(SwiftDriverTest, LogsInOnceForMany) {
  for (int i = 0; i < 3; ++i) read(write("blob-" + std::to_string(i), large_));

  EXPECT_EQ(service_.logins(), 1u);
}

// Of what is held in memory: the fake service looks at a token only when it has the whole body.
TEST_F(SwiftDriverTest, LogsInAgainWhenItsTokenIsNotAcceptedInTheMiddle) {
  const auto writer = driver_->create({}, {"blob"}, large_.size());
  writer->write(bytes_of(std::string_view(large_).substr(0, 120'000)));
  service_.forget_tokens();
  writer->write(bytes_of(std::string_view(large_).substr(120'000)));
  const Location location = writer->commit();
  service_.forget_tokens();

  EXPECT_TRUE(read(location) == large_);
  driver_->remove({}, location);
  EXPECT_THAT(service_.everything(), IsEmpty());
}

TEST_F(SwiftDriverTest, GivesUpWhenNoTokenIsAccepted) {
  service_.fail_before([](const SeenRequest&) { return Page{.status = 401}; });

  EXPECT_EQ(error_of([&] { driver_->create({}, {"blob"}, 7); }), ErrorCode::storage_denied);
  EXPECT_EQ(service_.logins(), 2u);
}

TEST_F(SwiftDriverTest, SendsAgainWhatItHolds) {
  for (const Page& page : {Page{.status = 503}, Page{.status = 422}, broken_off}) {
    service_.fail_before(first(2, is_put, page));
    const Location location = write("blob", large_);

    EXPECT_TRUE(read(location) == large_);
    driver_->remove({}, location);
  }
}

TEST_F(SwiftDriverTest, KnowsThatABlobIsThereWhoseAnswerWasLost) {
  for (const SwiftSegmentSizes& sizes : {gathered, pushed_whole}) {
    start(sizes);
    service_.fail_after(first(1, is_put_of_blob, broken_off));
    const Location location = write("blob", std::string(60'000, 'x'));

    EXPECT_EQ(read(location).size(), 60'000u);
    driver_->remove({}, location);
  }
}

TEST_F(SwiftDriverTest, LeavesNothingWhenASegmentFails) {
  for (const SwiftSegmentSizes& sizes : {gathered, pushed}) {
    for (const bool is_size_known : {true, false}) {
      start(sizes);
      const auto fails_late = [](const SeenRequest& request) -> std::optional<Page> {
        const bool is_last = is_put_of_segment(request) && request.target.ends_with("-00002");
        return is_last ? std::optional<Page>(Page{.status = 413}) : std::nullopt;
      };
      service_.fail_before(fails_late);

      EXPECT_EQ(error_of([&] { write("blob", large_, is_size_known); }), ErrorCode::storage_full);
      EXPECT_THAT(service_.everything(), IsEmpty());
    }
  }
}

TEST_F(SwiftDriverTest, LeavesNothingOfAnObjectThatArrivedDamaged) {
  start(pushed_whole);
  service_.fail_after(
      first(1, is_put_of_blob, {.status = 201, .headers = "ETag: " + md5_hex(bytes_of("other")) + "\r\n"}));

  EXPECT_EQ(error_of([&] { write("blob", large_); }), ErrorCode::unavailable);
  EXPECT_THAT(service_.everything(), IsEmpty());
}

TEST_F(SwiftDriverTest, RemovesWithTheNextUploadWhatItCouldNotRemove) {
  service_.fail_before([](const SeenRequest& request) -> std::optional<Page> {
    if (is_removal(request) || is_put_of_blob(request)) return Page{.status = 503};
    return {};
  });
  EXPECT_EQ(error_of([&] { write("blob", large_); }), ErrorCode::unavailable);
  EXPECT_THAT(service_.everything(),
              ElementsAre("glance/blob-00001", "glance/blob-00002", "glance/blob-00003"));
  service_.fail_before(nullptr);

  write("other", "content");

  EXPECT_THAT(service_.everything(), ElementsAre("glance/other"));
}

TEST_F(SwiftDriverTest, RemovesNoSegmentsThatSomebodyElseWroteUnderTheSameNames) {
  service_.fail_before([](const SeenRequest& request) -> std::optional<Page> {
    if (is_removal(request) || is_put_of_blob(request)) return Page{.status = 503};
    return {};
  });
  EXPECT_EQ(error_of([&] { write("blob", large_); }), ErrorCode::unavailable);
  service_.fail_before(nullptr);
  SwiftSettings settings = service_.settings();
  settings.sizes = gathered;
  SwiftDriver elsewhere(settings);
  const auto writer = elsewhere.create({}, {"blob"}, large_.size());
  writer->write(bytes_of(large_));

  write("other", "content");
  const Location location = writer->commit();

  EXPECT_TRUE(read(location) == large_);
}

TEST_F(SwiftDriverTest, GoesOnReadingWhereAConnectionBroke) {
  const Location location = write("blob", large_);
  Page broken{.content = large_, .headers = "ETag: " + md5_hex(bytes_of(large_)) + "\r\n"};
  broken.fault = Page::Fault::cut;
  broken.fault_after = 100'000;
  service_.fail_before(first(2, is_get, broken));

  EXPECT_TRUE(read(location) == large_);
}

TEST_F(SwiftDriverTest, DoesNotRemoveTheManifestWhileASegmentIsLeft) {
  const Location location = write("blob", large_);
  service_.fail_before([](const SeenRequest& request) -> std::optional<Page> {
    const bool is_last = is_removal(request) && request.target.ends_with("-00003");
    return is_last ? std::optional<Page>(Page{.status = 503}) : std::nullopt;
  });

  EXPECT_EQ(error_of([&] { driver_->remove({}, location); }), ErrorCode::unavailable);
  service_.fail_before(nullptr);
  driver_->remove({}, location);

  EXPECT_THAT(service_.everything(), IsEmpty());
}

TEST_F(SwiftDriverTest, ReadsTheLocationsOfItsAccountWithItsOwnKey) {
  const std::string uri = write("blob", "content").uri;
  const auto at = uri.find(":testing@");
  ASSERT_NE(at, std::string::npos);

  EXPECT_EQ(read({uri.substr(0, at) + ":outdated@" + uri.substr(at + 9), {}}), "content");
  EXPECT_EQ(read({"swift+config://ref1/glance/blob", {}}), "content");
}

TEST_F(SwiftDriverTest, ShowsItsKeyToNobodyElse) {
  FakeSwift other;
  const std::string there = "127.0.0.1:" + std::to_string(other.origin().port()) + "/auth/v1.0/glance/blob";

  EXPECT_EQ(error_of([&] { driver_->size({}, {"swift+http://" + there, {}}); }), ErrorCode::invalid);
  EXPECT_EQ(error_of([&] {
              driver_->size({}, {"swift+http://test%3Atester:guessed@" + there, {}});
            }),
            ErrorCode::storage_denied);
  EXPECT_EQ(error_of([&] {
              driver_->size({}, {"swift+config://unknown/glance/blob", {}});
            }),
            ErrorCode::invalid);

  EXPECT_EQ(other.logins(), 0u);
  for (const SeenRequest& request : other.requests()) EXPECT_EQ(request.header("X-Auth-Key"), "guessed");
}

TEST_F(SwiftDriverTest, ReadsFromAnotherAccountWithTheKeysOfTheLocation) {
  FakeSwift other;
  other.put_object("old/blob", "content");
  const std::string uri =
      "swift+http://test%3Atester:testing@127.0.0.1:" + std::to_string(other.origin().port()) +
      "/auth/v1.0/old/blob";

  EXPECT_EQ(read({uri, {}}), "content");
  EXPECT_EQ(service_.logins(), 0u);
}

}  // namespace
}  // namespace vitrine::stores
