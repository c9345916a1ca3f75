#include "fetch/uri_filter.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::fetch {
namespace {

/// What the filter says to the URI; empty if it lets it pass.
std::string answer(const UriFilter& filter, std::string_view uri) {
  try {
    filter.check(parse_uri(uri));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid) << uri;
    return error.what();
  }
  return {};
}

TEST(UriFilter, LetsEverythingPassWithoutRules) {
  const UriFilter filter({});

  EXPECT_EQ(answer(filter, "ftp://localhost:21/"), "");
}

TEST(UriFilter, WantsAnAllowedScheme) {
  const UriFilter filter({.schemes = {.allowed = {"https"}, .disallowed = {}}});

  EXPECT_EQ(answer(filter, "HTTPS://host/"), "");
  EXPECT_EQ(answer(filter, "http://host/"),
            "The URI's scheme http is not in [import_filtering_opts] allowed_schemes");
}

TEST(UriFilter, RefusesADisallowedScheme) {
  const UriFilter filter({.schemes = {.allowed = {}, .disallowed = {"HTTP"}}});

  EXPECT_EQ(answer(filter, "https://host/"), "");
  EXPECT_EQ(answer(filter, "http://host/"),
            "The URI's scheme http is in [import_filtering_opts] disallowed_schemes");
}

TEST(UriFilter, WantsAnAllowedHost) {
  const UriFilter filter({.hosts = {.allowed = {"mirror.example", "192.0.2.1"}, .disallowed = {}}});

  EXPECT_EQ(answer(filter, "http://mirror.example/"), "");
  EXPECT_EQ(answer(filter, "http://192.0.2.1/"), "");
  EXPECT_EQ(answer(filter, "http://sub.mirror.example/"),
            "The URI's host sub.mirror.example is not in [import_filtering_opts] allowed_hosts");
}

TEST(UriFilter, RefusesADisallowedHostInEverySpelling) {
  const UriFilter filter({.hosts = {.allowed = {}, .disallowed = {"Internal.Example", "127.0.0.1", "::1"}}});

  for (const std::string_view uri :
       {"http://internal.example/", "http://INTERNAL.EXAMPLE/", "http://internal.example./",
        "http://127.0.0.1/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/", "http://user:mirror.example@internal.example/"}) {
    EXPECT_NE(answer(filter, uri).find("disallowed_hosts"), std::string::npos) << uri;
  }
  EXPECT_EQ(answer(filter, "http://mirror.example/"), "");
}

TEST(UriFilter, LooksAtAPortOnlyIfItIsWritten) {
  const UriFilter filter({.ports = {.allowed = {"80", "443"}, .disallowed = {}}});

  EXPECT_EQ(answer(filter, "http://host/"), "");
  EXPECT_EQ(answer(filter, "https://host:80/"), "");
  EXPECT_EQ(answer(filter, "ftp://host/"), "");
  EXPECT_EQ(answer(filter, "http://host:8080/"),
            "The URI's port 8080 is not in [import_filtering_opts] allowed_ports");
}

TEST(UriFilter, RefusesADisallowedPort) {
  const UriFilter filter({.ports = {.allowed = {}, .disallowed = {"022"}}});

  EXPECT_EQ(answer(filter, "http://host:80/"), "");
  EXPECT_EQ(answer(filter, "http://host:22/"),
            "The URI's port 22 is in [import_filtering_opts] disallowed_ports");
}

TEST(UriFilter, PrefersToAllowWhatIsInBothLists) {
  const FilterLists both{.allowed = {"1"}, .disallowed = {"1"}};

  EXPECT_EQ(answer(UriFilter({.ports = both}), "http://host:1/"), "");
}

TEST(UriFilter, JudgesEachPartByItsOwnLists) {
  const UriFilter filter(
      {.schemes = {.allowed = {"http"}, .disallowed = {}}, .hosts = {.allowed = {}, .disallowed = {"bad"}}});

  EXPECT_EQ(answer(filter, "http://good/"), "");
  EXPECT_NE(answer(filter, "http://bad/"), "");
  EXPECT_NE(answer(filter, "https://good/"), "");
}

TEST(UriFilter, WithoutPortsStillJudgesSchemesAndHosts) {
  const UriFilter filter = UriFilter({.schemes = {.allowed = {"http"}, .disallowed = {}},
                                      .hosts = {.allowed = {}, .disallowed = {"bad"}},
                                      .ports = {.allowed = {"80"}, .disallowed = {"8080"}}})
                               .without_ports();

  EXPECT_EQ(answer(filter, "http://good:8080/"), "");
  EXPECT_NE(answer(filter, "https://good/"), "");
  EXPECT_NE(answer(filter, "http://bad/"), "");
}

TEST(UriFilter, DoesNotTakeListsThatCouldNeverMatch) {
  for (const FilterRules& rules : {FilterRules{.hosts = {.allowed = {"0x7f.1"}, .disallowed = {}}},
                                   FilterRules{.hosts = {.allowed = {}, .disallowed = {"http://host"}}},
                                   FilterRules{.ports = {.allowed = {"http"}, .disallowed = {}}}}) {
    try {
      const UriFilter filter(rules);
      ADD_FAILURE() << "taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::configuration);
    }
  }
}

}  // namespace
}  // namespace vitrine::fetch
