#include "images/quota.h"

#include <atomic>
#include <thread>

#include "tests/support/house.h"

namespace vitrine::images {
namespace {

using tests::Operation;

TEST(StorageQuotaText, HasAUnitOfPowersOf1024) {
  EXPECT_EQ(parse_storage_quota("0"), 0u);
  EXPECT_EQ(parse_storage_quota("007"), 7u);
  EXPECT_EQ(parse_storage_quota("500B"), 500u);
  EXPECT_EQ(parse_storage_quota("3KB"), 3u << 10);
  EXPECT_EQ(parse_storage_quota("3MB"), 3u << 20);
  EXPECT_EQ(parse_storage_quota("3GB"), std::uint64_t{3} << 30);
  EXPECT_EQ(parse_storage_quota("3TB"), std::uint64_t{3} << 40);
}

TEST(StorageQuotaText, ThatNoNumberHoldsIsTheLargestOne) {
  EXPECT_EQ(parse_storage_quota("99999999TB"), UINT64_MAX);
  EXPECT_EQ(parse_storage_quota("99999999999999999999999"), UINT64_MAX);
}

TEST(StorageQuotaText, OfAnyOtherKindIsRefused) {
  for (const char* text : {"", "B", "GB", "-5", "+5", "10 B", " 10", "10kb", "10K", "1.5GB", "10PB", "abc"}) {
    EXPECT_FALSE(parse_storage_quota(text)) << text;
  }
}

/// Project p may store ten bytes.
class StorageQuotaUse : public House {
 protected:
  StorageQuotaUse() : House(stores::StoreMode::several) { storage_quota_ = StorageQuota{10}; }

  model::Image queued_of(const model::Caller& caller) {
    model::Image image;
    image.disk_format = "raw";
    image.container_format = "bare";
    image.owner = caller.project_id;
    return images().create(caller, image);
  }

  std::unique_ptr<Upload> begin(const model::Image& image, std::optional<std::uint64_t> announced = {}) {
    return images().upload(p_, image, {.announced_size = announced}, {});
  }

  /// Of an image that is the project's from now on.
  model::Image upload(std::string_view content, const model::Caller& caller) {
    const model::Image image = queued_of(caller);
    const auto upload = images().upload(caller, image, {.announced_size = content.size()}, {});
    upload->write(chunk(content));
    return upload->finish();
  }

  /// As another node has them, which knows nothing of what is reserved on this one.
  Resources resources_of(Quotas& quotas) {
    return {.catalog = *catalog_,
            .stores = *stores_,
            .uploads = uploads_,
            .removals = removals_,
            .quotas = quotas,
            .digests = digests_,
            .buffers = buffers_,
            .download_buffers = download_buffers_,
            .admission = admission_};
  }

  std::uint64_t stored() { return catalog_->count({.project = "p"}); }

