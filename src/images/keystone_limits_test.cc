#include "images/keystone_limits.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/ids.h"
#include "keystone/session.h"
#include "tests/support/fake_keystone.h"
#include "tests/support/house.h"

namespace vitrine::images {
namespace {

using ::testing::HasSubstr;
using tests::Page;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

/// A house whose limits are those of a Keystone.
class KeystoneLimitsUse : public House {
 protected:
  KeystoneLimitsUse() {
    keystone_.put_page("/v3/limits/model", R"({"model": {"name": "flat"}})");
    keystone_.put_page("/v3/endpoints/e1", R"({"endpoint": {"service_id": "s1", "region_id": "R"}})");
    keystone_.put_page("/v3/limits?service_id=s1&region_id=R&project_id=p", R"({"limits": []})");
    let_have(10, 10, 10);
  }

  void let_have(std::int64_t mib_stored, std::int64_t images_in_all, std::int64_t under_way) {
    keystone_.put_page("/v3/registered_limits?service_id=s1&region_id=R",
                       fmt::format(R"({{"registered_limits": [
            {{"resource_name": "image_size_total", "default_limit": {}}},
            {{"resource_name": "image_count_total", "default_limit": {}}},
            {{"resource_name": "image_count_uploading", "default_limit": {}}}]}})",
                                   mib_stored, images_in_all, under_way));
    clock_.advance(std::chrono::minutes(1));  // nothing is remembered so long
  }

  /// Knows nothing of what is reserved in another one.
  Images node(Quotas& quotas) {
    return Images({.catalog = *catalog_,
                   .stores = *stores_,
                   .uploads = uploads_,
                   .removals = removals_,
                   .quotas = quotas,
                   .digests = digests_,
                   .buffers = buffers_,
                   .download_buffers = download_buffers_,
                   .admission = admission_},
                  limits_);
  }
  Images node() { return node(limited_); }

  model::Image create() {
    model::Image image;
    image.owner = "p";
    image.disk_format = "raw";
    image.container_format = "bare";
    return node().create(p_, image);
  }

  std::unique_ptr<Upload> begin(const model::Image& image, std::optional<std::uint64_t> announced) {
    return node().upload(p_, image, {.announced_size = announced}, {});
  }

  static model::Image image_in(model::ImageStatus status, std::uint64_t size) {
    model::Image image;
    image.id = new_uuid();
    image.owner = "p";
    image.status = status;
    image.size = size;
    return image;
  }

  /// An image that takes so much of the project's limit.
  void store(std::uint64_t bytes) {
    model::Image image = image_in(model::ImageStatus::active, bytes);
    image.locations.emplace_back().location.uri = "memory://" + image.id;
    catalog_->insert(image);
  }

  template <class Call>
  std::string refusal(Call&& call) {
    try {
      call();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::limit_exceeded);
      return error.what();
    }
    return "nothing was thrown";
  }

  tests::FakeKeystone keystone_{clock_};
  keystone::Session session_{{.login = {keystone::identity_uri(keystone_.url()), "{}"}, .retries = 0},
                             clock_};
  keystone::LimitReader reader_{session_, {.id = "e1"}, clock_};
  KeystoneLimits keystone_limits_{reader_};
  Quotas limited_{*catalog_, keystone_limits_};
  model::Caller p_{.project_id = "p"};
};

TEST_F(KeystoneLimitsUse, BoundsHowManyImagesAProjectMakes) {
  let_have(10, 2, 10);
  create();
  create();

  EXPECT_EQ(
      refusal([&] { create(); }),
      "Project p is over a limit for [Resource image_count_total is over limit of 2 due to current usage "
      "2 and delta 1]");

  EXPECT_EQ(catalog_->count({.quantity = model::Quantity::images, .project = "p"}), 2u);
}

TEST_F(KeystoneLimitsUse, BoundsHowManyUploadsAreUnderWay) {
  let_have(10, 10, 1);
  const model::Image first = create();
  const model::Image second = create();
  auto under_way = begin(first, 5);

  EXPECT_THAT(refusal([&] { begin(second, 5); }),
              HasSubstr("image_count_uploading is over limit of 1 due to current usage 1 and delta 1"));

  EXPECT_EQ(status_of(second.id), "queued");
  EXPECT_EQ(uploads_.entries().size(), 1u) << "that of the first";
  under_way.reset();
  EXPECT_NO_THROW(begin(second, 5));
}

TEST_F(KeystoneLimitsUse, BoundsStoredDataInWholeMib) {
  let_have(2, 10, 10);
  store(mib + 1);

  EXPECT_THAT(refusal([&] { begin(create(), 2 * mib - 1); }),
              HasSubstr("image_size_total is over limit of 2 due to current usage 1 and delta 2"));
  EXPECT_NO_THROW(begin(create(), 2 * mib - 2));
  EXPECT_NO_THROW(begin(create(), {}));
  store(2 * mib - 2);
  const model::Image image = create();
  EXPECT_THAT(refusal([&] { begin(image, {}); }),
              HasSubstr("image_size_total is over limit of 2 due to current usage 2 and delta 0"));

  expect_no_trace_of(image, "queued");
}

