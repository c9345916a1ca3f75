#include "images/locations.h"

#include <gmock/gmock.h>

#include "tests/support/house.h"

namespace vitrine::images {
namespace {

using testing::ElementsAre;
using tests::Operation;

class Locations : public House {
 protected:
  Locations() : House(stores::StoreMode::several) {}

  void edit(const model::Image& image, const std::function<void(model::Image&, LocationEditor&)>& change) {
    images().update(admin_, image.id, change, {});
  }
  void add(const model::Image& image, const stores::Location& location, std::size_t position = 99) {
    edit(image, [&](auto& fresh, auto& editor) {
      editor.add(fresh, {.location = location, .validation = {}}, position);
    });
  }
  void replace(const model::Image& image, const std::vector<stores::Location>& locations) {
    std::vector<GivenLocation> given;
    for (const auto& location : locations) given.push_back({.location = location, .validation = {}});
    edit(image, [&](auto& fresh, auto& editor) { editor.replace(fresh, given); });
  }
  void remove(const model::Image& image, std::optional<std::size_t> position) {
    edit(image, [&](auto& fresh, auto& editor) { editor.remove(fresh, position); });
  }

  /// A location of the first store, with data.
  stores::Location somewhere(const std::string& name) { return memory_->put(name, "12345"); }
};

TEST_F(Locations, GiveAQueuedImageItsData) {
  const model::Image image = queued();

  add(image, somewhere("blob"));

  const model::Image now = *catalog_->find(image.id);
  EXPECT_EQ(now.status, model::ImageStatus::active);
  EXPECT_EQ(now.size, 5u);
  EXPECT_THAT(locations_of(image.id), ElementsAre("memory memory://blob"));
}

TEST_F(Locations, NeedAnImageWithFormats) {
  const model::Image image = images().create(admin_, {});

  EXPECT_EQ(code_of([&] { add(image, somewhere("blob")); }), ErrorCode::invalid);
  EXPECT_EQ(status_of(image.id), "queued");
}

TEST_F(Locations, BearTheNameOfTheirStoreWhateverTheClientSays) {
  const model::Image image = queued();
  stores::Location location = somewhere("blob");
  location.metadata = {{"store", "second"}, {"tier", "hot"}};

  add(image, location);

  EXPECT_THAT(locations_of(image.id), ElementsAre("memory memory://blob"));
  EXPECT_EQ(catalog_->find(image.id)->locations[0].location.metadata.at("tier"), "hot");
}

TEST_F(Locations, AreAddedWhereTheClientSaysAndStayThere) {
  const model::Image image = queued();
  add(image, somewhere("a"));
  add(image, somewhere("c"));

  add(image, somewhere("b"), 1);
  add(image, somewhere("0"), 0);

  EXPECT_THAT(locations_of(image.id), ElementsAre("memory memory://0", "memory memory://a",
                                                  "memory memory://b", "memory memory://c"));
}

TEST_F(Locations, WithoutDataAreRefused) {
  const model::Image image = queued();

  EXPECT_EQ(code_of([&] { add(image, memory_->put("empty", "")); }), ErrorCode::invalid);
  EXPECT_EQ(code_of([&] { add(image, {"memory://missing", {}}); }), ErrorCode::invalid);
  faults_.fail(Operation::size, 1, Error(ErrorCode::unavailable, "down"));
  EXPECT_EQ(code_of([&] { add(image, somewhere("blob")); }), ErrorCode::invalid);

  EXPECT_EQ(status_of(image.id), "queued");
  EXPECT_TRUE(locations_of(image.id).empty());
}

TEST_F(Locations, ThatAreNotForClientsToGiveAreRefused) {
  const model::Image image = queued();

  for (const char* uri : {"file:///etc/passwd", "FILE:///etc/passwd", "filesystem:///etc/passwd",
                          "swift+config://account/container/blob", "ftp://host/blob", "/etc/passwd", ""}) {
    EXPECT_EQ(code_of([&] { add(image, {uri, {{"store", "memory"}}}); }), ErrorCode::invalid) << uri;
  }
}

TEST_F(Locations, AreGivenOnlyOnce) {
  const model::Image image = queued();
  add(image, somewhere("blob"));

  EXPECT_EQ(code_of([&] { add(image, somewhere("blob")); }), ErrorCode::invalid);
  EXPECT_NO_THROW(add(image, {"memory://blob", {{"tier", "hot"}}}));
}

TEST_F(Locations, AreBoundByAQuotaUnlessItIsNegative) {
  limits_.locations = 1;
  const model::Image image = queued();
  add(image, somewhere("a"));

  EXPECT_EQ(code_of([&] { add(image, somewhere("b")); }), ErrorCode::limit_exceeded);
  limits_.locations = -1;
  EXPECT_NO_THROW(add(image, somewhere("b")));
}

TEST_F(Locations, AreNotForImagesInOtherStates) {
  const model::Image image = active("12345");
  catalog_->change(image.id, [](model::Image& fresh) { fresh.status = model::ImageStatus::deactivated; });

  EXPECT_EQ(code_of([&] { add(image, somewhere("blob")); }), ErrorCode::conflict);
  EXPECT_EQ(code_of([&] { replace(image, {somewhere("blob")}); }), ErrorCode::conflict);
  EXPECT_EQ(code_of([&] { remove(image, 0); }), ErrorCode::conflict);
}

TEST_F(Locations, ReplaceNothingByThemselves) {
  const model::Image image = queued();

  replace(image, {somewhere("a"), somewhere("b")});

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_THAT(locations_of(image.id), ElementsAre("memory memory://a", "memory memory://b"));
}

TEST_F(Locations, CanBeReorderedAndDescribedAnewWithoutAskingStores) {
  const model::Image image = queued();
  replace(image, {somewhere("a"), somewhere("b")});
  const std::size_t asked = faults_.calls(Operation::size);

  replace(image, {{"memory://b", {{"tier", "cold"}}}, {"memory://a", {}}});

  EXPECT_THAT(locations_of(image.id), ElementsAre("memory memory://b", "memory memory://a"));
  EXPECT_EQ(catalog_->find(image.id)->locations[0].location.metadata.at("tier"), "cold");
  EXPECT_EQ(faults_.calls(Operation::size), asked);
  EXPECT_EQ(memory_->content("a"), "12345");
}

TEST_F(Locations, ThatWereShownWithoutTheirKeysKeepThem) {
  const model::Image image = active("12345");
  with_location(image.id, {"other://user:secret@host/blob", {}});

  replace(image, {{"other://host/blob", {}}, {"memory://" + image.id, {}}});

  EXPECT_THAT(locations_of(image.id),
              ElementsAre(" other://user:secret@host/blob", "memory memory://" + image.id));
}

TEST_F(Locations, AreNotReplacedByOthersOrByNone) {
  const model::Image image = active("12345");
  const stores::Location own{"memory://" + image.id, {}};

  EXPECT_EQ(code_of([&] { replace(image, {somewhere("other")}); }), ErrorCode::invalid);
  EXPECT_EQ(code_of([&] { replace(image, {own, own}); }), ErrorCode::invalid);
  EXPECT_EQ(code_of([&] { replace(image, {}); }), ErrorCode::forbidden);
}

TEST_F(Locations, AreRemovedWithTheirData) {
  const model::Image image = queued();
  replace(image, {somewhere("a"), somewhere("b")});

  remove(image, 1);

  EXPECT_THAT(locations_of(image.id), ElementsAre("memory memory://a"));
  EXPECT_FALSE(memory_->content("b"));
}

TEST_F(Locations, AreCountedAsTheyAreShown) {
  const model::Image image = with_two_copies("12345");
  catalog_->change(image.id, [](model::Image& fresh) { std::swap(fresh.locations[0], fresh.locations[1]); });
  ASSERT_EQ(locations_of(image.id)[0], "second memory://" + image.id);

  remove(image, 0);

  EXPECT_THAT(locations_of(image.id), ElementsAre("second memory://" + image.id));
  EXPECT_FALSE(memory_->content(image.id));
}

TEST_F(Locations, AreNeverAllRemoved) {
  const model::Image image = active("12345");

  EXPECT_EQ(code_of([&] { remove(image, 0); }), ErrorCode::forbidden);
  EXPECT_EQ(code_of([&] { remove(image, 7); }), ErrorCode::forbidden);
  EXPECT_EQ(memory_->content(image.id), "12345");
}

TEST_F(Locations, AtNoPositionAreNotRemoved) {
  const model::Image image = with_two_copies("12345");

  EXPECT_EQ(code_of([&] { remove(image, 2); }), ErrorCode::invalid);
  EXPECT_EQ(code_of([&] { remove(image, {}); }), ErrorCode::invalid);
}

TEST_F(Locations, ArePutBackWhenALaterStepFails) {
  const model::Image image = with_two_copies("12345");

  EXPECT_EQ(code_of([&] {
              edit(image, [](auto& fresh, auto& editor) {
                editor.remove(fresh, 0);
                editor.remove(fresh, 0);
              });
            }),
            ErrorCode::forbidden);

  EXPECT_EQ(locations_of(image.id).size(), 2u);
  EXPECT_TRUE(memory_->content(image.id));
  EXPECT_TRUE(removals_.entries().empty());
}

TEST_F(Locations, StoresAreAskedBeforeTheCatalogIsLocked) {
  const model::Image image = queued();
  const stores::Location location = somewhere("blob");

  add(image, location);

  EXPECT_EQ(faults_.calls(Operation::size), 1u);
}

TEST_F(Locations, AreHiddenOnceTheImageIsDeactivatedExceptFromAdministrators) {
  model::Image image = with_two_copies("12345");
  image.status = model::ImageStatus::deactivated;

  EXPECT_EQ(shown_locations(*stores_, image, {}).size(), 0u);
  EXPECT_EQ(shown_locations(*stores_, image, admin_).size(), 2u);
}

TEST_F(Locations, AreShownByTheWeightOfTheirStores) {
  const model::Image image = active("12345");
  const model::Image heavy_last = catalog_->change(image.id, [&](model::Image& fresh) {
    model::ImageLocation light;
    light.location = {"memory://" + image.id, {{"store", "second"}}};
    fresh.locations.insert(fresh.locations.begin(), light);
  });

  const auto shown = shown_locations(*stores_, heavy_last, admin_);

  EXPECT_EQ(shown[0].location.metadata.at("store"), "memory");
  EXPECT_EQ(shown[1].location.metadata.at("store"), "second");
}

}  // namespace
}  // namespace vitrine::images
