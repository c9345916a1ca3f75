#include "access/policy_target.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "access/policy_credentials.h"

namespace vitrine::access {
namespace {

namespace json = boost::json;

model::Image some_image() {
  model::Image image;
  image.id = "i";
  image.owner = "p";
  image.visibility = model::Visibility::is_community;
  image.status = model::ImageStatus::active;
  image.size = 20;
  image.min_ram = 512;
  image.is_protected = true;
  image.created_at = Timestamp{std::chrono::seconds{0}};
  image.tags = {"t"};
  image.properties = {{"hw.model", "virtio"}, {"empty", std::nullopt}, {"owner_note", "x"}};
  return image;
}

std::optional<std::string> text(const PolicyTarget& target, std::string_view key) {
  std::string scratch;
  const auto found = target.find(key, scratch);
  return found ? std::optional(std::string(*found)) : std::nullopt;
}

TEST(ImageTarget, AnswersWithTheTextsOfPython) {
  const model::Image image = some_image();
  const ImageTarget target(image);

  EXPECT_EQ(text(target, "id"), "i");
  EXPECT_EQ(text(target, "image_id"), "i");
  EXPECT_EQ(text(target, "owner"), "p");
  EXPECT_EQ(text(target, "project_id"), "p");
  EXPECT_EQ(text(target, "visibility"), "community");
  EXPECT_EQ(text(target, "status"), "active");
  EXPECT_EQ(text(target, "size"), "20");
  EXPECT_EQ(text(target, "min_ram"), "512");
  EXPECT_EQ(text(target, "protected"), "True");
  EXPECT_EQ(text(target, "os_hidden"), "False");
  EXPECT_EQ(text(target, "name"), "None");
  EXPECT_EQ(text(target, "created_at"), "1970-01-01T00:00:00Z");
}

TEST(ImageTarget, HasTheCustomPropertiesAmongItsKeys) {
  const model::Image image = some_image();
  const ImageTarget target(image);

  EXPECT_EQ(text(target, "hw.model"), "virtio");
  EXPECT_EQ(text(target, "empty"), "None");
  EXPECT_EQ(text(target, "no_such"), std::nullopt);
  EXPECT_EQ(text(target, "locations"), std::nullopt);
}

TEST(ImageTarget, IsSharedWithAMemberOrNobody) {
  const model::Image image = some_image();

  EXPECT_EQ(text(ImageTarget(image), "member_id"), "None");
  EXPECT_EQ(text(ImageTarget(image, "q"), "member_id"), "q");
  EXPECT_EQ(text(ImageTarget(image, "q"), "member"), "q");
}

TEST(ImageTarget, TellsAPolicyServerEverythingButLocations) {
  const model::Image image = some_image();

  const json::object document = ImageTarget(image, "q").document();

  EXPECT_EQ(document.at("owner"), "p");
  EXPECT_EQ(document.at("size"), 20);
  EXPECT_EQ(document.at("protected"), true);
  EXPECT_TRUE(document.at("name").is_null());
  EXPECT_EQ(document.at("member_id"), "q");
  EXPECT_EQ(document.at("hw.model"), "virtio");
  EXPECT_EQ(document.at("tags"), json::array{"t"});
  EXPECT_FALSE(document.contains("locations"));
}

TEST(ImageTarget, LetsNoPropertyPassForAField) {
  model::Image image = some_image();
  image.properties = {{"owner", "q"}, {"member_id", "q"}};
  const ImageTarget target(image);

  EXPECT_EQ(text(target, "owner"), "p");
  EXPECT_EQ(text(target, "member_id"), "None");
  EXPECT_EQ(target.document().at("owner"), "p");
  EXPECT_TRUE(target.document().at("member_id").is_null());
}

TEST(TextTarget, HasTheValuesItWasGiven) {
  const TextTarget target({{"project_id", "p"}, {"owner", std::nullopt}});

  EXPECT_EQ(text(target, "project_id"), "p");
  EXPECT_EQ(text(target, "owner"), "None");
  EXPECT_EQ(text(target, "visibility"), std::nullopt);
  EXPECT_EQ(target.document(), (json::object{{"project_id", "p"}, {"owner", nullptr}}));
  EXPECT_EQ(text(TextTarget(), "project_id"), std::nullopt);
}

TEST(Credentials, AreTheCallersUnderTheNamesOfRules) {
  model::Caller caller;
  caller.user_id = "u";
  caller.project_id = "p";
  caller.roles = {"member"};
  caller.service = {.user_id = "s", .roles = {"service"}};

  const Credentials credentials(caller);

  EXPECT_EQ(credentials.document(), (json::object{{"project_id", "p"},
                                                  {"user_id", "u"},
                                                  {"roles", {"member"}},
                                                  {"user_domain_id", nullptr},
                                                  {"project_domain_id", nullptr},
                                                  {"domain_id", nullptr},
                                                  {"system_scope", nullptr},
                                                  {"is_admin_project", true},
                                                  {"service_user_id", "s"},
                                                  {"service_user_domain_id", nullptr},
                                                  {"service_project_id", nullptr},
                                                  {"service_project_domain_id", nullptr},
                                                  {"service_roles", {"service"}}}));
  EXPECT_TRUE(credentials.has_role("MEMBER"));
  EXPECT_FALSE(credentials.has_role("service"));
}

TEST(Credentials, AreForAProjectUnlessTheTokenIsForMore) {
  model::Caller caller;
  EXPECT_TRUE(Credentials(caller).are_for_project()) << "a token without any scope counts as a project's";

  caller.domain_id = "d";
  EXPECT_FALSE(Credentials(caller).are_for_project());

  caller.domain_id = "";
  caller.system_scope = "all";
  EXPECT_FALSE(Credentials(caller).are_for_project());
  EXPECT_EQ(Credentials(caller).document().at("system"), "all");
}

}  // namespace
}  // namespace vitrine::access
