#include "stores/store_set.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "tests/support/memory_driver.h"

namespace vitrine::stores {
namespace {

using ::testing::ElementsAre;

std::unique_ptr<Store> make_store(StoreTraits traits) {
  if (traits.type.empty()) traits.type = "memory";
  return std::make_unique<Store>(std::move(traits), std::make_unique<tests::MemoryDriver>(), 1);
}

StoreSet make_set() {
  std::vector<std::unique_ptr<Store>> stores;
  stores.push_back(make_store({.id = "slow", .type = {}, .schemes = {"memory", "tape"}}));
  stores.push_back(make_store({.id = "fast", .type = {}, .schemes = {"memory"}}));
  return StoreSet(std::move(stores), "fast");
}

TEST(StoreSet, FindsStoresByTheirId) {
  const StoreSet set = make_set();

  EXPECT_EQ(set.find("slow"), set.all().front().get());
  EXPECT_EQ(set.find("Slow"), nullptr);
  EXPECT_EQ(set.find(""), nullptr);
}

TEST(StoreSet, HasADefault) {
  EXPECT_EQ(make_set().default_store().id(), "fast");
}

TEST(StoreSet, SendsALocationToTheStoreThatItsMetadataNames) {
  const StoreSet set = make_set();

  EXPECT_EQ(set.holding({"memory://a", {{"store", "fast"}}}), set.find("fast"));
  EXPECT_EQ(set.holding({"elsewhere://a", {{"store", "slow"}}}), set.find("slow"));
}

TEST(StoreSet, SendsALocationWithoutAKnownStoreToTheFirstThatReadsItsScheme) {
  const StoreSet set = make_set();

  EXPECT_EQ(set.holding({"MEMORY://a", {}}), set.find("slow"));
  EXPECT_EQ(set.holding({"tape://a", {}}), set.find("slow"));
  EXPECT_EQ(set.holding({"memory://a", {{"store", "retired"}}}), set.find("slow"));
  EXPECT_EQ(set.holding({"memory://a", {{"store", 7}}}), set.find("slow"));
}

TEST(StoreSet, KnowsNoStoreForAForeignScheme) {
  const StoreSet set = make_set();

  EXPECT_EQ(set.holding({"rbd://a", {}}), nullptr);
  EXPECT_EQ(set.holding({"no uri", {}}), nullptr);
}

// Several stores.

std::unique_ptr<Store> file_store(const std::string& id, std::int64_t weight = 0) {
  return make_store({.id = id,
                     .type = "file",
                     .schemes = {"file"},
                     .weight = weight,
                     .uri_prefixes = {"file:///srv/" + id + "/"}});
}

class SeveralStores : public ::testing::Test {
 protected:
  SeveralStores() {
    std::vector<std::unique_ptr<Store>> stores;
    stores.push_back(file_store("fast"));
    stores.push_back(file_store("cheap", 10));
    stores.push_back(file_store("far", -5));
    stores.push_back(make_store(
        {.id = "cloud", .type = "s3", .schemes = {"s3", "s3+https"}, .uri_prefixes = {"s3://host/bucket/"}}));
    set_ = std::make_unique<StoreSet>(std::move(stores), "fast", StoreMode::several,
                                      ReservedStores{.staging = file_store("os_glance_staging_store")});
  }

  static model::ImageLocation in(const std::string& id) {
    model::ImageLocation row;
    row.location = {"file:///elsewhere/" + id, {{"store", id}}};
    return row;
  }

  std::vector<std::string> order(const std::vector<std::string>& ids,
                                 const std::vector<Store*>& preferred = {}) const {
    std::vector<model::ImageLocation> rows;
    for (const std::string& id : ids) rows.push_back(in(id));
    std::vector<std::string> result;
    for (const model::ImageLocation& row : set_->ordered(rows, preferred)) {
      result.emplace_back(row.location.metadata.at("store").as_string());
    }
    return result;
  }