TEST_F(KeystoneLimitsUse, LetsNothingBeWhereALimitIsNegative) {
  let_have(-1, -1, 10);
  const model::Image image = queued();

  EXPECT_THAT(refusal([&] { create(); }), HasSubstr("image_count_total"));
  EXPECT_THAT(refusal([&] { begin(image, {}); }), HasSubstr("image_size_total"));
  EXPECT_THAT(refusal([&] { begin(image, 1); }), HasSubstr("image_size_total"));

  expect_no_trace_of(image, "queued");
}

TEST_F(KeystoneLimitsUse, LetsNoImageBeWhereKeystoneKnowsNoLimit) {
  keystone_.put_page("/v3/registered_limits?service_id=s1&region_id=R", R"({"registered_limits": []})");

  EXPECT_THAT(refusal([&] { create(); }), HasSubstr("limit of 0"));
  EXPECT_THAT(refusal([&] { begin(queued(), 1); }), HasSubstr("image_count_uploading"));
}

TEST_F(KeystoneLimitsUse, HasNoLargestLimit) {
  let_have(INT64_MAX, INT64_MAX, INT64_MAX);
  store(std::uint64_t{1} << 62);

  EXPECT_NO_THROW(begin(create(), mib));
}

TEST_F(KeystoneLimitsUse, LetsNothingInWhileKeystoneIsAway) {
  const model::Image image = create();
  clock_.advance(std::chrono::minutes(1));
  keystone_.answer_only(Page{.status = 503});

  EXPECT_EQ(code_of([&] { create(); }), ErrorCode::unavailable);
  EXPECT_EQ(code_of([&] { begin(image, 1); }), ErrorCode::unavailable);
  EXPECT_EQ(code_of([&] { node().usage(p_); }), ErrorCode::unavailable);

  EXPECT_EQ(catalog_->count({.quantity = model::Quantity::images, .project = "p"}), 1u);
  expect_no_trace_of(image, "queued");
  EXPECT_EQ(limited_.reserved("p"), 0u);
}

TEST_F(KeystoneLimitsUse, ShowsWhatAProjectHasOfEachLimit) {
  let_have(5, -1, 7);
  store(3 * mib + 5);
  catalog_->insert(image_in(model::ImageStatus::uploading, mib));

  const std::vector<ProjectUsage> usage = node().usage(p_);

  const auto expect = [&](std::size_t i, const char* name, std::int64_t limit, std::uint64_t used) {
    EXPECT_EQ(usage.at(i).limit.name, name);
    EXPECT_EQ(usage.at(i).limit.limit, limit) << name;
    EXPECT_EQ(usage.at(i).usage, used) << name;
  };
  ASSERT_EQ(usage.size(), 4u);
  expect(0, "image_size_total", 5, 3);
  expect(1, "image_stage_total", 0, 1);
  expect(2, "image_count_total", -1, 2);
  expect(3, "image_count_uploading", 7, 1);
}

TEST_F(KeystoneLimitsUse, DoesNotBindLocationsThatClientsGive) {
  let_have(0, 10, 10);
  store(mib);
  const model::Image image = create();

  node().update(p_, image.id,
                [&](model::Image& fresh, LocationEditor& editor) {
                  editor.add(fresh, {.location = memory_->put("blob", "12345"), .validation = {}}, 0);
                },
                {});

  EXPECT_EQ(status_of(image.id), "active");
}

TEST_F(KeystoneLimitsUse, HoldsHoweverManyComeAtTheSameTime) {
  let_have(10, 5, 2);
  Quotas other(*catalog_, keystone_limits_);
  std::atomic<int> made = 0;
  std::atomic<int> refused = 0;

  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 12; ++i) {
      clients.emplace_back([&, i] {
        try {
          node(i % 2 == 0 ? limited_ : other).create(p_, image_in(model::ImageStatus::queued, 0));
          ++made;
        } catch (const Error& error) {
          EXPECT_EQ(error.code(), ErrorCode::limit_exceeded) << error.what();
          ++refused;
        }
      });
    }
  }

  EXPECT_EQ(made, 5);
  EXPECT_EQ(refused, 7);
  EXPECT_EQ(catalog_->count({.quantity = model::Quantity::images, .project = "p"}), 5u);
}

TEST_F(KeystoneLimitsUse, NoMoreUploadsBeginAtTheSameTimeThanMayBeUnderWay) {
  let_have(10, 10, 2);
  Quotas other(*catalog_, keystone_limits_);
  std::vector<model::Image> images;
  for (int i = 0; i < 8; ++i) images.push_back(create());
  std::vector<std::unique_ptr<Upload>> begun(images.size());

  {
    std::vector<std::jthread> clients;
    for (std::size_t i = 0; i < images.size(); ++i) {
      clients.emplace_back([&, i] {
        try {
          begun[i] = node(i % 2 == 0 ? limited_ : other).upload(p_, images[i], {.announced_size = 1}, {});
        } catch (const Error& error) {
          EXPECT_EQ(error.code(), ErrorCode::limit_exceeded) << error.what();
        }
      });
    }
  }

  EXPECT_EQ(std::count_if(begun.begin(), begun.end(), [](const auto& upload) { return upload != nullptr; }),
            2);
  EXPECT_EQ(uploads_.entries().size(), 2u);
}

}  // namespace
}  // namespace vitrine::images
