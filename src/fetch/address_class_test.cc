#include "fetch/address_class.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace vitrine::fetch {
namespace {

struct Example {
  std::string_view address;
  AddressClass address_class;
};

TEST(AddressClass, IsLocalWhereOnlyThisMachineAndItsLinksReach) {
  for (const std::string_view address :
       {"0.0.0.0", "127.0.0.1", "127.255.255.255", "169.254.0.1", "169.254.169.254", "100.100.100.200",
        "224.0.0.1", "255.255.255.255", "::", "::1", "64:ff9b:1::7f00:1", "fe80::1", "febf::1", "ff02::1",
        "fd00:ec2::254", "fd20:ce::254"}) {
    EXPECT_EQ(class_of_ip(address), AddressClass::local) << address;
  }
}

TEST(AddressClass, IsSiteInNetworksThatTheInternetDoesNotReach) {
  for (const std::string_view address :
       {"10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
        "100.127.255.255", "192.0.0.1", "198.18.0.1", "198.19.255.255", "192.0.2.1", "fc00::1", "fdff::1",
        "fec0::1", "2001:db8::1", "2001:0:1::1", "64:ff9b:1::a00:1", "64:ff9b:1::808:808", "100::1"}) {
    EXPECT_EQ(class_of_ip(address), AddressClass::site) << address;
  }
}

TEST(AddressClass, IsGlobalRightBesideTheSpecialBlocks) {
  for (const std::string_view address :
       {"1.0.0.0", "9.255.255.255", "11.0.0.0", "126.255.255.255", "128.0.0.0", "172.15.255.255",
        "172.32.0.0", "192.167.255.255", "192.169.0.0", "169.253.255.255", "169.255.0.0", "100.63.255.255",
        "100.128.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2001:4860:4860::8888",
        "2001:db9::1", "2a00::1"}) {
    EXPECT_EQ(class_of_ip(address), AddressClass::global) << address;
  }
}

TEST(AddressClass, OfAnIpv6AddressThatStandsForAnIpv4OneIsThatOnes) {
  constexpr Example examples[] = {
      {"::ffff:127.0.0.1", AddressClass::local},         {"::ffff:10.0.0.1", AddressClass::site},
      {"::ffff:8.8.8.8", AddressClass::global},          {"::10.0.0.1", AddressClass::site},
      {"64:ff9b::169.254.169.254", AddressClass::local}, {"64:ff9b::8.8.8.8", AddressClass::global},
      {"2002:7f00:1::1", AddressClass::local},           {"2002:a00:1::1", AddressClass::site},
      {"2002:808:808::1", AddressClass::global},
  };

  for (const Example& example : examples) {
    EXPECT_EQ(class_of_ip(example.address), example.address_class) << example.address;
  }
}

TEST(AddressClass, IsUnknownOfWhatIsNoAddress) {
  for (const std::string_view text :
       {"", "localhost", "127.1", "0x7f000001", "[::1]", "::1%lo", "1.2.3.4 "}) {
    EXPECT_EQ(class_of_ip(text), std::nullopt) << text;
  }
}

TEST(AddressClass, ComparesTheNearestAsTheLeast) {
  EXPECT_LT(AddressClass::local, AddressClass::site);
  EXPECT_LT(AddressClass::site, AddressClass::global);
}

TEST(FinalAddress, IsWhatAnAddressStandsForInOneSpelling) {
  constexpr std::pair<std::string_view, std::string_view> examples[] = {
      {"10.0.0.1", "10.0.0.1"},      {"::ffff:10.0.0.1", "10.0.0.1"},    {"64:ff9b::a00:1", "10.0.0.1"},
      {"2002:a00:1::1", "10.0.0.1"}, {"2001:DB8:0:0::1", "2001:db8::1"},
  };

  for (const auto& [text, address] : examples) EXPECT_EQ(final_address(text), address) << text;
  EXPECT_EQ(final_address("localhost"), std::nullopt);
}

TEST(IpText, IsOfSocketAddressesOfEitherFamily) {
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_addr.s_addr = htonl(0x0A000001);
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_addr = in6addr_loopback;

  EXPECT_EQ(ip_text(reinterpret_cast<const sockaddr&>(four)), "10.0.0.1");
  EXPECT_EQ(ip_text(reinterpret_cast<const sockaddr&>(six)), "::1");
}

TEST(IpText, IsEmptyForFamiliesThatAreNotOfTheInternet) {
  sockaddr_un path{};
  path.sun_family = AF_UNIX;

  EXPECT_EQ(ip_text(reinterpret_cast<const sockaddr&>(path)), "");
}

}  // namespace
}  // namespace vitrine::fetch
