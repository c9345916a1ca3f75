#include "api/front_settings.h"

#include <gmock/gmock.h>

#include "api/options.h"
#include "config/test_directory.h"

namespace vitrine::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FrontSettings : public testing::Test {
 protected:
  std::unique_ptr<config::Config> read(const std::string& text) {
    return std::make_unique<config::Config>(directory_.only(text), options());
  }

  /// A header of the answer to a page of that origin.
  static std::string header(const Cors& cors, const std::string& origin, const std::string& name) {
    http::Request request;
    request.method = "GET";
    request.headers.add("Origin", origin);
    http::Reply reply;
    cors.decorate(request, reply);
    const std::string* value = reply.headers.find(name);
    return value ? *value : "";
  }

  std::vector<std::string> faults(const std::string& text) {
    std::vector<std::string> messages;
    for (const config::Finding& finding : check_health_settings(*read(text)))
      messages.push_back(finding.message);
    return messages;
  }

  config::TestDirectory directory_;
};

TEST_F(FrontSettings, NoOriginIsAllowedUnasked) {
  EXPECT_EQ(header(read_cors(*read("")), "https://a", "Access-Control-Allow-Origin"), "");
}

TEST_F(FrontSettings, AFurtherOriginInheritsWhatItsSectionLeavesOut) {
  const Cors cors = read_cors(
      *read("[cors]\nallowed_origin = https://a\nallow_credentials = false\nexpose_headers = X-One\n"
            "[cors.other]\nallowed_origin = https://b,https://c\nexpose_headers = X-Two\n"));

  EXPECT_EQ(header(cors, "https://a", "Access-Control-Expose-Headers"), "X-One");
  EXPECT_EQ(header(cors, "https://c", "Access-Control-Allow-Origin"), "https://c");
  EXPECT_EQ(header(cors, "https://c", "Access-Control-Expose-Headers"), "X-Two");
  EXPECT_EQ(header(cors, "https://c", "Access-Control-Allow-Credentials"), "");
}

TEST_F(FrontSettings, AHealthFileCountsOnlyIfItsCheckIsChosen) {
  EXPECT_THAT(read_health_settings(*read("[healthcheck]\ndisable_by_file_path = /run/off\n")).checks,
              IsEmpty());

  const HealthSettings settings = read_health_settings(*read(
      "[healthcheck]\nbackends = disable_by_file,disable_by_files_ports\ndisable_by_file_path = /run/off\n"
      "disable_by_file_paths = 9292:/run/a,9393:/run/b\n"));

  ASSERT_EQ(settings.checks.size(), 2u);
  EXPECT_EQ(settings.checks[0].files.at(0).path, "/run/off");
  EXPECT_EQ(settings.checks[1].files.at(1).path, "/run/b");
  EXPECT_EQ(settings.checks[1].files.at(1).port, 9393);
}

TEST_F(FrontSettings, WhatMakesNoSenseIsFound) {
  EXPECT_THAT(faults("[healthcheck]\nbackends = disable_by_file\nallowed_source_ranges = 10.0.0.0/8,::1\n"),
              IsEmpty());
  EXPECT_THAT(faults("[healthcheck]\nbackends = disable_by_file,enable_by_files\n"),
              ElementsAre(HasSubstr("exclude each other")));
  EXPECT_THAT(faults("[healthcheck]\ndisable_by_file_paths = /run/off,0:/x,70000:/x\n"),
              ElementsAre(HasSubstr("'/run/off'"), HasSubstr("'0:/x'"), HasSubstr("'70000:/x'")));
  EXPECT_THAT(faults("[healthcheck]\nallowed_source_ranges = 10.0.0.1/8\n"),
              ElementsAre(HasSubstr("'10.0.0.1/8' is no network")));
}

}  // namespace
}  // namespace vitrine::api
