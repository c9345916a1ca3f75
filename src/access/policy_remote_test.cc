#include "access/policy_remote.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <optional>

#include "access/policy_rules.h"
#include "base/error.h"
#include "base/text.h"

namespace vitrine::access {
namespace {

namespace json = boost::json;

const Credentials credentials{json::object{{"user_id", "u & v"}, {"roles", {"member"}}}};

/// A policy server that keeps what it was asked last.
struct Server {
  std::string answer;
  std::optional<RemoteQuestion> asked = {};

  AskRemote asker() {
    return [this](const RemoteQuestion& question) {
      asked = question;
      return answer;
    };
  }
};

PolicyRules rules_with(const char* text, AskRemote ask, RemoteFormat format = RemoteFormat::form) {
  return PolicyRules(parse_policy_file(text, "policy.yaml").rules, {.remote_format = format}, std::move(ask));
}

constexpr const char* remote_rule = "delete_image: http://policy/%(owner)s/check\n";
const TextTarget owned({{"owner", "p"}, {"visibility", std::nullopt}});

TEST(PolicyServers, ArePermissiveOnlyWithTrue) {
  EXPECT_TRUE(is_permission("True"));
  EXPECT_TRUE(is_permission("\"True\""));
  for (const char* answer : {"", "true", "False", "True ", "'True'", "{\"result\": \"True\"}"})
    EXPECT_FALSE(is_permission(answer)) << answer;
}

TEST(PolicyServers, AreAskedWithAFormOfJsonTexts) {
  Server server{"True"};

  EXPECT_TRUE(rules_with(remote_rule, server.asker()).allow("delete_image", credentials, owned));

  EXPECT_EQ(server.asked->url, "http://policy/p/check");
  EXPECT_EQ(server.asked->content_type, "application/x-www-form-urlencoded");
  const auto fields = split(server.asked->body, '&');
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(form_decode(fields[0]), "rule=\"delete_image\"");
  EXPECT_EQ(form_decode(fields[1]), "target={\"owner\":\"p\",\"visibility\":null}");
  EXPECT_EQ(form_decode(fields[2]), "credentials={\"user_id\":\"u & v\",\"roles\":[\"member\"]}");
}

TEST(PolicyServers, AreAskedWithOneJsonObjectIfTheConfigurationSaysSo) {
  Server server{"\"True\""};

  EXPECT_TRUE(
      rules_with(remote_rule, server.asker(), RemoteFormat::json).allow("delete_image", credentials, owned));

  EXPECT_EQ(server.asked->content_type, "application/json");
  EXPECT_EQ(json::parse(server.asked->body),
            json::parse(R"({"rule": "delete_image", "target": {"owner": "p", "visibility": null},
                            "credentials": {"user_id": "u & v", "roles": ["member"]}})"));
}

TEST(PolicyServers, HearTheNameOfTheRuleThatWasAskedFor) {
  Server server{"True"};
  const PolicyRules rules =
      PolicyRules(parse_policy_file("mine: https://policy/\nget_image: rule:mine\n", "policy.yaml").rules, {},
                  server.asker());

  EXPECT_TRUE(rules.allow("get_image", credentials, owned));

  EXPECT_EQ(server.asked->url, "https://policy/");
  EXPECT_EQ(form_decode(split(server.asked->body, '&')[0]), "rule=\"get_image\"");
}

TEST(PolicyServers, DenyWithAnythingElseThanTrue) {
  Server server{"False"};

  EXPECT_FALSE(rules_with(remote_rule, server.asker()).allow("delete_image", credentials, owned));
}

TEST(PolicyServers, DenyWhenTheyDoNotAnswerEvenBehindANot) {
  const AskRemote fails = [](const RemoteQuestion&) -> std::string {
    throw Error(ErrorCode::unavailable, "no route");
  };

  EXPECT_FALSE(rules_with(remote_rule, fails).allow("delete_image", credentials, owned));
  EXPECT_FALSE(
      rules_with("delete_image: not http://policy/", fails).allow("delete_image", credentials, owned));
}

TEST(PolicyServers, DenyWhenNobodyCanAskThem) {
  EXPECT_FALSE(rules_with("delete_image: not http://policy/", {}).allow("delete_image", credentials, owned));
}

TEST(PolicyServers, AreNotAskedWithoutAnAddress) {
  Server server{"True"};

  EXPECT_FALSE(rules_with("delete_image: not http://policy/%(missing)s", server.asker())
                   .allow("delete_image", credentials, owned));
  EXPECT_FALSE(server.asked);
}

}  // namespace
}  // namespace vitrine::access
