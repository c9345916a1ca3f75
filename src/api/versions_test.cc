#include "api/versions.h"

#include <gtest/gtest.h>

namespace vitrine::api {
namespace {

Negotiated negotiate(std::string target, std::string accept = "") {
  http::Request request;
  request.target = std::move(target);
  if (!accept.empty()) request.headers.add("Accept", std::move(accept));
  return negotiate_version(request);
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

TEST(VersionNegotiation, TheAcceptHeaderCanNameTheVersion) {
  EXPECT_EQ(negotiate("/images", "application/vnd.openstack.images-v2.1").path, "/v2/images");
  EXPECT_EQ(negotiate("/images", "application/vnd.openstack.images-v9").outcome,
            Negotiated::Outcome::multiple_choices);
}

TEST(VersionNegotiation, LeadingSlashesAreSkipped) {
  EXPECT_EQ(negotiate("//v2/images").path, "/v2/images");
}

TEST(VersionList, MarksOneVersionAsCurrentAndUsesThePublicAddress) {
  const ApiSettings settings{.public_endpoint = "https://images.example/"};

  const http::Reply reply = versions_reply(300, settings, {});

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
