#include "api/accept.h"

#include <gtest/gtest.h>

namespace vitrine::api {
namespace {

TEST(Accept, PrefersWhatTheClientPrefers) {
  EXPECT_EQ(best_media_type("application/json", {"text/html", "application/json"}), "application/json");
  EXPECT_EQ(best_media_type("text/html;q=0.5, application/json", {"text/html", "application/json"}),
            "application/json");
  EXPECT_EQ(best_media_type("text/*", {"application/json", "text/html"}), "text/html");
}

TEST(Accept, AWildcardTakesTheFirstOffer) {
  EXPECT_EQ(best_media_type("*/*", {"text/html", "application/json"}), "text/html");
}

TEST(Accept, TheCloserRangeDecidesTheQuality) {
  EXPECT_EQ(best_media_type("*/*, text/html;q=0", {"text/html", "application/json"}), "application/json");
}

TEST(Accept, NothingAcceptableIsEmpty) {
  for (const char* accept : {"", "image/png", "text/html;q=0", "garbage;;;", ","}) {
    EXPECT_EQ(best_media_type(accept, {"text/html", "application/json"}), "") << accept;
  }
}

}  // namespace
}  // namespace vitrine::api
