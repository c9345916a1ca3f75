#include "keystone/service_catalog.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "base/error.h"
#include "tests/support/fake_keystone.h"

namespace vitrine::keystone {
namespace {

using tests::FakeKeystone;

boost::json::array catalog() {
  return boost::json::parse(R"([
      {"type": "identity", "endpoints": [{"interface": "public", "region": "One", "url": "http://keystone"}]},
      {"type": "image", "endpoints": [
          {"interface": "internal", "region": "One", "region_id": "One", "url": "http://one.internal"},
          {"interface": "public", "region": "One", "region_id": "One", "url": "http://one"},
          {"interface": "public", "region_id": "Two", "url": "http://two"}]},
      {"type": "volume"}])")
      .as_array();
}

TEST(ServiceCatalog, KnowsWhereAServiceIs) {
  EXPECT_EQ(endpoint_url(catalog(), {"image", "public", "One"}), "http://one");
  EXPECT_EQ(endpoint_url(catalog(), {"image", "internal", "One"}), "http://one.internal");
  EXPECT_EQ(endpoint_url(catalog(), {"image", "public", "two"}), "http://two");
  EXPECT_EQ(endpoint_url(catalog(), {"image", "public", ""}), "http://one");
}

TEST(ServiceCatalog, IsReadAroundWhatMakesNoSense) {
  boost::json::array all = catalog();
  all.insert(all.begin(), "nonsense");
  all.insert(all.begin(), boost::json::parse(R"({"type": "image", "endpoints": [7]})"));

  EXPECT_EQ(endpoint_url(all, {"image", "public", "Two"}), "http://two");
}

TEST(ServiceCatalog, SaysNothingOfWhatIsNotThere) {
  EXPECT_EQ(endpoint_url(catalog(), {"image", "internal", "Two"}), "");
  EXPECT_EQ(endpoint_url(catalog(), {"image", "public", "Three"}), "");
  EXPECT_EQ(endpoint_url(catalog(), {"volume", "public", "One"}), "");
}

class TokenCatalog : public ::testing::Test {
 protected:
  TokenCatalog() {
    keystone_.set_catalog(catalog());
    keystone_.put("token", keystone_.token_for("alice"));
  }

  FakeClock clock_{parse_time("2026-03-01T09:30:00Z").value()};
  FakeKeystone keystone_{clock_};
  Session session_{{.login = {identity_uri(keystone_.url()), "{}"}, .retries = 0}, clock_};
};

TEST_F(TokenCatalog, IsAskedOfKeystone) {
  EXPECT_EQ(endpoint_url(session_, "token", {"image", "public", "Two"}), "http://two");
  EXPECT_EQ(keystone_.server().requests().back().header("X-Subject-Token"), "token");
}

TEST_F(TokenCatalog, IsNobodysWhoseTokenIsNotValid) {
  try {
    endpoint_url(session_, "other", {"image", "public", "Two"});
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::forbidden);
  }
}

}  // namespace
}  // namespace vitrine::keystone
