#include "api/address_range.h"

#include <gtest/gtest.h>

namespace vitrine::api {
namespace {

bool contains(std::string_view range, std::string_view address) {
  return AddressRange::parse(range).value().contains(address);
}

TEST(AddressRange, HoldsWhatSharesItsPrefix) {
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.1.2"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.255"));
  EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9"));
}

TEST(AddressRange, WithoutAPrefixIsOneAddress) {
  EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(contains("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(contains("::1", "::1"));
}

TEST(AddressRange, HoldsNothingOfTheOtherFamily) {
  EXPECT_FALSE(contains("0.0.0.0/0", "::1"));
  EXPECT_FALSE(contains("::/0", "127.0.0.1"));
  EXPECT_FALSE(contains("::/0", "no address"));
}

TEST(AddressRange, WhatIsNoNetworkIsNone) {
  for (const char* text : {"", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "::1/64", "host/8", "10.0.0/8",
                           "10.0.0.0/x", "10.0.0.0/-1"}) {
    EXPECT_FALSE(AddressRange::parse(text)) << text;
  }
}

}  // namespace
}  // namespace vitrine::api