  std::unique_ptr<StoreSet> set_;
};

TEST_F(SeveralStores, AreNamedByClientsButNotTheReservedOnes) {
  EXPECT_EQ(&set_->named("cheap"), set_->find("cheap"));
  EXPECT_THROW(set_->named("os_glance_staging_store"), Error);
  EXPECT_THROW(set_->named("nobody"), Error);
  EXPECT_THROW(set_->named(""), Error);
  EXPECT_EQ(set_->all().size(), 4u);
}

TEST_F(SeveralStores, HoldWhatTheirUrisSay) {
  EXPECT_EQ(set_->holding({"file:///srv/cheap/a", {}}), set_->find("cheap"));
  EXPECT_EQ(set_->holding({"file:///srv/cheap/a", {{"store", "renamed"}}}), set_->find("cheap"));
  EXPECT_EQ(set_->holding({"file:///srv/other/a", {}}), set_->find("fast")) << "the first of that scheme";
}

TEST_F(SeveralStores, HoldNothingOfAnotherSitesStore) {
  EXPECT_EQ(set_->holding({"file:///there/a", {{"store", "paris"}}}), nullptr);
}

TEST_F(SeveralStores, AreOrderedByWeightAndKeepTheirOrderOtherwise) {
  EXPECT_THAT(order({"far", "fast", "cloud", "cheap"}), ElementsAre("cheap", "fast", "cloud", "far"));
  EXPECT_THAT(order({"unknown", "far", "fast"}), ElementsAre("unknown", "fast", "far"));
}

TEST_F(SeveralStores, ComeFirstWhenTheyArePreferred) {
  const std::vector<Store*> preferred = {set_->find("far"), set_->find("fast")};

  EXPECT_THAT(order({"cheap", "cloud", "far", "fast"}, preferred),
              ElementsAre("fast", "far", "cheap", "cloud"));
}

TEST_F(SeveralStores, LabelTheirLocations) {
  Location location{"file:///srv/cheap/a", {{"id", "mount"}}};

  set_->label(location, *set_->find("cheap"));

  EXPECT_EQ(location.metadata, (boost::json::object{{"id", "mount"}, {"store", "cheap"}}));
}

TEST(StoreSet, LabelsNothingWhenThereIsOneStore) {
  const StoreSet set = make_set();
  Location location{"memory://a", {}};

  set.label(location, *set.find("fast"));

  EXPECT_TRUE(location.metadata.empty());
}

TEST_F(SeveralStores, AreAddedToOldLocationsThatBelongToThem) {
  Location location{"file:///srv/cheap/a", {}};

  EXPECT_TRUE(correct_legacy(location, *set_));

  EXPECT_EQ(location, (Location{"file:///srv/cheap/a", {{"store", "cheap"}}}));
  EXPECT_FALSE(correct_legacy(location, *set_));
}

TEST_F(SeveralStores, AreNotGuessedForOldLocations) {
  for (const Location& unclaimed : {Location{"file:///other/a", {}}, Location{"rbd://a", {}},
                                    Location{"file:///there/a", {{"store", "paris"}}}}) {
    Location location = unclaimed;

    EXPECT_FALSE(correct_legacy(location, *set_));
    EXPECT_EQ(location, unclaimed);
  }
}

/// Has the blobs whose URIs end in its word, however they begin.
class RecognizingDriver : public tests::MemoryDriver, private Recognition {
 public:
  explicit RecognizingDriver(std::string word) : word_(std::move(word)) {}
  Abilities abilities() const override {
    Abilities abilities = MemoryDriver::abilities();
    abilities.recognition = const_cast<RecognizingDriver*>(this);
    return abilities;
  }

 private:
  std::optional<std::string> own_uri(const StoreCall&, const Location& location) override {
    if (location.uri.ends_with("down")) throw Error(ErrorCode::unavailable, "it does not answer");
    if (!location.uri.ends_with(word_)) return {};
    return "cinder://" + word_ + "/of-" + word_;
  }

  const std::string word_;
};

class RecognizingStores : public ::testing::Test {
 protected:
  RecognizingStores() {
    std::vector<std::unique_ptr<Store>> stores;
    for (const std::string name : {"fast", "slow"}) {
      stores.push_back(std::make_unique<Store>(
          StoreTraits{
              .id = name, .type = "cinder", .schemes = {"cinder"}, .uri_prefixes = {"cinder://" + name}},
          std::make_unique<RecognizingDriver>(name), 1));
    }
    set_ = std::make_unique<StoreSet>(std::move(stores), "fast", StoreMode::several);
  }

  std::unique_ptr<StoreSet> set_;
};

TEST_F(RecognizingStores, AreAskedForLocationsThatDoNotTell) {
  const std::vector<Location> old{{"cinder://of-slow", {}},
                                  {"cinder://of-fast", {{"store", "gone"}, {"id", "x"}}},
                                  {"cinder://of-nobody", {}},
                                  {"cinder://down", {}},
                                  {"cinder://fast/of-slow", {}}};
  std::vector<Location> now = old;

  RecognizedLocations recognized;
  for (const Location& location : old) recognized.merge(recognize({}, location, *set_));
  for (Location& location : now) correct_legacy(location, *set_, recognized);

  EXPECT_EQ(now[0], (Location{"cinder://slow/of-slow", {{"store", "slow"}}}));
  EXPECT_EQ(now[1], (Location{"cinder://fast/of-fast", {{"store", "fast"}, {"id", "x"}}}));
  EXPECT_EQ(now[2], old[2]);
  EXPECT_EQ(now[3], old[3]);
  EXPECT_EQ(now[4], (Location{"cinder://fast/of-slow", {{"store", "fast"}}})) << "it says whose it is";
  EXPECT_FALSE(correct_legacy(now[0], *set_, recognized)) << "it is corrected";
}

TEST_F(SeveralStores, TakeTheKeysOutOfOldS3Locations) {
  Location location{"s3://KEY:se/cr@et@host/bucket/a", {{"store", "cloud"}}};
  Location unlabelled{"s3://KEY:secret@host/bucket/a", {}};

  EXPECT_TRUE(correct_legacy(location, *set_));
  EXPECT_TRUE(correct_legacy(unlabelled, *set_));

  EXPECT_EQ(location.uri, "s3://host/bucket/a");
  EXPECT_EQ(unlabelled, (Location{"s3://host/bucket/a", {{"store", "cloud"}}}));
}

TEST_F(SeveralStores, LeaveTheKeysOfForeignS3LocationsAlone) {
  Location location{"s3+https://KEY:secret@elsewhere/bucket/a", {{"store", "paris"}}};

  EXPECT_FALSE(correct_legacy(location, *set_)) << "nobody here has other keys for it";
}

TEST(StoreSet, LeavesOldLocationsAloneWhenThereIsOneStore) {
  const StoreSet set = make_set();
  Location location{"memory://a", {{"store", "cheap"}}};

  EXPECT_FALSE(correct_legacy(location, set));
}

TEST(Store, FinishesWhatRunsInItsPoolBeforeTheDriverGoes) {
  auto store = make_store({.id = "fast", .type = {}, .schemes = {"memory"}});
  auto& driver = static_cast<tests::MemoryDriver&>(store->driver());
  std::optional<std::string> seen;

  store->pool().post([&] {
    driver.put("a", "content");
    seen = driver.content("a");
  });
  store.reset();

  EXPECT_EQ(seen, "content");
}

}  // namespace
}  // namespace vitrine::stores
