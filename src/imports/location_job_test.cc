#include "imports/location_job.h"

#include <gmock/gmock.h>

#include <thread>

#include "imports/bookkeeping.h"
#include "imports/location_imports.h"
#include "tests/support/disk_images.h"
#include "tests/support/import_house.h"

namespace vitrine::imports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::Operation;

constexpr std::string_view sha256 = "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5";

class LocationRun : public ImportHouse {
 protected:
  LocationRun() {
    settings_.node_url = "http://this-node:9292";
    settings_.reading = {.attempts = 3, .first_pause = std::chrono::milliseconds{1}};
  }

  /// A task that is to give the image the location of these bytes, which lie in the first store.
  std::unique_ptr<LocationJob> accepted_location(const model::Image& image,
                                                 std::string_view content = "12345",
                                                 std::string_view digest = "") {
    LocationRequest request{.caller = admin_,
                            .request_id = "req-1",
                            .image = image,
                            .location = memory_->put("blob", std::string(content)),
                            .expected_hash_algo = digest.empty() ? "" : "sha256",
                            .expected_hash_value = std::string(digest)};
    journal_.add(location_line(task_id, image.id));
    EXPECT_TRUE(catalog_->take_import_lock(image.id, task_id));
    catalog_->insert_task(
        {.id = std::string(task_id), .type = "location_import", .owner = "p", .image_id = image.id});
    return std::make_unique<LocationJob>(means(), std::move(request), std::string(task_id));
  }

  void expect_queued_as_before(const model::Image& image) {
    const model::Image now = seen(image.id);
    EXPECT_EQ(now.status, model::ImageStatus::queued);
    EXPECT_THAT(now.locations, IsEmpty());
    EXPECT_EQ(now.size, std::nullopt);
    EXPECT_EQ(now.os_hash_algo, std::nullopt);
    EXPECT_EQ(now.os_hash_value, std::nullopt);
    EXPECT_EQ(now.checksum, std::nullopt);
    EXPECT_EQ(property(image, hash_host), "none");
    EXPECT_TRUE(memory_->content("blob")) << "the client's own data was removed";
    expect_settled(image);
  }
};

TEST_F(LocationRun, MakesTheImageActiveAndComputesItsDigests) {
  const model::Image image = queued();

  accepted_location(image)->run();

  const model::Image now = seen(image.id);
  EXPECT_EQ(now.status, model::ImageStatus::active);
  EXPECT_EQ(now.size, 5u);
  EXPECT_EQ(now.checksum, "827ccb0eea8a706c4c34a16891f84e7b");
  EXPECT_EQ(now.os_hash_algo, "sha512");
  EXPECT_EQ(now.os_hash_value->substr(0, 8), "3627909a");
  EXPECT_THAT(locations_of(image.id), ElementsAre("memory memory://blob"));
  EXPECT_EQ(task().status, model::TaskStatus::success);
  EXPECT_EQ(std::string(task().result->at("image_id").as_string()), image.id);
  expect_settled(image);
}

TEST_F(LocationRun, AnImageWithoutAnExpectedDigestIsInUseWhileItsDataIsRead) {
  const model::Image image = queued();
  faults_.stall(Operation::read, 1);
  const auto job = accepted_location(image);

  std::jthread runner([&] { job->run(); });
  EXPECT_TRUE(faults_.wait_for_stall());
  const model::Image meanwhile = seen(image.id);
  const std::string host = property(image, hash_host);
  faults_.release();
  runner.join();

  EXPECT_EQ(meanwhile.status, model::ImageStatus::active);
  EXPECT_EQ(meanwhile.os_hash_algo, "sha512");
  EXPECT_EQ(meanwhile.os_hash_value, std::nullopt);
  EXPECT_EQ(host, "http://this-node:9292");
  EXPECT_EQ(property(image, hash_host), "none");
}

TEST_F(LocationRun, AnImageWithAnExpectedDigestWaitsUntilItsDataIsRead) {
  const model::Image image = queued();
  faults_.stall(Operation::read, 1);
  const auto job = accepted_location(image, "12345", sha256);

  std::jthread runner([&] { job->run(); });
  EXPECT_TRUE(faults_.wait_for_stall());
  const std::string meanwhile = status_of(image.id);
  faults_.release();
  runner.join();

  EXPECT_EQ(meanwhile, "importing");
  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(seen(image.id).os_hash_algo, "sha256");
  EXPECT_EQ(seen(image.id).os_hash_value, sha256);
  expect_settled(image);
}

TEST_F(LocationRun, DataThatIsNotTheExpectedLeavesTheImageQueuedAndTheDataAlone) {
  const model::Image image = queued();

  accepted_location(image, "54321", sha256)->run();

  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_THAT(task().message, HasSubstr("sha256"));
  expect_queued_as_before(image);
}

TEST_F(LocationRun, UnsafeDataIsRefusedBeforeTheImageIsInUse) {
  const model::Image image = queued("qcow2");

  accepted_location(image, tests::qcow2({.backing_file = 1}), std::string(64, '0'))->run();

  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_THAT(task().message, HasSubstr("safety checks"));
  expect_queued_as_before(image);
}

