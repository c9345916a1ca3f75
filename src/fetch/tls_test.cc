#include <gmock/gmock.h>

#include "fetch/test_support.h"
#include "tests/support/origin_server.h"

/// Whom a client trusts.
namespace vitrine::fetch {
namespace {

using ::testing::HasSubstr;
using tests::OriginServer;
using tests::ServerIdentity;

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() { origin_.put("/page", {.content = "content"}); }

  std::string get(const ClientSettings& settings, const std::string& host = "127.0.0.1") {
    Client client(settings);
    Uri uri = parse_uri(origin_.url("/page"));
    uri.host = host;
    return read_all(*client.send({.uri = uri}));
  }

  const ServerIdentity identity_;
  OriginServer origin_{identity_};
};

TEST_F(TlsTest, TrustsTheGivenAuthorities) {
  EXPECT_EQ(get({.ca_file = identity_.certificate_file()}), "content");
}

TEST_F(TlsTest, TrustsAnybodyIfNobodyIsVerified) {
  EXPECT_EQ(get({.verifies_peers = false}), "content");
}

TEST_F(TlsTest, DoesNotTrustAStranger) {
  const Failure failure = failure_of([&] { get({}); });

  EXPECT_EQ(failure.code, ErrorCode::unavailable);
  EXPECT_THAT(failure.message, HasSubstr("certificate"));
  EXPECT_TRUE(origin_.requests().empty());
}

TEST_F(TlsTest, DoesNotTrustAnotherAuthority) {
  const ServerIdentity other;

  EXPECT_EQ(failure_of([&] { get({.ca_file = other.certificate_file()}); }).code, ErrorCode::unavailable);
}

TEST_F(TlsTest, DoesNotTrustACertificateForAnotherName) {
  const ClientSettings settings{.ca_file = identity_.certificate_file()};

  EXPECT_EQ(failure_of([&] { get(settings, "localhost"); }).code, ErrorCode::unavailable);
  EXPECT_TRUE(origin_.requests().empty());
}

TEST_F(TlsTest, TrustsOneCertificateByItsFingerprintWhateverItsName) {
  const std::string sha1 = identity_.fingerprint("sha1");
  const std::string sha256 = identity_.fingerprint("sha256");

  for (const std::string& fingerprint : {sha1, sha256}) {
    EXPECT_EQ(get({.fingerprint = fingerprint}, "localhost"), "content");
    EXPECT_EQ(get({.verifies_peers = false, .fingerprint = fingerprint}), "content");
  }
}

TEST_F(TlsTest, TrustsNoOtherCertificateThanTheOneWithTheFingerprint) {
  const ServerIdentity other;
  const std::string name = identity_.certificate_file();

  for (const std::string& fingerprint : {other.fingerprint("sha1"), other.fingerprint("sha256")}) {
    for (const ClientSettings& settings :
         {ClientSettings{.ca_file = name, .fingerprint = fingerprint},
          ClientSettings{.verifies_peers = false, .fingerprint = fingerprint}}) {
      const Failure failure = failure_of([&] { get(settings); });
      EXPECT_EQ(failure.code, ErrorCode::unavailable);
      EXPECT_THAT(failure.message, HasSubstr("certificate"));
    }
  }
  EXPECT_TRUE(origin_.requests().empty());
}

TEST_F(TlsTest, VerifiesAProxyInTheSameWay) {
  Uri proxy = parse_uri(origin_.url("/"));
  const auto get_through_proxy = [&](ClientSettings settings) {
    settings.proxies = {{"http", proxy}};
    return read_all(*Client(settings).send({.uri = parse_uri("http://origin.invalid/page")}));
  };

  EXPECT_EQ(get_through_proxy({.ca_file = identity_.certificate_file()}), "content");
  EXPECT_EQ(get_through_proxy({.verifies_peers = false}), "content");
  EXPECT_EQ(failure_of([&] { get_through_proxy({}); }).code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace vitrine::fetch
