#include "stores/probe.h"

#include <gmock/gmock.h>

#include "tests/support/test_stores.h"

namespace vitrine::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::Operation;

class ProbeTest : public ::testing::Test {
 protected:
  std::vector<std::string> run() {
    std::vector<std::string> steps;
    probe(*store_.store, {}, [&](std::string_view step) { steps.emplace_back(step); });
    return steps;
  }

  ~ProbeTest() override {
    EXPECT_THAT(store_.memory->abilities().listing->list({}), IsEmpty()) << "the probe is still there";
    EXPECT_THAT(store_.memory->unfinished(), IsEmpty());
  }

  tests::TestStore store_{"fast"};
};

TEST_F(ProbeTest, TriesEverythingAStoreIsFor) {
  EXPECT_THAT(run(), ElementsAre("write", "size", "read back", "ranged read", "remove"));
}

class ProbeFault : public ProbeTest, public ::testing::WithParamInterface<Operation> {};

TEST_P(ProbeFault, IsReportedAndLeavesNothing) {
  store_.faults.fail(GetParam(), 1);

  EXPECT_THROW(run(), Error);
}

TEST_P(ProbeFault, ThatCutsACallShortIsNoticedAndLeavesNothing) {
  store_.faults.cut_short(GetParam(), 1);

  EXPECT_THROW(run(), Error);
}

INSTANTIATE_TEST_SUITE_P(EveryOperation, ProbeFault,
                         ::testing::Values(Operation::create, Operation::write, Operation::commit,
                                           Operation::size, Operation::open, Operation::read));

TEST_F(ProbeTest, IsDiscardedWhenTheStoreDoesNotRemoveIt) {
  store_.faults.fail(Operation::remove, 1);

  EXPECT_THROW(run(), Error);
}

}  // namespace
}  // namespace vitrine::stores
