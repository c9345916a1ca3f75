#include "fetch/uri.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::fetch {
namespace {

void expect_refused(std::string_view text) {
  try {
    parse_uri(text);
    ADD_FAILURE() << text << " is taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid) << text;
  }
}

void expect_no_host(std::string_view host) {
  try {
    ADD_FAILURE() << host << " is taken for " << normal_host(host);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid) << host;
  }
}

/// Where a redirect leads, in one text.
std::string target_of(std::string_view base, std::string_view reference) {
  const Uri target = resolve(parse_uri(base), reference);
  return origin_of(target) + target.target;
}

// Parts

TEST(Uri, IsTakenApart) {
  const Uri uri = parse_uri("HTTPS://Example.COM:8443/a/b?c=d&e");

  EXPECT_EQ(uri, (Uri{"https", {}, "example.com", 8443, "/a/b?c=d&e"}));
}

TEST(Uri, HasTheRootAsItsTargetIfNoneIsWritten) {
  EXPECT_EQ(parse_uri("http://host").target, "/");
  EXPECT_EQ(parse_uri("http://host?a=b").target, "/?a=b");
}

TEST(Uri, LosesItsFragment) {
  EXPECT_EQ(parse_uri("http://host/a#b").target, "/a");
  EXPECT_EQ(parse_uri("http://host#b@other/").host, "host");
}

TEST(Uri, HasAPortOnlyIfOneIsWritten) {
  EXPECT_EQ(parse_uri("http://host:80/").port, 80);
  EXPECT_EQ(parse_uri("http://host/").port, std::nullopt);
  EXPECT_EQ(parse_uri("http://host:/").port, std::nullopt);
  EXPECT_EQ(parse_uri("http://[::1]:65535/").port, 65535);
}

TEST(Uri, HasCredentialsDecoded) {
  EXPECT_EQ(parse_uri("http://user:p%40ss%3A@host/").credentials, (Credentials{"user", "p@ss:"}));
  EXPECT_EQ(parse_uri("http://:@host/").credentials, (Credentials{"", ""}));
  EXPECT_EQ(parse_uri("http://@host/").credentials, std::nullopt);
}

TEST(Uri, KeepsItsTargetAsItIsWritten) {
  EXPECT_EQ(parse_uri("http://host/a/../b//c/%2e%2E;d=1?x=%20+y").target, "/a/../b//c/%2e%2E;d=1?x=%20+y");
}

TEST(Uri, EncodesWhatNoUriMayHoldInItsTarget) {
  EXPECT_EQ(parse_uri("http://host/a b/\\c|d[1]").target, "/a%20b/%5Cc%7Cd%5B1%5D");
  EXPECT_EQ(parse_uri("http://host/na\xc3\xafve").target, "/na%C3%AFve");
  EXPECT_EQ(parse_uri("http://host/100%/%4").target, "/100%25/%254");
}

TEST(Uri, IsRefusedWithoutSchemeOrHost) {
  for (const std::string_view text :
       {"", "host/path", "//host/path", "://host", "1http://host", "ht tp://host", " http://host",
        "http:/host", "http:host", "http://", "http:///path", "http://:80/", "http://user:pass@/",
        "http://?a=b", "http://[]/"}) {
    expect_refused(text);
  }
}

TEST(Uri, IsRefusedWithCredentialsThatAreNotOneUserAndOnePassword) {
  for (const std::string_view text : {"http://user@host/", "http://a:b:c@host/", "http://a:b@c:d@host/",
                                      "http://a:%zz@host/", "http://a:%00@host/", "http://a:%0d%0a@host/"}) {
    expect_refused(text);
  }
}

TEST(Uri, IsRefusedWithAPortThatIsNone) {
  for (const std::string_view text :
       {"http://host:http/", "http://host:0/", "http://host:65536/", "http://host:-1/", "http://host:+80/",
        "http://host:80:80/", "http://host: 80/", "http://host:99999999999999999999/", "http://[::1]80/"}) {
    expect_refused(text);
  }
}

TEST(Uri, IsRefusedWithABracketInTheWrongPlace) {
  for (const std::string_view text : {"http://[::1/", "http://::1]/", "http://::1/", "http://[host]/",
                                      "http://[127.0.0.1]/", "http://[::1%25lo]/", "http://a[::1]/"}) {
    expect_refused(text);
  }
}

TEST(Uri, IsRefusedWithAControlCharacter) {
  for (const std::string_view text :
       {"http://host/a\nb", "http://host/a\r\nHost: b", "http://ho\tst/", "http://host/\x7f"}) {
    expect_refused(text);
  }
  expect_refused({"http://host/\0", 13});
}

TEST(Uri, IsRefusedWithoutRepeatingItsCredentials) {
  try {
    parse_uri("http://user:secret@host:secret/");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos);
  }
}

// Hosts

