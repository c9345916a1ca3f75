#include "images/data_removal.h"

#include <gmock/gmock.h>

#include <thread>

#include "images/recovery.h"
#include "tests/support/house.h"

namespace vitrine::images {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using tests::Operation;

class CopyRemoval : public House {
 protected:
  CopyRemoval() : House(stores::StoreMode::several) {}

  void remove_from(const std::string& store_id, std::string_view image_id) {
    images().remove_from_store(admin_, seen(image_id), images().store_with_copies(store_id), {});
  }

  ErrorCode code_of_removal(const std::string& store_id, std::string_view image_id) {
    return code_of([&] { remove_from(store_id, image_id); });
  }

  std::string first_location(const model::Image& image) { return "memory memory://" + image.id; }
  std::string second_location(const model::Image& image) { return "second memory://" + image.id; }

  void expect_both_copies(const model::Image& image) {
    EXPECT_THAT(locations_of(image.id), ElementsAre(first_location(image), second_location(image)));
    EXPECT_TRUE(memory_->content(image.id));
    EXPECT_TRUE(second_.memory->content(image.id));
    EXPECT_TRUE(removals_.entries().empty());
  }
};

TEST_F(CopyRemoval, TakesRowAndDataAndLeavesTheOtherCopy) {
  const model::Image image = with_two_copies("12345");

  remove_from("memory", image.id);

  EXPECT_THAT(locations_of(image.id), ElementsAre(second_location(image)));
  EXPECT_FALSE(memory_->content(image.id));
  EXPECT_TRUE(second_.memory->content(image.id));
  EXPECT_TRUE(removals_.entries().empty());
}

TEST_F(CopyRemoval, IsRefusedForTheLastCopy) {
  const model::Image image = active("12345");

  EXPECT_EQ(code_of_removal("memory", image.id), ErrorCode::forbidden);

  EXPECT_EQ(memory_->content(image.id), "12345");
}

TEST_F(CopyRemoval, ChecksStoreThenImageThenStatusThenCopy) {
  const model::Image image = with_two_copies("12345");
  const model::Image empty = queued();

  EXPECT_EQ(code_of_removal("nowhere", "no image"), ErrorCode::conflict);
  EXPECT_EQ(code_of_removal("os_glance_staging_store", image.id), ErrorCode::conflict);
  EXPECT_EQ(code_of_removal("memory", "no image"), ErrorCode::not_found);
  EXPECT_EQ(code_of_removal("memory", empty.id), ErrorCode::conflict);
  EXPECT_EQ(code_of_removal("origin", image.id), ErrorCode::not_found);
  expect_both_copies(image);
}

TEST_F(CopyRemoval, IsUndoneWhenTheStoreRefuses) {
  const model::Image image = with_two_copies("12345");

  for (const ErrorCode code : {ErrorCode::conflict, ErrorCode::unavailable, ErrorCode::internal}) {
    faults_.fail(Operation::remove, 1, Error(code, "no"));
    EXPECT_EQ(code_of_removal("memory", image.id), code);
    expect_both_copies(image);
  }
}

TEST_F(CopyRemoval, IsFineWhenTheDataIsGoneAlready) {
  const model::Image image = with_two_copies("12345");
  memory_->discard({}, {image.id});

  remove_from("memory", image.id);

  EXPECT_THAT(locations_of(image.id), ElementsAre(second_location(image)));
}

TEST_F(CopyRemoval, LeavesWhatAReadOnlyStorePointsToAtItsOrigin) {
  const model::Image image = active("12345");
  with_location(image.id, {origin_.memory->put("elsewhere", "12345").uri, {{"store", "origin"}}});

  remove_from("origin", image.id);

  EXPECT_THAT(locations_of(image.id), ElementsAre(first_location(image)));
  EXPECT_EQ(origin_.memory->content("elsewhere"), "12345");
}

TEST_F(CopyRemoval, OfBothCopiesAtTheSameTimeLeavesOne) {
  const model::Image image = with_two_copies("12345");
  faults_.stall(Operation::remove, 1);
  std::thread first([&] { remove_from("memory", image.id); });
  ASSERT_TRUE(faults_.wait_for_stall());

  EXPECT_EQ(code_of_removal("second", image.id), ErrorCode::forbidden);
  faults_.release();
  first.join();

  EXPECT_THAT(locations_of(image.id), ElementsAre(second_location(image)));
  EXPECT_TRUE(second_.memory->content(image.id));
}

TEST_F(CopyRemoval, KeepsWhatOthersChangedBeforeItWasUndone) {
  const model::Image image = with_two_copies("12345");
  std::stop_source client;
  faults_.stall(Operation::remove, 1);
  std::thread removal([&] {
    EXPECT_EQ(code_of([&] {
                images().remove_from_store(admin_, seen(image.id), images().store_with_copies("memory"),
                                           client.get_token());
              }),
              ErrorCode::cancelled);
  });
  ASSERT_TRUE(faults_.wait_for_stall());
  clock_.advance(std::chrono::seconds{1});
  images().update(admin_, image.id, [](model::Image& fresh, auto&) { fresh.name = "new"; }, {});

  client.request_stop();
  removal.join();

  EXPECT_EQ(catalog_->find(image.id)->name, "new");
  EXPECT_THAT(locations_of(image.id), ElementsAre(second_location(image), first_location(image)));
}

TEST_F(CopyRemoval, ThatLosesItsImageMeanwhileIsFinishedAtTheNextStart) {
  const model::Image image = with_two_copies("12345");
  std::stop_source client;
  faults_.stall(Operation::remove, 1);
  std::thread removal([&] {
    EXPECT_EQ(code_of([&] {
                images().remove_from_store(admin_, seen(image.id), images().store_with_copies("memory"),
                                           client.get_token());
              }),
              ErrorCode::cancelled);
  });
  ASSERT_TRUE(faults_.wait_for_stall());
  images().remove(admin_, seen(image.id), {});
  client.request_stop();
  removal.join();
  ASSERT_TRUE(memory_->content(image.id));

  recover(resources());

  expect_no_trace_of(image, "deleted");
}

TEST_F(CopyRemoval, StandsInTheJournalUntilTheDataIsGone) {
  const model::Image image = with_two_copies("12345");
  faults_.stall(Operation::remove, 1);
  std::thread removal([&] { remove_from("memory", image.id); });
  ASSERT_TRUE(faults_.wait_for_stall());

  const std::vector<transfer::JournalEntry> lines = removals_.entries();
  faults_.release();
  removal.join();

  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].store_id, "memory");
  EXPECT_EQ(lines[0].blob_name, image.id);
  EXPECT_EQ(lines[0].location_row, image.locations[0].id);
}

