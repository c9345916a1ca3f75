#include "access/property_protections.h"

#include <gmock/gmock.h>

#include <fstream>

#include "access/options.h"
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

constexpr std::string_view file =
    "[^x_billing_.*]\ncreate = admin, Billing\nread = admin,billing , MEMBER\nupdate = billing\ndelete = !\n"
    "[x_none]\ncreate =\nread = @\nupdate = !,member\ndelete = @\n"
    "[os_glance_mine]\ncreate = !\nread = !\nupdate = !\ndelete = !\n";

TEST(PropertyProtections, LetEverybodyDoEverythingWithoutAFile) {
  const PropertyProtections none;

  EXPECT_TRUE(none.is_empty());
  EXPECT_TRUE(none.allow(stranger, PropertyUse::remove, "anything"));
}

TEST(PropertyProtections, GoByTheCallersRoles) {
  const PropertyProtections protections(file);

  EXPECT_TRUE(protections.allow(billing, PropertyUse::create, "x_billing_code"));
  EXPECT_TRUE(protections.allow(member, PropertyUse::read, "x_billing_code"));
  EXPECT_FALSE(protections.allow(member, PropertyUse::update, "x_billing_code"));
  EXPECT_FALSE(protections.allow(stranger, PropertyUse::read, "x_billing_code"));
  EXPECT_FALSE(protections.allow(billing, PropertyUse::remove, "x_billing_code"));
}

TEST(PropertyProtections, KnowEverybodyAndNobody) {
  const PropertyProtections protections(file);

  EXPECT_TRUE(protections.allow(stranger, PropertyUse::read, "x_none"));
  EXPECT_FALSE(protections.allow(member, PropertyUse::create, "x_none")) << "an empty list is nobody";
  EXPECT_FALSE(protections.allow(member, PropertyUse::update, "x_none")) << "nobody wins over a role";
}

TEST(PropertyProtections, SearchTheNameAndTakeTheFirstSectionThatIsFound) {
  const PropertyProtections protections(
      "[code]\ncreate = @\nread = @\nupdate = @\ndelete = @\n"
      "[.*]\ncreate = !\nread = !\nupdate = !\ndelete = !\n");

  EXPECT_TRUE(protections.allow(stranger, PropertyUse::update, "my_code_2"));
  EXPECT_FALSE(protections.allow(stranger, PropertyUse::update, "my_core"));
}

TEST(PropertyProtections, DenyWhatNoSectionNames) {
  const PropertyProtections protections(file);

  EXPECT_FALSE(protections.allow(billing, PropertyUse::read, "os_distro"));
}

TEST(PropertyProtections, DoNotCloseWhatTheServiceKeeps) {
  const PropertyProtections protections(file);

  EXPECT_TRUE(protections.allow(stranger, PropertyUse::read, "os_glance_mine"));
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

  EXPECT_FALSE(LiveProtections(*config_).current()->allow(stranger, PropertyUse::read, "os_distro"));
}

TEST_F(ConfiguredProtections, AreCheckedWithFileAndLine) {
  EXPECT_THAT(faults("[a]\ncreate = @\nread = @\nupdate = @,!\ndelete = @\n"),
              ElementsAre(HasSubstr("protections.conf:4: error: update is for everybody")));
  EXPECT_THROW(LiveProtections{*config_}, Error);
}

TEST_F(ConfiguredProtections, AreRefusedWhenTheFileIsMissingOrOfTheOtherFormat) {
  EXPECT_THAT(faults("", "property_protection_rule_format = policies\n"),
              ElementsAre(HasSubstr("test.conf:2: error: [DEFAULT] property_protection_file")));
  EXPECT_THAT(faults("", "[DEFAULT]\nproperty_protection_file = nowhere.conf\n"),
              ElementsAre(HasSubstr("there is no such file")));
}

constexpr std::string_view open_to_all = "[.*]\ncreate = @\nread = @\nupdate = @\ndelete = @\n";

TEST_F(ConfiguredProtections, AreReadAgainWhenTheFileChanges) {
  ASSERT_THAT(faults(std::string(file)), IsEmpty());
  LiveProtections live(*config_);
  const auto before = live.current();

  std::ofstream(place_.path() / "protections.conf") << open_to_all;

  EXPECT_TRUE(live.current()->allow(stranger, PropertyUse::read, "os_distro"));
  EXPECT_FALSE(before->allow(stranger, PropertyUse::read, "os_distro"))
      << "a request keeps what it began with";
}

TEST_F(ConfiguredProtections, StayAsTheyWereWhenTheFileCannotBeUsed) {
  ASSERT_THAT(faults(std::string(open_to_all)), IsEmpty());
  LiveProtections live(*config_);

  std::ofstream(place_.path() / "protections.conf") << "[a(]\n";
  EXPECT_TRUE(live.current()->allow(stranger, PropertyUse::read, "os_distro"));

  std::filesystem::remove(place_.path() / "protections.conf");
  EXPECT_TRUE(live.current()->allow(stranger, PropertyUse::read, "os_distro"));
}

TEST(LiveProtections, LetEverybodyDoEverythingWithoutAFile) {
  EXPECT_TRUE(LiveProtections().current()->is_empty());
}

}  // namespace
}  // namespace vitrine::access
