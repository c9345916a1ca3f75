#include "config/glance_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "config/test_directory.h"
#include "config/value.h"

namespace vitrine::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Option<std::int64_t> log_rotate_interval{
    .name = "log_rotate_interval", .fallback = 5, .help = "Ours."};

std::vector<std::string> findings(const TestDirectory& directory, std::string_view text) {
  return lines_of(Config(directory.only(text), {}).findings(), directory);
}

TEST(GlanceOptions, NameNoOptionTwice) {
  std::set<std::pair<std::string_view, std::string_view>> names;
  for (const Declaration& declaration : all_declarations({})) {
    EXPECT_TRUE(names.emplace(declaration.group, declaration.name).second)
        << declaration.group << "." << declaration.name;
  }
  EXPECT_GT(names.size(), 300u);
}

TEST(GlanceOptions, HaveHelpAndADefaultThatTheyAccept) {
  for (Declaration declaration : all_declarations({})) {
    EXPECT_THAT(declaration.help, testing::EndsWith(".")) << declaration.name;
    if (!declaration.fallback) continue;
    declaration.needs_brackets = false;
    EXPECT_TRUE(parse_value(declaration, *declaration.fallback))
        << declaration.group << "." << declaration.name;
  }
}

TEST(GlanceOptions, GiveWayToARoomsOptionOfTheSameName) {
  int count = 0;
  for (const Declaration& declaration : all_declarations({&log_rotate_interval})) {
    if (declaration.name != "log_rotate_interval") continue;
    ++count;
    EXPECT_EQ(declaration.help, "Ours.");
    EXPECT_TRUE(declaration.is_read);
  }
  EXPECT_EQ(count, 1);
}

TEST(GlanceOptions, TellWhichRowsARoomHasTakenOver) {
  static constexpr Option<bool> ours{.name = "ours"};

  EXPECT_THAT(rows_declared_by({&log_rotate_interval, &ours}), ElementsAre("DEFAULT.log_rotate_interval"));
}

TEST(GlanceOptions, AreKnown) {
  const TestDirectory directory;

  EXPECT_THAT(
      findings(
          directory,
          "[DEFAULT]\nlog_rotate_interval = 5\n[barbican_service_user]\nauth_type = password\nusername = u\n"
          "[oslo_messaging_rabbit]\nssl = false\n[glance_store]\ncinder_mount_point_base = p\n"),
      IsEmpty());
}

TEST(GlanceOptions, AreCheckedWithAWarningWhenNothingReadsThem) {
  const TestDirectory directory;

  EXPECT_THAT(
      findings(directory, "[DEFAULT]\nlog_rotate_interval = many\n"),
      ElementsAre("test.conf:2: warning: [DEFAULT] log_rotate_interval = many: accepted is a whole number."));
}

TEST(GlanceOptions, WarnOnceWhenTheyHaveNoEffect) {
  const TestDirectory directory;

  EXPECT_THAT(findings(directory, "[DEFAULT]\nregistry_host = a\nregistry_host = b\n"),
              ElementsAre("test.conf:3: warning: [DEFAULT] registry_host has no effect. Remove it."));
}

TEST(GlanceOptions, WarnWhenTheyAreDeprecated) {
  const TestDirectory directory;

  EXPECT_THAT(findings(directory, "[DEFAULT]\nimage_cache_sqlite_db = c.db\n"),
              ElementsAre(HasSubstr("is deprecated")));
}

TEST(GlanceOptions, WarnOfAFormerName) {
  const TestDirectory directory;

  EXPECT_THAT(findings(directory, "[key_manager]\napi_class = barbican\n"),
              ElementsAre(HasSubstr("Write backend in [key_manager]")));
}

}  // namespace
}  // namespace vitrine::config
