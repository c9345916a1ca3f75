#include "stores/drivers/cinder/cinder_driver.h"

#include <gmock/gmock.h>

#include <thread>

#include "base/ids.h"
#include "stores/drivers/cinder/cinder_node.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/fake_cinder.h"

/// What goes wrong with Cinder, which a real one does not do when it is asked to.
namespace vitrine::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::error_of;
using tests::FakeCinder;
using tests::message_of;
using tests::Page;
using tests::read_all;
using tests::SeenRequest;

constexpr std::uint64_t gibibyte = FakeCinder::gibibyte;

class CinderDriverTest : public ::testing::Test {
 protected:
  CinderDriverTest() { start(cinder_.settings()); }

  void start(CinderSettings settings) {
    driver_.reset();
    driver_ = std::make_unique<CinderDriver>(std::move(settings), cinder_.connectors());
  }
  Location write(const std::string& content = "content", std::optional<std::uint64_t> size = {}) {
    const auto writer = driver_->create({}, {"blob"}, size);
    writer->write(bytes_of(content));
    return writer->commit();
  }
  std::string read(const Location& location) { return read_all(*driver_->open({}, location, {}), 1000); }
  /// Zeros as much as a volume counted as one holds, and the mark behind them.
  Location write_over_the_end(const std::string& mark) {
    const auto writer = driver_->create({}, {"blob"}, {});
    writer->write(std::vector<std::byte>(gibibyte));
    writer->write(bytes_of(mark));
    return writer->commit();
  }
  /// Answers requests of this method whose target has the text, so often.
  static FakeCinder::Fault fault(const std::string& method, const std::string& part, Page page,
                                 unsigned count = 1) {
    return [=, left = count](const SeenRequest& request) mutable -> std::optional<Page> {
      const bool is_meant = request.method == method && request.target.find(part) != std::string::npos;
      if (!is_meant || left == 0) return {};
      --left;
      return page;
    };
  }
  void expect_nothing_left() {
    const Deadline end = deadline_in(std::chrono::seconds(10));
    while (!cinder_.everything().empty() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_THAT(cinder_.everything(), IsEmpty());
  }

  FakeCinder cinder_;
  std::unique_ptr<CinderDriver> driver_;
};

TEST_F(CinderDriverTest, LeavesAVolumeThatIsReadOnlyAndDetached) {
  const Location location = write();

  EXPECT_THAT(cinder_.everything(), ElementsAre("image-blob available 0"));
  EXPECT_THAT(location.uri, HasSubstr("cinder://volumes/"));
  EXPECT_EQ(read(location), "content");
  EXPECT_THAT(cinder_.everything(), ElementsAre("image-blob available 0"));
}

TEST_F(CinderDriverTest, ReadsVolumesThatSayNoSize) {
  const std::string id = cinder_.add_volume("image-blob");

  EXPECT_EQ(driver_->size({}, {"cinder://" + id, {}}), gibibyte);
  const auto reader =
      driver_->open({}, {"cinder://elsewhere/" + id, {}}, {.offset = gibibyte - 3, .length = {}});
  EXPECT_EQ(read_all(*reader, 10), std::string(3, '\0'));
}

TEST_F(CinderDriverTest, LetsTheSameImageLieInVolumesOfOtherTypes) {
  cinder_.add_volume("image-blob", {}, "slow");

  EXPECT_EQ(read(write()), "content");
  driver_->discard({}, {"blob"});
  EXPECT_THAT(cinder_.everything(), ElementsAre("image-blob available 0"));
}

TEST_F(CinderDriverTest, RecognizesVolumesByTheirType) {
  Recognition* recognition = driver_->abilities().recognition;
  ASSERT_NE(recognition, nullptr);
  const std::string own = cinder_.add_volume("image-blob");
  const std::string others = cinder_.add_volume("image-blob", {}, "slow");

  EXPECT_EQ(recognition->own_uri({}, {"cinder://" + own, {}}), "cinder://volumes/" + own);
  EXPECT_EQ(recognition->own_uri({}, {"cinder://" + others, {}}), std::nullopt);
  EXPECT_EQ(recognition->own_uri({}, {"cinder://" + new_uuid(), {}}), std::nullopt);
}

TEST_F(CinderDriverTest, RecognizesVolumesOfTheDefaultTypeIfItHasNoOther) {
  CinderSettings settings = cinder_.settings();
  settings.volume_type.clear();
  start(settings);
  const std::string own = cinder_.add_volume("image-blob", {}, "slow");
  const std::string others = cinder_.add_volume("image-blob");

  EXPECT_EQ(driver_->abilities().recognition->own_uri({}, {"cinder://" + own, {}}),
            "cinder://volumes/" + own);
  EXPECT_EQ(driver_->abilities().recognition->own_uri({}, {"cinder://" + others, {}}), std::nullopt);
}

// Growth.

TEST_F(CinderDriverTest, GrowsDetachedOrAttachedAsConfigured) {
  CinderSettings settings = cinder_.settings();
  for (const bool is_attached : {false, true}) {
    settings.extends_attached = is_attached;
    start(settings);
    const std::size_t before = cinder_.requests().size();
    const Location location = write_over_the_end("mark");

    EXPECT_EQ(read_all(*driver_->open({}, location, {.offset = gibibyte, .length = {}}), 10), "mark");
    const auto requests = cinder_.requests();
    const auto attachments =
        std::count_if(requests.begin() + static_cast<std::ptrdiff_t>(before), requests.end(),
                      [](const SeenRequest& request) {
                        return request.method == "POST" && request.target.ends_with("/attachments");
                      });
    EXPECT_EQ(attachments, is_attached ? 2 : 3);
    driver_->remove({}, location);
  }
}

TEST_F(CinderDriverTest, DetachesAVolumeThatCannotGrowAttached) {
  CinderSettings settings = cinder_.settings();
  settings.extends_attached = true;
  start(settings);
  cinder_.end_in("extend attached", "error_extending");

  const Location location = write_over_the_end("mark");

  EXPECT_EQ(driver_->size({}, location), gibibyte + 4);
}

TEST_F(CinderDriverTest, DetachesAVolumeWhoseDeviceDoesNotGrow) {
  CinderSettings settings = cinder_.settings();
  settings.extends_attached = true;
  start(settings);
  cinder_.let_devices_grow(false);

  EXPECT_EQ(driver_->size({}, write_over_the_end("mark")), gibibyte + 4);
}

TEST_F(CinderDriverTest, IsFullWhenAVolumeCannotGrow) {
  for (const auto limit : {true, false}) {
    if (limit) cinder_.limit_size(1);
    if (!limit) cinder_.end_in("extend", "error_extending");

    EXPECT_THAT(message_of(ErrorCode::storage_full, [&] { write_over_the_end("mark"); }),
                HasSubstr(limit ? "Quota" : "No back end has the room"));
    expect_nothing_left();
    cinder_.limit_size(100);
  }
}

// Refusals and silence.

TEST_F(CinderDriverTest, IsFullWhenTheProjectsQuotaIsUsedUp) {
  cinder_.limit_size(1);

  EXPECT_THAT(message_of(ErrorCode::storage_full, [&] { driver_->create({}, {"blob"}, gibibyte + 1); }),
              HasSubstr("Quota"));
  EXPECT_EQ(error_of([&] { driver_->create({}, {"blob"}, UINT64_MAX); }), ErrorCode::storage_full);
  expect_nothing_left();
}

TEST_F(CinderDriverTest, IsFullWhenNoBackEndTakesTheVolume) {
  cinder_.end_in("create", "error");

  EXPECT_THAT(message_of(ErrorCode::storage_full, [&] { write(); }), HasSubstr("No back end has the room"));
  expect_nothing_left();
}

TEST_F(CinderDriverTest, GivesUpOnAVolumeThatStaysInAStateAndRemovesItLater) {
  cinder_.end_in("create", "creating");

  EXPECT_THAT(message_of(ErrorCode::unavailable, [&] { write(); }), HasSubstr("stays in the state creating"));
  EXPECT_THAT(cinder_.everything(), ElementsAre("image-blob creating 0"));

  cinder_.set_status(cinder_.id_of("image-blob"), "available");
  expect_nothing_left();
}

TEST_F(CinderDriverTest, RemovesAVolumeWhoseCreationWasNotAnswered) {
  cinder_.fail_after(fault("POST", "/volumes", Page{.verbatim = ""}));

  EXPECT_EQ(error_of([&] { write(); }), ErrorCode::unavailable);
  expect_nothing_left();
}

TEST_F(CinderDriverTest, TriesAgainToAttachAndThenSaysWhoCannot) {
  const Page refused{.status = 400, .content = R"({"badRequest":{"message":"Invalid volume."}})"};
  cinder_.fail_before(fault("POST", "/attachments", refused, 2));
  EXPECT_EQ(read(write()), "content");
  driver_->discard({}, {"blob"});

  cinder_.fail_before(fault("POST", "/attachments", refused, 3));
  EXPECT_THAT(message_of(ErrorCode::unavailable, [&] { write(); }), HasSubstr("multiattach"));
  expect_nothing_left();
}

TEST_F(CinderDriverTest, DetachesWhatCouldNotBeCompleted) {
  cinder_.fail_before(fault("POST", "/action", Page{.status = 500, .content = "{}"}));

  EXPECT_EQ(error_of([&] { write(); }), ErrorCode::unavailable);
  expect_nothing_left();
}

TEST_F(CinderDriverTest, DetachesLaterWhatCinderDoesNotDetachNow) {
  const Location location = write();
  cinder_.fail_before(fault("DELETE", "/attachments", Page{.status = 500, .content = "{}"}, 1000));
  EXPECT_EQ(read(location), "content");
  EXPECT_THAT(cinder_.everything(), ElementsAre("image-blob in-use 1"));

  EXPECT_EQ(error_of([&] { driver_->remove({}, location); }), ErrorCode::conflict);
  cinder_.fail_before({});
  const Deadline end = deadline_in(std::chrono::seconds(10));
  while (cinder_.everything().front() != "image-blob available 0" && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(read(location), "content");
}

TEST_F(CinderDriverTest, LeavesNothingWhenTheDataCannotBeWritten) {
  for (const ErrorCode code : {ErrorCode::storage_full, ErrorCode::unavailable}) {
    cinder_.fail_data(Error(code, "the device fails"));

    EXPECT_EQ(error_of([&] { write(); }), code);
    expect_nothing_left();
  }
}

TEST_F(CinderDriverTest, LeavesNothingWhenTheCommitFailsAtAnyRequest) {
  for (const std::string part : {"/metadata", "/action"}) {
    auto writer = driver_->create({}, {"blob"}, {});
    writer->write(bytes_of("content"));
    cinder_.fail_after(fault(part == "/metadata" ? "PUT" : "POST", part, Page{.verbatim = ""}, 9));

    EXPECT_EQ(error_of([&] { writer->commit(); }), ErrorCode::unavailable) << part;
    cinder_.fail_after({});
    writer.reset();
    expect_nothing_left();
  }
}

TEST_F(CinderDriverTest, RefusesVolumesThatNeedTheKernelOrAreEncrypted) {
  CinderSettings settings = cinder_.settings();
  settings.volume_type = "slow";
  start(settings);
  EXPECT_THAT(message_of(ErrorCode::not_supported, [&] { write(); }), HasSubstr("fibre_channel"));
  expect_nothing_left();

  settings.volume_type = "encrypted";
  start(settings);
  EXPECT_THAT(message_of(ErrorCode::not_supported, [&] { write(); }), HasSubstr("encrypted"));
  expect_nothing_left();
}

TEST_F(CinderDriverTest, SaysThatAVolumeWithSnapshotsStays) {
  const Location location = write();
  cinder_.fail_before(fault(
      "DELETE", "/volumes",
      Page{.status = 400, .content = R"({"badRequest":{"message":"Volume has 1 dependent snapshots."}})"}));

  EXPECT_THAT(message_of(ErrorCode::conflict, [&] { driver_->remove({}, location); }),
              HasSubstr("dependent snapshots"));
  EXPECT_EQ(read(location), "content");
}

TEST_F(CinderDriverTest, SaysThatABackEndHasNotRemovedTheVolume) {
  const Location location = write();
  cinder_.end_in("delete", "error_deleting");

  EXPECT_THAT(message_of(ErrorCode::conflict, [&] { driver_->remove({}, location); }),
              HasSubstr("error_deleting"));
}

TEST_F(CinderDriverTest, TakesALongRemovalForOne) {
  const Location location = write();
  cinder_.end_in("delete", "deleting");

  driver_->remove({}, location);

  EXPECT_EQ(error_of([&] { driver_->size({}, location); }), ErrorCode::not_found);
}

TEST_F(CinderDriverTest, LeavesNothingOfAVolumeThatStaysInTheStateOfGrowing) {
  cinder_.end_in("extend", "extending");

  EXPECT_THAT(message_of(ErrorCode::unavailable, [&] { write_over_the_end("mark"); }),
              HasSubstr("stays in the state extending"));
  cinder_.set_status(cinder_.id_of("image-blob"), "error_extending");
  expect_nothing_left();
}

TEST_F(CinderDriverTest, LogsInAnewWhenItsTokenIsOver) {
  const auto writer = driver_->create({}, {"blob"}, {});
  writer->write(bytes_of("content"));
  cinder_.refuse_tokens();

  const Location location = writer->commit();

  EXPECT_EQ(read(location), "content");
  EXPECT_EQ(cinder_.keystone().logins(), 2u);
}

TEST_F(CinderDriverTest, AsksAgainWhenCinderIsBusy) {
  cinder_.fail_before(fault("POST", "/volumes", Page{.status = 503}, 2));
  EXPECT_EQ(read(write()), "content");
}

// Readers and those who died.

TEST_F(CinderDriverTest, SharesAnAttachmentBetweenReaders) {
  const Location location = write(std::string(100'000, 'x'));
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] { EXPECT_EQ(read(location).size(), 100'000u); });
    }
  }
  EXPECT_THAT(cinder_.everything(), ElementsAre("image-blob available 0"));
}

TEST_F(CinderDriverTest, ClearsAwayWhatDeadProcessesOfThisHostHaveLeft) {
  const CinderNode here("this-host");
  auto dead = here.upload_marks("u");
  dead[upload_process_key] = "1-1";
  auto elsewhere = dead;
  elsewhere[upload_host_key] = "another";
  driver_.reset();
  cinder_.add_attachment(cinder_.add_volume("image-dead", dead), "");
  cinder_.add_volume("image-elsewhere", elsewhere);
  cinder_.add_volume("image-alive", here.upload_marks("v"));
  const std::string used = cinder_.add_volume("image-used");
  cinder_.add_attachment(used, "glance_store/this-host/1-1");
  const std::string others = cinder_.add_volume("image-others");
  cinder_.add_attachment(others, "glance_store/another/1-1");
  const std::string own = cinder_.add_volume("image-own");
  cinder_.add_attachment(own, here.device());

  start(cinder_.settings());

  const Deadline end = deadline_in(std::chrono::seconds(10));
  while (cinder_.everything().size() > 5 || cinder_.status_of(used) != "available") {
    ASSERT_LT(std::chrono::steady_clock::now(), end);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_THAT(cinder_.everything(),
              ::testing::UnorderedElementsAre("image-elsewhere available 0", "image-alive available 0",
                                              "image-used available 0", "image-others in-use 1",
                                              "image-own in-use 1"));
}

}  // namespace
}  // namespace vitrine::stores
