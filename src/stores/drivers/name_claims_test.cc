#include "stores/drivers/name_claims.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "base/error.h"

namespace vitrine::stores {
namespace {

TEST(NameClaims, KeepDifferentNamesApart) {
  NameClaims claims;
  const StoreCall expired{.deadline = Deadline::min()};

  const auto first = claims.claim("a", expired);
  EXPECT_NO_THROW(claims.claim("b", expired));
}

TEST(NameClaims, MakeTheSecondWaitForTheFirst) {
  NameClaims claims;
  const StoreCall call;
  std::atomic<bool> is_ended = false;
  std::atomic<bool> was_ended = false;
  std::jthread second;
  {
    const auto first = claims.claim("a", call);
    second = std::jthread([&] {
      const auto claim = claims.claim("a", call);
      was_ended = is_ended.load();
    });
    is_ended = true;
  }
  second.join();

  EXPECT_TRUE(was_ended);
}

TEST(NameClaims, AreGivenUpAtTheDeadlineOrWhenStopped) {
  NameClaims claims;
  std::stop_source stop;
  stop.request_stop();
  const auto first = claims.claim("a", {});

  EXPECT_THROW(claims.claim("a", {.deadline = Deadline::min()}), Error);
  EXPECT_THROW(claims.claim("a", {.stop = stop.get_token()}), Error);
}

}  // namespace
}  // namespace vitrine::stores
