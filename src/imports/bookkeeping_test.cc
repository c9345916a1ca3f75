#include "imports/bookkeeping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::imports {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Bookkeeping, ListsAreSortedAndNameAStoreOnce) {
  model::Image image;

  add_ids(image, failed_import, {"slow", "fast"});
  add_ids(image, failed_import, {"fast", "big"});

  EXPECT_EQ(image.find_property(failed_import)->value, "big,fast,slow");
  EXPECT_THAT(ids_in(image, failed_import), ElementsAre("big", "fast", "slow"));
}

TEST(Bookkeeping, AnEmptiedListStaysAsAnEmptyText) {
  model::Image image;
  add_ids(image, importing_to_stores, {"fast"});

  take_ids(image, importing_to_stores, {"fast", "never"});

  EXPECT_EQ(image.find_property(importing_to_stores)->value, "");
  EXPECT_THAT(ids_in(image, importing_to_stores), IsEmpty());
}

TEST(Bookkeeping, NothingIsTakenFromAListThatIsNotThere) {
  model::Image image;

  take_ids(image, failed_import, {"fast"});

  EXPECT_EQ(image.find_property(failed_import), nullptr);
}

}  // namespace
}  // namespace vitrine::imports
