#include "access/property_protections.h"

#include <gmock/gmock.h>

#include <fstream>

#include "access/options.h"
#include "access/property_permissions.h"
#include "base/error.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::access {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

model::Caller caller_with(std::vector<std::string> roles) {
  model::Caller caller;
  caller.roles = std::move(roles);
  return caller;
}

const model::Caller stranger = caller_with({});
const model::Caller member = caller_with({"member"});
const model::Caller billing = caller_with({"reader", "billing"});

bool no_policy(std::string_view rule) {
  ADD_FAILURE() << "the policy was asked about " << rule;
  return true;
}

constexpr std::string_view file =
    "[^x_billing_.*]\ncreate = admin, Billing\nread = admin,billing , MEMBER\nupdate = billing\ndelete = !\n"
    "[x_none]\ncreate =\nread = @\nupdate = !,member\ndelete = @\n"
    "[os_glance_mine]\ncreate = !\nread = !\nupdate = !\ndelete = !\n";

TEST(PropertyProtections, LetEverybodyDoEverythingWithoutAFile) {
  const PropertyProtections none;

  EXPECT_TRUE(none.is_empty());
  EXPECT_TRUE(none.allow(stranger, no_policy, PropertyUse::remove, "anything"));
}

TEST(PropertyProtections, GoByTheCallersRoles) {
  const PropertyProtections protections(file);

  EXPECT_TRUE(protections.allow(billing, no_policy, PropertyUse::create, "x_billing_code"));
  EXPECT_TRUE(protections.allow(member, no_policy, PropertyUse::read, "x_billing_code"));
  EXPECT_FALSE(protections.allow(member, no_policy, PropertyUse::update, "x_billing_code"));
  EXPECT_FALSE(protections.allow(stranger, no_policy, PropertyUse::read, "x_billing_code"));
  EXPECT_FALSE(protections.allow(billing, no_policy, PropertyUse::remove, "x_billing_code"));
}

TEST(PropertyProtections, GoByTheRolesOfACallingServiceToo) {
  const PropertyProtections protections(file);
  model::Caller through_service = stranger;
  through_service.service.roles = {"billing"};

  EXPECT_TRUE(protections.allow(through_service, no_policy, PropertyUse::update, "x_billing_code"));
  EXPECT_FALSE(protections.allow(through_service, no_policy, PropertyUse::remove, "x_billing_code"));
}

TEST(PropertyProtections, KnowEverybodyAndNobody) {
  const PropertyProtections protections(file);

  EXPECT_TRUE(protections.allow(stranger, no_policy, PropertyUse::read, "x_none"));
  EXPECT_FALSE(protections.allow(member, no_policy, PropertyUse::create, "x_none"))
      << "an empty list is nobody";
  EXPECT_FALSE(protections.allow(member, no_policy, PropertyUse::update, "x_none"))
      << "nobody wins over a role";
}

TEST(PropertyProtections, SearchTheNameAndTakeTheFirstSectionThatIsFound) {
  const PropertyProtections protections(
      "[code]\ncreate = @\nread = @\nupdate = @\ndelete = @\n"
      "[.*]\ncreate = !\nread = !\nupdate = !\ndelete = !\n");

  EXPECT_TRUE(protections.allow(stranger, no_policy, PropertyUse::update, "my_code_2"));
  EXPECT_FALSE(protections.allow(stranger, no_policy, PropertyUse::update, "my_core"));
}

TEST(PropertyProtections, DenyWhatNoSectionNames) {
  const PropertyProtections protections(file);

  EXPECT_FALSE(protections.allow(billing, no_policy, PropertyUse::read, "os_distro"));
}

TEST(PropertyProtections, DoNotCloseWhatTheServiceKeeps) {
  const PropertyProtections protections(file);

  EXPECT_TRUE(protections.allow(stranger, no_policy, PropertyUse::read, "os_glance_mine"));
}

TEST(PropertyProtections, OfTheOtherFormatAskThePolicy) {
  const PropertyProtections protections("[x_.*]\ncreate = creators\nread = @\nupdate = !\ndelete =\n",
                                        ProtectionFormat::policies);
  std::vector<std::string> asked;
  bool answer = true;
  const auto ask = [&](std::string_view rule) {
    asked.emplace_back(rule);
    return answer;
  };

  EXPECT_TRUE(protections.allow(stranger, ask, PropertyUse::create, "x_a"));
  answer = false;
  EXPECT_FALSE(protections.allow(stranger, ask, PropertyUse::create, "x_a"));
  EXPECT_TRUE(protections.allow(stranger, no_policy, PropertyUse::read, "x_a"));
  EXPECT_FALSE(protections.allow(stranger, no_policy, PropertyUse::update, "x_a"));
  EXPECT_FALSE(protections.allow(stranger, no_policy, PropertyUse::remove, "x_a"));
  EXPECT_THAT(asked, ElementsAre("creators", "creators"));
}

TEST(PropertyProtections, OfTheOtherFormatNameOneRuleOnly) {
  try {
    PropertyProtections("[a]\ncreate = one, two\nread = @\nupdate = @\ndelete = @\n",
                        ProtectionFormat::policies);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("line 2: create names several rules"));
  }
}

TEST(PropertyProtections, CloseWhatIsTooHardToMatch) {
  const PropertyProtections protections(
      "[^(a+)+(b+)+(a+)+c$]\ncreate = !\nread = !\nupdate = !\ndelete = !\n"
      "[.*]\ncreate = @\nread = @\nupdate = @\ndelete = @\n");

  EXPECT_FALSE(protections.allow(stranger, no_policy, PropertyUse::read, std::string(255, 'a') + "d"));
  EXPECT_TRUE(protections.allow(stranger, no_policy, PropertyUse::read, "b"));
}

