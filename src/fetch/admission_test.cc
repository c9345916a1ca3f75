#include "fetch/admission.h"

#include <gmock/gmock.h>

#include "fetch/client.h"
#include "fetch/redirects.h"
#include "fetch/test_support.h"
#include "tests/support/origin_server.h"

namespace vitrine::fetch {
namespace {

using ::testing::HasSubstr;
using tests::OriginServer;

constexpr unsigned followed[] = {302};

Admission with_hosts(const FilterLists& hosts, Vicinity vicinity = Vicinity::site) {
  return {UriFilter({.hosts = hosts}), vicinity};
}

/// Asks as the admission says, and follows redirects likewise.
std::string get(const Admission& admission, const std::string& text) {
  Client client({});
  Request request{.uri = parse_uri(text)};
  request.reach = admission.admit(request.uri);
  return read_all(*send_following(client, request, {.statuses = followed, .rule = admitted(admission)}));
}

/// Whether the URI is refused, as it is written, before anything is asked.
bool is_refused(const Admission& admission, std::string_view text) {
  try {
    admission.admit(parse_uri(text));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid) << text;
    return true;
  }
  return false;
}

/// The server's URI with another host that leads to it.
std::string url_by_name(const OriginServer& server, const std::string& host) {
  return "http://" + host + ":" + std::to_string(server.port()) + "/page";
}

TEST(Admission, RefusesLoopbackAndLinkLocalInEverySpelling) {
  const Admission admission = with_hosts({});

  for (const std::string_view uri : {"http://127.0.0.1/",
                                     "http://127.255.0.1/",
                                     "http://0.0.0.0/",
                                     "http://169.254.169.254/latest",
                                     "http://[::1]/",
                                     "http://[0:0:0:0:0:0:0:1]/",
                                     "http://[::]/",
                                     "http://[::ffff:127.0.0.1]/",
                                     "http://[::ffff:7f00:1]/",
                                     "http://[::127.0.0.1]/",
                                     "http://[64:ff9b::7f00:1]/",
                                     "http://[64:ff9b:1::a9fe:a9fe]/",
                                     "http://[2002:7f00:1::]/",
                                     "http://[fe80::1]/",
                                     "http://[ff02::1]/",
                                     "http://localhost/",
                                     "http://LOCALHOST/",
                                     "http://localhost./",
                                     "http://mirror.localhost/",
                                     "http://user:pass@127.0.0.1/",
                                     "http://mirror.example@127.0.0.1/",
                                     "http://[::FFFF:127.0.0.1]:80/"}) {
    EXPECT_TRUE(is_refused(admission, uri)) << uri;
  }
}

TEST(Admission, RefusesHostsThatOnlyOthersTakeForAddresses) {
  const Admission admission = with_hosts({});

  for (const std::string_view uri : {"http://2130706433/",
                                     "http://0x7f000001/",
                                     "http://0x7f.1/",
                                     "http://0177.0.0.1/",
                                     "http://127.1/",
                                     "http://127.0.0.1./",
                                     "http://127.0.0.01/",
                                     "http://%31%32%37.0.0.1/",
                                     "http://127%2e0.0.1/",
                                     "http://[fe80::1%25lo]/",
                                     "http://[fe80::1%lo]/",
                                     "http://１２７.0.0.1/",
                                     "http://127。0。0。1/",
                                     "http://ⓛocalhost/",
                                     "http://bücher.example/",
                                     "http://[::1/",
                                     "http://::1/",
                                     "http:///",
                                     "http://127.0.0.1\\@mirror.example/",
                                     "http://mirror.example\t/"}) {
    EXPECT_TRUE(is_refused(admission, uri)) << uri;
  }
}

TEST(Admission, LetsServersOfTheSiteAndOfTheInternetPass) {
  const Admission admission = with_hosts({});

  for (const std::string_view uri :
       {"http://10.0.0.1/", "https://192.168.1.1/", "http://8.8.8.8/", "http://[fd00::1]/",
        "http://[2001:4860:4860::8888]/", "http://mirror.example/", "http://xn--bcher-kva.example/"}) {
    EXPECT_FALSE(is_refused(admission, uri)) << uri;
  }
}

TEST(Admission, IsOfTheWebsSchemesWhateverTheFilterSays) {
  const Admission admission = with_hosts({});

  for (const std::string_view uri : {"ftp://mirror.example/", "file://mirror.example/etc/passwd"}) {
    EXPECT_TRUE(is_refused(admission, uri)) << uri;
  }
}

TEST(Admission, LetsNobodyConnectToWhereANameLeadsInTheNeighbourhood) {
  OriginServer origin;
  origin.put("/page", {.content = "content"});
  const Reach reach = with_hosts({}).admit(parse_uri("http://mirror.example/"));
  Client client({});

  // "localhost" stands for a name of somebody else's that leads here, or leads here by now.
  const Failure failure =
      failure_of([&] { client.send({.uri = parse_uri(url_by_name(origin, "localhost")), .reach = reach}); });

  EXPECT_EQ(failure.code, ErrorCode::invalid);
  EXPECT_THAT(failure.message, HasSubstr("allowed_hosts"));
  EXPECT_EQ(origin.connections(), 0u);
}

TEST(Admission, LetsHostsPassThatAreAllowedByNameWhereverTheyAre) {
  OriginServer origin;
  origin.put("/page", {.content = "content"});
  const Admission admission = with_hosts({.allowed = {"localhost", "127.0.0.1"}, .disallowed = {}});

  EXPECT_EQ(get(admission, url_by_name(origin, "localhost")), "content");
  EXPECT_EQ(get(admission, origin.url("/page")), "content");
  EXPECT_TRUE(is_refused(admission, "http://[::1]/"));
}

TEST(Admission, OfGlobalAddressesAloneMakesNoExceptionForNames) {
  OriginServer origin;
  const Admission admission =
      with_hosts({.allowed = {"localhost", "10.0.0.1", "mirror.example", "8.8.8.8"}, .disallowed = {}},
                 Vicinity::global);

  EXPECT_TRUE(is_refused(admission, "http://10.0.0.1/"));
  EXPECT_TRUE(is_refused(admission, "http://localhost/"));
  EXPECT_FALSE(is_refused(admission, "http://8.8.8.8/"));
  EXPECT_EQ(admission.admit(parse_uri("http://mirror.example/")).nearest, AddressClass::global);
}

TEST(Admission, RefusesTheNamesThatLeadToADisallowedAddress) {
  const Admission admission = with_hosts({.allowed = {}, .disallowed = {"10.0.0.1", "bad.example"}});

  const Reach reach = admission.admit(parse_uri("http://mirror.example/"));

  EXPECT_TRUE(reach.objection("10.0.0.1"));
  EXPECT_TRUE(reach.objection("64:ff9b::a00:1"));
  EXPECT_FALSE(reach.objection("10.0.0.2"));
  EXPECT_TRUE(is_refused(admission, "http://[::ffff:10.0.0.1]/"));
  EXPECT_TRUE(is_refused(admission, "http://[2002:a00:1::]/"));
}

TEST(Admission, JudgesEveryRedirectByItself) {
  OriginServer origin;
  origin.put("/page", {.content = "content"});
  origin.put("/there", {.status = 302, .headers = "Location: " + origin.url("/page") + "\r\n"});
  origin.put("/astray", {.status = 302, .headers = "Location: " + url_by_name(origin, "localhost") + "\r\n"});
  const Admission admission = with_hosts({.allowed = {"127.0.0.1"}, .disallowed = {}});

  EXPECT_EQ(get(admission, origin.url("/there")), "content");
  const Failure failure = failure_of([&] { get(admission, origin.url("/astray")); });

  EXPECT_EQ(failure.code, ErrorCode::invalid);
  EXPECT_THAT(failure.message, HasSubstr("allowed_hosts"));
}

TEST(Admission, MayLeadOnToANearerHostThatIsAllowedByName) {
  const Admission admission = with_hosts({.allowed = {"127.0.0.1"}, .disallowed = {}});

  const Reach reach = admitted(admission)(parse_uri("http://127.0.0.1/"), AddressClass::global);

  EXPECT_EQ(reach.nearest, AddressClass::local);
}

}  // namespace
}  // namespace vitrine::fetch
