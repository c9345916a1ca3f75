#include "config/refusals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/glance_options.h"
#include "config/test_directory.h"

namespace vitrine::config {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Option<std::string> policy_file{
    .name = "policy_file", .group = "oslo_policy", .fallback = "policy.yaml"};
constexpr Option<MultiText> policy_dirs{
    .name = "policy_dirs", .group = "oslo_policy", .fallback = "policy.d"};
constexpr Option<std::optional<std::string>> property_protection_file{.name = "property_protection_file"};

const OptionList known = {&policy_file, &policy_dirs, &property_protection_file};

class Refused : public testing::Test {
 protected:
  std::vector<std::string> errors(std::string_view text) const {
    const Config config(directory_.only(text), known);
    std::vector<Finding> errors;
    for (const Finding& finding : config.findings()) {
      if (finding.severity == Finding::Severity::error) errors.push_back(finding);
    }
    return lines_of(errors, directory_);
  }

  TestDirectory directory_;
};

struct Asking {
  const char* text;
  const char* feature;
};

class RefusedOption : public Refused, public testing::WithParamInterface<Asking> {};

TEST_P(RefusedOption, IsAnErrorThatNamesTheFeature) {
  EXPECT_THAT(errors(GetParam().text),
              ElementsAre(AllOf(HasSubstr("test.conf:2: error"), HasSubstr("asks for"),
                                HasSubstr(GetParam().feature))));
}

INSTANTIATE_TEST_SUITE_P(
    AllOfThem, RefusedOption,
    testing::Values(Asking{"[DEFAULT]\nallow_anonymous_access = yes\n", "anonymous"},
                    Asking{"[DEFAULT]\ndelayed_delete = True\n", "delayed deletion"},
                    Asking{"[DEFAULT]\nenabled_import_methods = [glance-direct]\n", "import"},
                    Asking{"[DEFAULT]\nimage_cache_dir = /var/cache\n", "cache"},
                    Asking{"[DEFAULT]\nlog_config_append = /etc/log\n", "logging"},
                    Asking{"[DEFAULT]\nmetadata_encryption_key = 0123456789abcdef\n", "encryption"},
                    Asking{"[DEFAULT]\nowner_is_tenant = False\n", "owned by users"},
                    Asking{"[DEFAULT]\nproperty_protection_file = p.conf\n", "property protection"},
                    Asking{"[DEFAULT]\npublish_errors = true\n", "notifications"},
                    Asking{"[DEFAULT]\nuse_journal = true\n", "journal"},
                    Asking{"[DEFAULT]\nuse_keystone_limits = true\n", "limits"},
                    Asking{"[DEFAULT]\nuse_syslog = true\n", "syslog"},
                    Asking{"[database]\nslave_connection = sqlite://\n", "second database"},
                    Asking{"[image_import_opts]\nimage_import_plugins = [image_conversion]\n", "plugins"},
                    Asking{"[oslo_messaging_notifications]\ndriver = messagingv2\n", "notifications"},
                    Asking{"[oslo_policy]\npolicy_file = mine.yaml\n", "policy files"},
                    Asking{"[profiler]\nenabled = true\n", "tracing"}));

TEST_F(Refused, IsNothingThatIsWrittenEmptyOrOff) {
  EXPECT_THAT(
      errors("[DEFAULT]\nallow_anonymous_access = no\nenabled_import_methods = []\n"
             "image_cache_dir =\nowner_is_tenant = yes\n[database]\n"
             "slave_connection =\n"
             "[oslo_messaging_notifications]\ndriver = noop\n[oslo_policy]\npolicy_file = policy.yaml\n"),
      IsEmpty());
}

TEST_F(Refused, SaysWhatToDoInstead) {
  EXPECT_THAT(
      errors("[DEFAULT]\ndelayed_delete = true\n"),
      ElementsAre(
          "test.conf:2: error: [DEFAULT] delayed_delete asks for delayed deletion, which this version "
          "does not have yet. Remove it or set it to false."));
}

TEST_F(Refused, NeverShowsASecret) {
  EXPECT_THAT(errors("[DEFAULT]\nmetadata_encryption_key = hunter2\n"),
              ElementsAre(Not(HasSubstr("hunter2"))));
}

TEST_F(Refused, IsAFaultyValueToo) {
  EXPECT_THAT(errors("[DEFAULT]\ndelayed_delete = perhaps\n"), ElementsAre(HasSubstr("accepted is true")));
}

TEST_F(Refused, IsWhateverTheEnvironmentAsksFor) {
  directory_.set("OS_DEFAULT__DELAYED_DELETE", "true");

  EXPECT_THAT(errors(""), ElementsAre(HasSubstr("asks for delayed deletion")));
}

TEST_F(Refused, AreRulesInAPolicyFileOfTheDefaultName) {
  directory_.write("policy.yaml", "# comment\n\nget_image: '!'\n");

  EXPECT_THAT(errors(""), ElementsAre(HasSubstr("policy.yaml: error: Policy rules")));
}

TEST_F(Refused, AreRulesInAPolicyDirectory) {
  directory_.write("policy.d/rules.yaml", "get_image: '!'\n");

  EXPECT_THAT(errors(""), ElementsAre(HasSubstr("policy.d: error: Policy rules")));
}

TEST_F(Refused, AreNoPolicyFilesWithCommentsOnly) {
  directory_.write("policy.yaml", "---\n#\"get_image\": \"!\"\n");
  directory_.write("policy.d/rules.yaml", "{}\n");

  EXPECT_THAT(errors(""), IsEmpty());
}

TEST(RefusalTable, NamesOnlyOptionsThatExist) {
  std::vector<std::pair<std::string_view, std::string_view>> names;
  for (const Declaration& declaration : all_declarations(known)) {
    names.emplace_back(declaration.group, declaration.name);
  }
  for (const Refusal& refusal : refusals()) {
    EXPECT_THAT(names, Contains(testing::Pair(refusal.group, refusal.name)));
  }
}

}  // namespace
}  // namespace vitrine::config