class SingleStore : public House {};

TEST_F(SingleStore, HasNoCopiesToRemove) {
  EXPECT_EQ(code_of([&] {
              images().remove_from_store(admin_, active("1"), images().store_with_copies("memory"), {});
            }),
            ErrorCode::not_found);
}

class ChangeWithRemoval : public CopyRemoval {
 protected:
  /// Renames the image and takes out its first location.
  void rename_and_take_out(const model::Image& image) {
    images().update(admin_, image.id,
                    [](model::Image& fresh, auto&) {
                      fresh.name = "new";
                      fresh.locations.erase(fresh.locations.begin());
                    },
                    {});
  }
};

TEST_F(ChangeWithRemoval, IsDoneAsAWhole) {
  const model::Image image = with_two_copies("12345");

  rename_and_take_out(image);

  EXPECT_EQ(catalog_->find(image.id)->name, "new");
  EXPECT_FALSE(memory_->content(image.id));
}

TEST_F(ChangeWithRemoval, IsUndoneAsAWhole) {
  const model::Image image = with_two_copies("12345");
  faults_.fail(Operation::remove, 1, Error(ErrorCode::conflict, "in use"));

  EXPECT_EQ(code_of([&] { rename_and_take_out(image); }), ErrorCode::conflict);

  EXPECT_EQ(catalog_->find(image.id)->name, std::nullopt);
  expect_both_copies(image);
}

TEST_F(ChangeWithRemoval, DoesNotBringBackWhatIsGoneFromAnotherStore) {
  const model::Image image = with_two_copies("12345");
  second_.faults.fail(Operation::remove, 1, Error(ErrorCode::conflict, "in use"));

  EXPECT_EQ(code_of([&] {
              images().update(admin_, image.id, [](model::Image& fresh, auto&) { fresh.locations.clear(); },
                              {});
            }),
            ErrorCode::conflict);

  EXPECT_THAT(locations_of(image.id), ElementsAre(second_location(image)));
  EXPECT_FALSE(memory_->content(image.id));
  EXPECT_THAT(removals_.entries(), IsEmpty());
}

TEST_F(ChangeWithRemoval, KeepsDataThatAnotherLocationNames) {
  const model::Image image = active("12345");
  with_location(image.id, {"memory://" + image.id, {{"store", "memory"}, {"tier", "hot"}}});

  rename_and_take_out(image);

  EXPECT_EQ(memory_->content(image.id), "12345");
  EXPECT_THAT(locations_of(image.id), ElementsAre(first_location(image)));
}

TEST_F(ChangeWithRemoval, IsRefusedWhenOthersChangedTheLocationsMeanwhile) {
  const model::Image image = with_two_copies("12345");
  int runs = 0;

  const auto code = code_of([&] {
    images().update(
        admin_, image.id,
        [&](model::Image& fresh, auto&) { fresh.locations.erase(fresh.locations.begin() + (runs++ % 2)); },
        {});
  });

  EXPECT_EQ(code, ErrorCode::conflict);
  expect_both_copies(image);
}

}  // namespace
}  // namespace vitrine::images
