#include "api/versions.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "api/json_text.h"
#include "tests/support/api_stores.h"

namespace vitrine::api {
namespace {

Negotiated negotiate(std::string target, std::string accept = "",
                     const stores::StoreSet& stores = single_store()) {
  http::Request request;
  request.target = std::move(target);
  if (!accept.empty()) request.headers.add("Accept", std::move(accept));
  return negotiate_version(request, stores);
}

TEST(VersionNegotiation, EveryAcceptedPrefixIsTheSameApi) {
  for (const char* version : {"v2", "v2.0", "v2.7", "v2.9", "v2.15", "v2.17"}) {
    const Negotiated result = negotiate(std::string("/") + version + "/images?limit=1");
    EXPECT_EQ(result.outcome, Negotiated::Outcome::api) << version;
    EXPECT_EQ(result.path, "/v2/images") << version;
  }
}

TEST(VersionNegotiation, OthersGetAChoice) {
  for (const char* target :
       {"/", "/v1/images", "/v3", "/v2.99", "/images", "/v2.8/images", "/v2.18/images"}) {
    EXPECT_EQ(negotiate(target).outcome, Negotiated::Outcome::multiple_choices) << target;
  }
  EXPECT_EQ(negotiate("/versions/x").outcome, Negotiated::Outcome::versions);
}

TEST(VersionNegotiation, SomeVersionsComeWithSeveralStores) {
  const stores::StoreSet stores = several_stores();

  for (const char* target : {"/v2.8/images", "/v2.10/images", "/v2.13/images", "/v2.9/images"}) {
    EXPECT_EQ(negotiate(target, "", stores).outcome, Negotiated::Outcome::api) << target;
  }
  EXPECT_EQ(negotiate("/v2.14/images", "", stores).outcome, Negotiated::Outcome::multiple_choices);
}

TEST(VersionNegotiation, TheAcceptHeaderCanNameTheVersion) {
  EXPECT_EQ(negotiate("/images", "application/vnd.openstack.images-v2.1").path, "/v2/images");
  EXPECT_EQ(negotiate("/images", "application/vnd.openstack.images-v9").outcome,
            Negotiated::Outcome::multiple_choices);
}

TEST(VersionNegotiation, LeadingSlashesAreSkipped) {
  EXPECT_EQ(negotiate("//v2/images").path, "/v2/images");
}

/// The ids of the versions, in order, as the list has them.
std::string listed(const stores::StoreSet& stores) {
  const ApiSettings settings;
  const http::Reply reply = versions_reply(200, settings, stores, {});
  const boost::json::value document = parse_json(std::get<std::string>(reply.body));
  std::string ids;
  for (const auto& version : document.at("versions").as_array()) {
    ids += std::string(version.at("id").as_string()) + " ";
  }
  return ids;
}

TEST(VersionList, DependsOnWhetherThereAreSeveralStores) {
  EXPECT_EQ(listed(single_store()), "v2.15 v2.9 v2.17 v2.7 v2.6 v2.5 v2.4 v2.3 v2.2 v2.1 v2.0 ");
  EXPECT_EQ(listed(several_stores()),
            "v2.15 v2.13 v2.12 v2.11 v2.10 v2.9 v2.8 v2.17 v2.7 v2.6 v2.5 v2.4 v2.3 v2.2 v2.1 v2.0 ");
}

TEST(VersionList, MarksOneVersionAsCurrentAndUsesThePublicAddress) {
  const ApiSettings settings{.public_endpoint = "https://images.example/"};

  const http::Reply reply = versions_reply(300, settings, single_store(), {});

  const std::string& text = std::get<std::string>(reply.body);
  EXPECT_NE(
      text.find(
          R"({"id": "v2.17", "status": "CURRENT", "links": [{"rel": "self", "href": "https://images.example/v2/"}]})"),
      std::string::npos)
      << text;
  EXPECT_EQ(text.find("CURRENT"), text.rfind("CURRENT"));
}

}  // namespace
}  // namespace vitrine::api
