#include "stores/store_health.h"

#include <gmock/gmock.h>

namespace vitrine::stores {
namespace {

using ::testing::HasSubstr;

class StoreHealthTest : public ::testing::Test {
 protected:
  Metrics metrics_;
  StoreHealth health_{metrics_, "fast"};
};

TEST_F(StoreHealthTest, IsGoodAtFirst) {
  EXPECT_EQ(health_.trouble(), "");
  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_up{store=\"fast\"} 1\n"));
}

TEST_F(StoreHealthTest, IsLostWithACallThatDoesNotReachTheStoreAndKeepsTheFirstReason) {
  health_.failed(Error(ErrorCode::unavailable, "no route"));
  health_.failed(Error(ErrorCode::timed_out, "still no route"));

  EXPECT_EQ(health_.trouble(), "no route");
  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_up{store=\"fast\"} 0\n"));
}

TEST_F(StoreHealthTest, IsNotLostWithACallThatTheStoreRefuses) {
  for (const ErrorCode code :
       {ErrorCode::not_found, ErrorCode::duplicate, ErrorCode::storage_full, ErrorCode::cancelled}) {
    health_.failed(Error(code, "no"));
  }

  EXPECT_EQ(health_.trouble(), "");
}

TEST_F(StoreHealthTest, ComesBackWithACallThatSucceeds) {
  health_.failed(Error(ErrorCode::unavailable, "no route"));
  health_.succeeded();

  EXPECT_EQ(health_.trouble(), "");
  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_up{store=\"fast\"} 1\n"));
}

}  // namespace
}  // namespace vitrine::stores