  model::Caller p_{.project_id = "p"};
  model::Caller q_{.project_id = "q"};
};

TEST_F(StorageQuotaUse, TakesWhatFitsToTheLastByte) {
  upload("1234567", p_);
  upload("123", p_);

  EXPECT_EQ(stored(), 10u);
}

TEST_F(StorageQuotaUse, RefusesAnAnnouncedSizeBeforeTheFirstByte) {
  upload("1234567", p_);
  const model::Image image = queued_of(p_);

  EXPECT_EQ(code_of([&] { begin(image, 4); }), ErrorCode::limit_exceeded);

  expect_no_trace_of(image, "queued");
}

TEST_F(StorageQuotaUse, StopsDataOfUnknownSizeWhereItIsUsedUp) {
  const model::Image image = queued_of(p_);
  auto upload = begin(image);
  upload->write(chunk("12345"));
  upload->write(chunk("12345"));

  EXPECT_EQ(code_of([&] { upload->write(chunk("1")); }), ErrorCode::limit_exceeded);
  upload.reset();

  expect_no_trace_of(image, "queued");
}

TEST_F(StorageQuotaUse, RefusesDataOfUnknownSizeAtOnceWhenNothingIsLeft) {
  upload("1234567890", p_);
  const model::Image image = queued_of(p_);

  EXPECT_EQ(code_of([&] { begin(image); }), ErrorCode::limit_exceeded);

  expect_no_trace_of(image, "queued");
}

TEST_F(StorageQuotaUse, IsThatOfTheCallersProjectWhoeverOwnsTheImage) {
  upload("1234567890", p_);
  const model::Image of_p = queued_of(p_);
  const model::Image of_q = queued_of(q_);

  const auto by_admin = images().upload(admin_, of_p, {.announced_size = 8}, {});
  by_admin->write(chunk("12345678"));
  by_admin->finish();
  EXPECT_EQ(code_of([&] {
              images().upload({.project_id = "p", .is_admin = true}, of_q, {.announced_size = 1}, {});
            }),
            ErrorCode::limit_exceeded);

  EXPECT_EQ(stored(), 18u);
  expect_no_trace_of(of_q, "queued");
}

TEST_F(StorageQuotaUse, IsFreeAgainAfterADeletion) {
  const model::Image old = upload("1234567890", p_);
  images().remove(admin_, seen(old.id), {});

  upload("1234567890", p_);

  EXPECT_EQ(stored(), 10u);
}

TEST_F(StorageQuotaUse, ADeletionMakesRoomForDataThatIsComingIn) {
  const model::Image old = upload("12345", p_);
  const auto coming = begin(queued_of(p_));
  coming->write(chunk("12345"));

  images().remove(admin_, seen(old.id), {});
  coming->write(chunk("12345"));
  coming->finish();

  EXPECT_EQ(stored(), 10u);
}

TEST_F(StorageQuotaUse, ReservesWhatIsAnnouncedUntilItFails) {
  const model::Image first = queued_of(p_);
  const model::Image second = queued_of(p_);
  auto under_way = begin(first, 6);
  EXPECT_EQ(quotas_->reserved("p"), 6u);

  EXPECT_EQ(code_of([&] { begin(second, 5); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(status_of(second.id), "queued");
  under_way.reset();

  EXPECT_NO_THROW(begin(second, 5));
  expect_no_trace_of(first, "queued");
}

TEST_F(StorageQuotaUse, ReservesDataOfUnknownSizeAsItComes) {
  const auto first = begin(queued_of(p_));
  const auto second = begin(queued_of(p_));
  first->write(chunk("12345"));
  second->write(chunk("1234"));
  EXPECT_EQ(quotas_->reserved("p"), 9u);

  EXPECT_EQ(code_of([&] { second->write(chunk("12")); }), ErrorCode::limit_exceeded);
  first->write(chunk("1"));
  first->finish();

  EXPECT_EQ(code_of([&] { second->write(chunk("1")); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(stored(), 6u);
}

TEST_F(StorageQuotaUse, WhatIsStoredMeanwhileCountsForDataThatIsComingIn) {
  const auto coming = begin(queued_of(p_));
  coming->write(chunk("1"));

  upload("123456", p_);

  EXPECT_EQ(code_of([&] { coming->write(chunk("1234")); }), ErrorCode::limit_exceeded);
}

TEST_F(StorageQuotaUse, KeepsNoReservationWhereverTheStoreFails) {
  for (const Operation operation : {Operation::create, Operation::write, Operation::commit}) {
    const model::Image image = queued_of(p_);
    faults_.fail(operation, 1, Error(ErrorCode::storage_full, "full"));

    EXPECT_EQ(code_of([&] {
                const auto upload = begin(image, 10);
                upload->write(chunk("1234567890"));
                upload->finish();
              }),
              ErrorCode::storage_full);

    EXPECT_EQ(quotas_->reserved("p"), 0u);
    expect_no_trace_of(image, "queued");
  }
}

TEST_F(StorageQuotaUse, AnImageDeletedMeanwhileGivesItsRoomBack) {
  const model::Image image = queued_of(p_);
  auto coming = begin(image, 10);
  coming->write(chunk("1234567890"));
  images().remove(admin_, seen(image.id), {});

  EXPECT_EQ(code_of([&] { coming->finish(); }), ErrorCode::gone);
  coming.reset();

  upload("1234567890", p_);
}

TEST_F(StorageQuotaUse, HoldsBetweenNodesWithoutATrace) {
  Quotas other_quotas(*catalog_, storage_quota_);
  const model::Image image = queued_of(p_);
  auto here = begin(image, 6);
  here->write(chunk("123456"));
  const model::Image other = queued_of(p_);
  const auto there = Images(resources_of(other_quotas), limits_).upload(p_, other, {.announced_size = 6}, {});
  there->write(chunk("123456"));
  there->finish();

  EXPECT_EQ(code_of([&] { here->finish(); }), ErrorCode::limit_exceeded);
  here.reset();

  expect_no_trace_of(image, "queued");
  EXPECT_EQ(stored(), 6u);
}

TEST_F(StorageQuotaUse, HoldsHoweverManyComeAtTheSameTime) {
  constexpr std::size_t count = 8;
  Quotas other_node(*catalog_, storage_quota_);
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < count; ++i) ids.push_back(queued_of(p_).id);
  std::atomic<int> stored_images = 0;

  std::vector<std::thread> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.emplace_back([&, i] {
      try {
        Images node(resources_of(i % 2 == 0 ? *quotas_ : other_node), limits_);
        const auto upload = node.upload(p_, seen(ids[i]), {}, {});
        upload->write(chunk("12"));
        upload->write(chunk("3"));
        upload->finish();
        ++stored_images;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::limit_exceeded) << error.what();
      }
    });
  }
  for (std::thread& client : clients) client.join();

  EXPECT_EQ(stored_images, 3);
  EXPECT_EQ(stored(), 9u);
  EXPECT_EQ(other_node.reserved("p"), 0u);
}

class StorageQuotaOfLocations : public StorageQuotaUse {
 protected:
  void add(const model::Image& image, const stores::Location& location, const model::Caller& caller) {
    images().update(caller, image.id,
                    [&](model::Image& fresh, LocationEditor& editor) {
                      editor.add(fresh, {.location = location, .validation = {}}, 99);
                    },
                    {});
  }

  void replace(const model::Image& image, const std::vector<stores::Location>& locations) {
    std::vector<GivenLocation> given;
    for (const auto& location : locations) given.push_back({.location = location, .validation = {}});
    images().update(p_, image.id,
                    [&](model::Image& fresh, LocationEditor& editor) { editor.replace(fresh, given); }, {});
  }

  stores::Location somewhere(const std::string& name, std::string_view content) {
    return memory_->put(name, std::string(content));
  }
};

TEST_F(StorageQuotaOfLocations, CountsEachOfThem) {
  const model::Image image = queued_of(p_);
  add(image, somewhere("one", "12345"), p_);
  add(image, somewhere("two", "12345"), p_);
  EXPECT_EQ(stored(), 10u);

  EXPECT_EQ(code_of([&] { add(image, somewhere("three", "12345"), p_); }), ErrorCode::limit_exceeded);

  EXPECT_EQ(locations_of(image.id).size(), 2u);
  EXPECT_EQ(status_of(image.id), "active");
}

TEST_F(StorageQuotaOfLocations, LeavesAnImageQueuedThatItRefuses) {
  const model::Image image = queued_of(p_);

  EXPECT_EQ(code_of([&] { add(image, somewhere("blob", "12345678901"), p_); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(code_of([&] {
              replace(image, {somewhere("one", "123456"), somewhere("two", "123456")});
            }),
            ErrorCode::limit_exceeded);

  expect_no_trace_of(image, "queued");
  EXPECT_TRUE(memory_->content("blob")) << "a client's data is not ours to remove";
}

TEST_F(StorageQuotaOfLocations, CountsOnlyWhatIsAddedToTheImageOfAnotherProject) {
  const model::Image image = queued_of(q_);
  const model::Caller admin_of_p{.project_id = "p", .is_admin = true};
  add(image, somewhere("one", "123456"), admin_of_p);

  add(image, somewhere("two", "123456"), admin_of_p);

  EXPECT_EQ(locations_of(image.id).size(), 2u);
}

TEST_F(StorageQuotaOfLocations, AlsoLeavesRoomForDataThatIsComingIn) {
  const model::Image image = queued_of(p_);
  const auto coming = begin(queued_of(p_), 6);

  EXPECT_EQ(code_of([&] { add(image, somewhere("blob", "12345"), p_); }), ErrorCode::limit_exceeded);
  add(image, somewhere("small", "1234"), p_);

  EXPECT_EQ(stored(), 4u);
}

// As in Glance, where setting the list counts all of it and taking one out of it counts nothing.
TEST_F(StorageQuotaOfLocations, AboveALoweredQuotaAllowsToTakeOutButNotToReplace) {
  const model::Image image = queued_of(p_);
  const stores::Location one = somewhere("one", "12345");
  const stores::Location two = somewhere("two", "12345");
  replace(image, {one, two});
  storage_quota_ = StorageQuota{4};

  EXPECT_EQ(code_of([&] { replace(image, {two, one}); }), ErrorCode::limit_exceeded);
  images().update(p_, image.id, [](model::Image& fresh, LocationEditor& editor) { editor.remove(fresh, 0); },
                  {});
  images().update(p_, image.id, [](model::Image& fresh, LocationEditor&) { fresh.name = "renamed"; }, {});

  EXPECT_EQ(locations_of(image.id).size(), 1u);
}

}  // namespace
}  // namespace vitrine::images
