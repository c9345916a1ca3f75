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
  for (const char* accept :
       {"", "image/png", "text/html;q=0", ",", "*/json", "text/html; charset=\"a,\\\"b\""}) {
    EXPECT_EQ(best_media_type(accept, {"text/html", "application/json"}), "") << accept;
  }
}

TEST(Accept, WhatStandsBehindTheQualityMeansNothing) {
  EXPECT_EQ(
      best_media_type("text/html;q=0.4, application/json;q=0.5;x=y;z", {"text/html", "application/json"}),
      "application/json");
}

TEST(Accept, AParameterNarrowsARangeToWhatNobodyOffers) {
  EXPECT_EQ(best_media_type("text/html;level=1", {"text/html"}), "");
  EXPECT_EQ(best_media_type("text/html;level=1, application/json", {"text/html", "application/json"}),
            "application/json");
}

TEST(Accept, MalformedTakesTheFirstOffer) {
  for (const char* accept : {"hello", "*", "garbage;;;", "application/json;q=1.5", "application/json;q=x",
                             "application/json/x", "application/json;level", "application/json, hello",
                             "application/json;level=\"1", "application/json;q=\"1\""}) {
    EXPECT_EQ(best_media_type(accept, {"text/html", "application/json"}), "text/html") << accept;
  }
}

}  // namespace
}  // namespace vitrine::api
