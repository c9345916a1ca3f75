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

class Refused : public testing::Test {
 protected:
  std::vector<std::string> errors(std::string_view text) const {
    const Config config(directory_.only(text), {});
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
    testing::Values(Asking{"[DEFAULT]\ndelayed_delete = True\n", "delayed deletion"},
                    Asking{"[DEFAULT]\nimage_cache_dir = /var/cache\n", "cache"},
                    Asking{"[DEFAULT]\nlog_config_append = /etc/log\n", "logging"},
                    Asking{"[DEFAULT]\nmetadata_encryption_key = 0123456789abcdef\n", "encryption"},
                    Asking{"[DEFAULT]\nowner_is_tenant = False\n", "owned by users"},
                    Asking{"[DEFAULT]\npublish_errors = true\n", "notifications"},
                    Asking{"[DEFAULT]\nuse_journal = true\n", "journal"},
                    Asking{"[DEFAULT]\nuse_syslog = true\n", "syslog"},
                    Asking{"[database]\nslave_connection = sqlite://\n", "second database"},
                    Asking{"[oslo_messaging_notifications]\ndriver = messagingv2\n", "notifications"},
                    Asking{"[profiler]\nenabled = true\n", "tracing"}));

TEST_F(Refused, IsNothingThatIsWrittenEmptyOrOff) {
  EXPECT_THAT(errors("[DEFAULT]\nimage_cache_dir =\nowner_is_tenant = yes\n[database]\n"
                     "slave_connection =\n"
                     "[oslo_messaging_notifications]\ndriver = noop\n"),
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

TEST(RefusalTable, NamesOnlyOptionsThatExist) {
  std::vector<std::pair<std::string_view, std::string_view>> names;
  for (const Declaration& declaration : all_declarations({})) {
    names.emplace_back(declaration.group, declaration.name);
  }
  for (const Refusal& refusal : refusals()) {
    EXPECT_THAT(names, Contains(testing::Pair(refusal.group, refusal.name)));
  }
}

}  // namespace
}  // namespace vitrine::config