TEST(Host, HasOneSpelling) {
  EXPECT_EQ(normal_host("Example.COM"), "example.com");
  EXPECT_EQ(normal_host("example.com."), "example.com");
  EXPECT_EQ(normal_host("host_1-a"), "host_1-a");
  EXPECT_EQ(normal_host("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(normal_host("0:0::0:0001"), "::1");
  EXPECT_EQ(normal_host("2001:DB8::A"), "2001:db8::a");
}

TEST(Host, IsAnIpv4AddressHoweverItIsMapped) {
  EXPECT_EQ(normal_host("::ffff:127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(normal_host("::FFFF:7f00:1"), "127.0.0.1");
}

TEST(Host, IsNoNumberThatOldResolversTakeForAnAddress) {
  for (const std::string_view host :
       {"127.1", "2130706433", "0177.0.0.1", "127.0.0.01", "0x7f000001", "0X7F.0.0.1", "0x7f.1",
        "127.0.0.0x1", "1.2.3.4.", "1.2.3.4.5", "256.1.1.1", "a.1"}) {
    expect_no_host(host);
  }
}

TEST(Host, IsMadeOfNothingButLabels) {
  for (const std::string_view host : {"", ".", "a..b", ".a", "a b", "a%20b", "a/b", "a\\b", "na\xc3\xafve",
                                      "a@b", "*", "::1%lo", "1::2::3"}) {
    expect_no_host(host);
  }
  expect_no_host(std::string(64, 'a'));
  expect_no_host(std::string(128, 'a') + std::string(126, '.'));
}

// Redirects

TEST(Redirect, LeadsToAnotherUri) {
  EXPECT_EQ(target_of("http://host/a/b?c", "https://other:8443/d?e#f"), "https://other:8443/d?e");
}

TEST(Redirect, MayBeRelative) {
  EXPECT_EQ(target_of("http://host:81/a/b?c", "d"), "http://host:81/a/d");
  EXPECT_EQ(target_of("http://host:81/a/b?c", "/d/e"), "http://host:81/d/e");
  EXPECT_EQ(target_of("http://host:81/a/b?c", "../d?x=y:z"), "http://host:81/d?x=y:z");
  EXPECT_EQ(target_of("http://host:81/a/b?c", "?d"), "http://host:81/a/b?d");
  EXPECT_EQ(target_of("http://host/a", "//other/b"), "http://other/b");
  EXPECT_EQ(target_of("http://[::1]:81/a", "b c"), "http://[::1]:81/b%20c");
  EXPECT_EQ(target_of("http://host/a?b", ""), "http://host/a?b");
  EXPECT_EQ(target_of("http://host/a?b", "#c"), "http://host/a?b");
}

// The examples of RFC 3986 §5.4 that have neither a scheme nor a fragment.
TEST(Redirect, IsResolvedAsTheStandardSays) {
  const std::pair<std::string_view, std::string_view> examples[] = {
      {"g", "/b/c/g"},
      {"./g", "/b/c/g"},
      {"g/", "/b/c/g/"},
      {"/g", "/g"},
      {"?y", "/b/c/d;p?y"},
      {"g?y", "/b/c/g?y"},
      {";x", "/b/c/;x"},
      {"g;x?y", "/b/c/g;x?y"},
      {"", "/b/c/d;p?q"},
      {".", "/b/c/"},
      {"./", "/b/c/"},
      {"..", "/b/"},
      {"../", "/b/"},
      {"../g", "/b/g"},
      {"../..", "/"},
      {"../../", "/"},
      {"../../g", "/g"},
      {"../../../g", "/g"},
      {"../../../../g", "/g"},
      {"/./g", "/g"},
      {"/../g", "/g"},
      {"g.", "/b/c/g."},
      {".g", "/b/c/.g"},
      {"g..", "/b/c/g.."},
      {"..g", "/b/c/..g"},
      {"./../g", "/b/g"},
      {"./g/.", "/b/c/g/"},
      {"g/./h", "/b/c/g/h"},
      {"g/../h", "/b/c/h"},
      {"g;x=1/./y", "/b/c/g;x=1/y"},
      {"g;x=1/../y", "/b/c/y"},
      {"g?y/./x", "/b/c/g?y/./x"},
      {"g?y/../x", "/b/c/g?y/../x"},
  };

  for (const auto& [reference, target] : examples) {
    EXPECT_EQ(resolve(parse_uri("http://a/b/c/d;p?q"), reference).target, target) << reference;
  }
}

TEST(Redirect, KeepsEscapesAsTheyAreWritten) {
  EXPECT_EQ(target_of("http://host/x%2Fy/a", "b%2Bc%2fd%7E?e=%2B"), "http://host/x%2Fy/b%2Bc%2fd%7E?e=%2B");
}

TEST(Redirect, KeepsCredentialsOnTheSameServerAlone) {
  const Uri base = parse_uri("http://user:pass@host:81/a");

  EXPECT_EQ(resolve(base, "/b").credentials, base.credentials);
  EXPECT_EQ(resolve(base, "http://HOST:81/b").credentials, base.credentials);
  for (const std::string_view other :
       {"http://other:81/b", "http://host:82/b", "http://host/b", "https://host:81/b", "//sub.host:81/b"}) {
    EXPECT_EQ(resolve(base, other).credentials, std::nullopt) << other;
  }
}

TEST(Redirect, MayBringItsOwnCredentials) {
  const Uri base = parse_uri("http://user:pass@host/a");

  EXPECT_EQ(resolve(base, "http://me:mine@host/b").credentials, (Credentials{"me", "mine"}));
}

TEST(Redirect, IsRefusedIfItIsMalformed) {
  const Uri base = parse_uri("http://host/a");

  for (const std::string_view reference :
       {"http:", "http:b", "mailto:someone", "//", "http://a b/", "/a\r\nb"}) {
    EXPECT_THROW(resolve(base, reference), Error) << reference;
  }
}

// Messages

TEST(Origin, IsTheUriWithoutCredentialsAndTarget) {
  EXPECT_EQ(origin_of(parse_uri("http://user:pass@host/secret")), "http://host");
  EXPECT_EQ(origin_of(parse_uri("https://user:pass@[::1]:8443/secret")), "https://[::1]:8443");
}

}  // namespace
}  // namespace vitrine::fetch
