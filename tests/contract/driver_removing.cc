#include "tests/contract/driver_contract.h"

/// What goes, and what stays.
namespace vitrine::tests {

TEST_P(DriverContractWriting, CannotRemoveWhatIsNotThere) {
  const stores::Location location = nowhere();

  EXPECT_EQ(error_of([&] { remove(location); }), ErrorCode::not_found);
}

TEST_P(DriverContractWriting, RemovesOneBlobAndNoOther) {
  const stores::Location kept = write("kept", "content");

  remove(write("removed", "content"));

  EXPECT_EQ(read(kept), "content");
}

TEST_P(DriverContractWriting, DiscardsWhatWasCommittedButNotRecorded) {
  create("unrecorded")->commit();

  driver().discard(call_, {"unrecorded"});

  expect_nothing_left();
}

TEST_P(DriverContractWriting, DiscardsNothingWithoutComplaint) {
  driver().discard(call_, {"never there"});
  driver().discard(call_, {"never there"});

  expect_nothing_left();
}

TEST_P(DriverContractWriting, DiscardsNoOtherBlob) {
  const stores::Location longer = write("name-and-more", "content");
  const stores::Location shorter = write("nam", "content");
  const auto unfinished = create("name-unfinished");

  driver().discard(call_, {"name"});

  EXPECT_EQ(read(longer), "content");
  EXPECT_EQ(read(shorter), "content");
  EXPECT_EQ(read(commit(*unfinished)), "");
}

TEST_P(DriverContractReadOnly, RemovesNothing) {
  const stores::Location location = store("blob", "content");

  EXPECT_EQ(error_of([&] { driver().remove(call_, location); }), ErrorCode::not_supported);
  driver().discard(call_, {"blob"});

  EXPECT_EQ(read(location), "content");
}

}  // namespace vitrine::tests
