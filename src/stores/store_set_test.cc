#include "stores/store_set.h"

#include <gtest/gtest.h>

#include "tests/support/memory_driver.h"

namespace vitrine::stores {
namespace {

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
