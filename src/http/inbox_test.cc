#include "http/inbox.h"

#include <gtest/gtest.h>

namespace vitrine::http {
namespace {

std::string take(Inbox& inbox, std::size_t most) {
  std::string text(most, '\0');
  text.resize(inbox.take(std::as_writable_bytes(std::span(text))));
  return text;
}

TEST(Inbox, GivesBytesInTheOrderTheyCame) {
  Inbox inbox;
  inbox.append(bytes_of("one"));
  inbox.append(bytes_of("two"));

  EXPECT_EQ(take(inbox, 4), "onet");
  EXPECT_EQ(take(inbox, 4), "wo");
  EXPECT_TRUE(inbox.empty());
  EXPECT_EQ(take(inbox, 4), "");
}

TEST(Inbox, WhatIsRestoredComesBeforeTheRest) {
  Inbox inbox;
  inbox.append(bytes_of("body, next request"));

  EXPECT_EQ(take(inbox, 9), "body, nex");
  inbox.restore(bytes_of("nex"));

  EXPECT_EQ(inbox.view(), "next request");
}

TEST(Inbox, KeepsItsPlaceWhenMoreIsAppended) {
  Inbox inbox;
  inbox.append(bytes_of("abc"));
  inbox.consume(2);

  inbox.append(bytes_of("def"));

  EXPECT_EQ(inbox.view(), "cdef");
}

TEST(Inbox, ReleaseLosesNothing) {
  Inbox inbox;
  inbox.append(bytes_of("abc"));
  inbox.consume(1);

  inbox.release();

  EXPECT_EQ(inbox.view(), "bc");
}

}  // namespace
}  // namespace vitrine::http