TEST_F(LocationRun, ReadingIsTriedAgain) {
  const model::Image image = queued();
  faults_.fail(Operation::open, 1);
  faults_.fail(Operation::read, 1);

  accepted_location(image, "12345", sha256)->run();

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(seen(image.id).os_hash_value, sha256);
}

TEST_F(LocationRun, AStoreThatNeverGivesTheDataEndsTheTaskOfAnImageThatWaits) {
  const model::Image image = queued();
  for (std::size_t call = 1; call <= 3; ++call) faults_.fail(Operation::open, call);

  accepted_location(image, "12345", sha256)->run();

  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_EQ(faults_.calls(Operation::open), 3u);
  expect_queued_as_before(image);
}

TEST_F(LocationRun, AnImageInUseStaysSoWithoutDigests) {
  const model::Image image = queued();
  for (std::size_t call = 1; call <= 3; ++call) faults_.fail(Operation::open, call);

  accepted_location(image)->run();

  const model::Image now = seen(image.id);
  EXPECT_EQ(now.status, model::ImageStatus::active);
  EXPECT_EQ(now.os_hash_value, std::nullopt);
  EXPECT_EQ(property(image, hash_host), "none");
  EXPECT_EQ(task().status, model::TaskStatus::success);
  EXPECT_THAT(task().message, HasSubstr("could not be computed: The store is down"));
  expect_settled(image);
}

TEST_F(LocationRun, WhereDigestsAreNotComputedTheClientIsBelieved) {
  settings_.computes_digests = false;
  const model::Image image = queued();

  accepted_location(image, "54321", sha256)->run();

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(seen(image.id).os_hash_algo, "sha256");
  EXPECT_EQ(seen(image.id).os_hash_value, sha256);
  EXPECT_EQ(faults_.calls(Operation::open), 0u);
  expect_settled(image);
}

TEST_F(LocationRun, WhereDigestsAreNotComputedThereMayBeNone) {
  settings_.computes_digests = false;
  const model::Image image = queued();

  accepted_location(image)->run();

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(seen(image.id).os_hash_algo, std::nullopt);
  EXPECT_EQ(property(image, hash_host), "none");
  expect_settled(image);
}

TEST_F(LocationRun, ALocationWithoutDataEndsTheTask) {
  const model::Image image = queued();

  accepted_location(image, "")->run();

  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_THAT(task().message, HasSubstr("no data"));
  expect_queued_as_before(image);
}

TEST_F(LocationRun, AnImageWithoutFormatsStaysQueued) {
  const model::Image image = images().create(admin_, {});

  accepted_location(image)->run();

  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_THAT(task().message, HasSubstr("disk_format"));
  expect_queued_as_before(image);
}

TEST_F(LocationRun, IsEndedByTheEndOfTheImage) {
  const model::Image image = queued();
  faults_.stall(Operation::read, 1);
  const auto job = accepted_location(image);

  std::jthread runner([&] { job->run(); });
  EXPECT_TRUE(faults_.wait_for_stall());
  job->cancel("The image has been deleted.");
  runner.join();

  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_EQ(task().message, "The image has been deleted.");
  EXPECT_EQ(property(image, hash_host), "none");
  EXPECT_EQ(status_of(image.id), "active");
  expect_settled(image);
}

struct Death {
  std::string name;
  model::ImageStatus status;  ///< that the image had when the process died
  std::string status_afterwards;
  model::TaskStatus task;
};

class DeathDuringALocation : public LocationRun, public testing::WithParamInterface<Death> {};

TEST_P(DeathDuringALocation, IsSettledAtTheNextStart) {
  const model::Image image = queued();
  const auto dead = accepted_location(image, "12345", sha256);
  tasks_.advance(task_id, model::TaskStatus::processing, [](model::Task&) {});
  catalog_->change(image.id, [&](model::Image& fresh) {
    fresh.status = GetParam().status;
    if (fresh.status == model::ImageStatus::queued) return;
    fresh.locations.emplace_back().location = {"memory://blob", {{"store", "memory"}}};
    fresh.size = 5;
    fresh.os_hash_algo = "sha256";
    fresh.set_property(hash_host, "http://this-node:9292");
  });

  recover(means());

  EXPECT_EQ(status_of(image.id), GetParam().status_afterwards);
  EXPECT_EQ(task().status, GetParam().task);
  EXPECT_EQ(property(image, hash_host), "none");
  EXPECT_EQ(locations_of(image.id).empty(), GetParam().status_afterwards == "queued");
  EXPECT_TRUE(memory_->content("blob"));
  expect_settled(image);
}

INSTANTIATE_TEST_SUITE_P(All, DeathDuringALocation,
                         testing::Values(Death{"BeforeItBegan", model::ImageStatus::queued, "queued",
                                               model::TaskStatus::failure},
                                         Death{"WhileTheImageWaited", model::ImageStatus::importing, "queued",
                                               model::TaskStatus::failure},
                                         Death{"WhileTheImageWasInUse", model::ImageStatus::active, "active",
                                               model::TaskStatus::success}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace vitrine::imports