TEST(PropertyProtections, NameEveryFaultWithItsLine) {
  try {
    PropertyProtections(
        "[a(]\ncreate = @\nread = @\nupdate = @\ndelete = @\n[b]\nread = @,!\nupdate = x\n"
        "delete = y\n");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::configuration);
    EXPECT_THAT(error.what(), HasSubstr("line 1: [a(] is no regular expression"));
    EXPECT_THAT(error.what(), HasSubstr("line 6: [b] does not say who may create"));
    EXPECT_THAT(error.what(), HasSubstr("line 7: read is for everybody (@) and for nobody (!)"));
  }
}

TEST(PropertyPermissions, FindNothingOutTwice) {
  int questions = 0;
  const PropertyPermissions permissions(
      std::make_shared<PropertyProtections>("[x_.*]\ncreate = creators\nread = !\nupdate = !\ndelete = !\n",
                                            ProtectionFormat::policies),
      stranger, [&](std::string_view) { return ++questions > 0; });

  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(permissions.allow(PropertyUse::create, "x_a"));
    EXPECT_FALSE(permissions.allow(PropertyUse::read, "x_a"));
  }

  EXPECT_EQ(questions, 1);
  EXPECT_TRUE(permissions.allow(PropertyUse::create, "x_b"));
  EXPECT_EQ(questions, 2);
}

TEST(PropertyPermissions, AreNotLimitedWithoutAFile) {
  const PropertyPermissions permissions(std::make_shared<PropertyProtections>(), stranger, no_policy);

  EXPECT_TRUE(permissions.allow(PropertyUse::remove, "anything"));
  EXPECT_TRUE(PropertyPermissions().allow(PropertyUse::remove, "anything"));
}

class ConfiguredProtections : public ::testing::Test {
 protected:
  std::vector<std::string> faults(const std::string& protections, const std::string& more = "") {
    std::ofstream(place_.path() / "protections.conf") << protections;
    std::ofstream(place_.path() / "test.conf")
        << "[DEFAULT]\nproperty_protection_file = protections.conf\n" + more;
    config::Search search;
    search.sources = {{config::Source::Kind::file, place_.path() / "test.conf"}};
    config_ = std::make_unique<config::Config>(search, options());
    std::vector<std::string> result;
    for (const config::Finding& finding : check_property_protections(*config_))
      result.push_back(to_string(finding));
    return result;
  }

  tests::TemporaryDirectory place_;
  std::unique_ptr<config::Config> config_;
};

TEST_F(ConfiguredProtections, AreFoundBesideTheConfiguration) {
  EXPECT_THAT(faults(std::string(file)), IsEmpty());

  EXPECT_FALSE(
      LiveProtections(*config_).current()->allow(stranger, no_policy, PropertyUse::read, "os_distro"));
}

TEST_F(ConfiguredProtections, AreCheckedWithFileAndLine) {
  EXPECT_THAT(faults("[a]\ncreate = @\nread = @\nupdate = @,!\ndelete = @\n"),
              ElementsAre(HasSubstr("protections.conf:4: error: update is for everybody")));
  EXPECT_THROW(LiveProtections{*config_}, Error);
}

TEST_F(ConfiguredProtections, AreRefusedWhenTheFileIsMissing) {
  EXPECT_THAT(faults("", "[DEFAULT]\nproperty_protection_file = nowhere.conf\n"),
              ElementsAre(HasSubstr("there is no such file")));
}

TEST_F(ConfiguredProtections, NameRulesThatThePolicyHas) {
  const std::string format = "property_protection_rule_format = policies\n";
  std::ofstream(place_.path() / "policy.yaml") << "creators: 'role:admin'\n";

  EXPECT_THAT(faults("[a]\ncreate = creators\nread = context_is_admin\nupdate = @\ndelete = !\n", format),
              IsEmpty());
  EXPECT_THAT(faults("[a]\ncreate = nowhere\nread = nowhere\nupdate = @\ndelete = !\n", format),
              ElementsAre(HasSubstr("protections.conf: error: The policy has no rule nowhere")));
}

constexpr std::string_view open_to_all = "[.*]\ncreate = @\nread = @\nupdate = @\ndelete = @\n";

TEST_F(ConfiguredProtections, AreReadAgainWhenTheFileChanges) {
  ASSERT_THAT(faults(std::string(file)), IsEmpty());
  LiveProtections live(*config_);
  const auto before = live.current();

  std::ofstream(place_.path() / "protections.conf") << open_to_all;

  EXPECT_TRUE(live.current()->allow(stranger, no_policy, PropertyUse::read, "os_distro"));
  EXPECT_FALSE(before->allow(stranger, no_policy, PropertyUse::read, "os_distro"))
      << "a request keeps what it began with";
}

TEST_F(ConfiguredProtections, StayAsTheyWereWhenTheFileCannotBeUsed) {
  ASSERT_THAT(faults(std::string(open_to_all)), IsEmpty());
  LiveProtections live(*config_);

  std::ofstream(place_.path() / "protections.conf") << "[a(]\n";
  EXPECT_TRUE(live.current()->allow(stranger, no_policy, PropertyUse::read, "os_distro"));

  std::filesystem::remove(place_.path() / "protections.conf");
  EXPECT_TRUE(live.current()->allow(stranger, no_policy, PropertyUse::read, "os_distro"));
}

TEST(LiveProtections, LetEverybodyDoEverythingWithoutAFile) {
  EXPECT_TRUE(LiveProtections().current()->is_empty());
}

}  // namespace
}  // namespace vitrine::access
