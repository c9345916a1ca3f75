#include "base/log.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace vitrine {
namespace {

class Log : public testing::Test {
 protected:
  ~Log() override {
    log::open({});
    std::filesystem::remove_all(directory_);
  }

  std::vector<std::string> lines(const std::filesystem::path& path) const {
    std::ifstream file(path);
    std::vector<std::string> result;
    for (std::string line; std::getline(file, line);) result.push_back(line);
    return result;
  }

  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("vitrine-log-" + std::to_string(::getpid()));
  std::filesystem::path file_ = directory_ / "api.log";
};

TEST_F(Log, PutsTheRequestIdIntoEveryLineOfAScope) {
  log::open({.file = file_});

  {
    const log::Scope scope("req-1");
    log::info("inside");
  }
  log::info("outside");

  const auto written = lines(file_);
  ASSERT_EQ(written.size(), 2u);
  EXPECT_TRUE(written[0].ends_with("INFO vitrine [req-1] inside")) << written[0];
  EXPECT_TRUE(written[1].ends_with("INFO vitrine [-] outside")) << written[1];
}

TEST_F(Log, WritesJsonLines) {
  log::open({.file = file_, .is_json = true});

  log::access({.request_id = "req-2",
               .client = "127.0.0.1",
               .user = "-",
               .method = "GET",
               .target = "/v2/images",
               .protocol = "HTTP/1.1",
               .status = 200});

  const auto line = boost::json::parse(lines(file_).at(0)).as_object();
  EXPECT_EQ(line.at("request_id"), "req-2");
  EXPECT_EQ(line.at("status"), 200);
  EXPECT_EQ(line.at("name"), "vitrine.access");
}

TEST_F(Log, ForgedLinesStayOneLine) {
  log::open({.file = file_});

  log::info("name {}", "a\n2026-01-01 forged");

  ASSERT_EQ(lines(file_).size(), 1u);
  EXPECT_NE(lines(file_)[0].find("a\\x0a2026"), std::string::npos);
}

TEST_F(Log, DebugLinesAppearOnlyWhenAskedFor) {
  log::open({.file = file_});

  log::debug("hidden");
  log::set_debug(true);
  log::debug("shown");

  ASSERT_EQ(lines(file_).size(), 1u);
}

TEST_F(Log, IsReopenedAfterRotation) {
  log::open({.file = file_});
  log::info("before");
  std::filesystem::rename(file_, directory_ / "api.log.1");

  log::reopen();
  log::info("after");

  EXPECT_EQ(lines(file_).size(), 1u);
}

TEST_F(Log, AFileThatCannotBeOpenedIsAConfigurationError) {
  EXPECT_THROW(log::open({.file = "/proc/vitrine/api.log"}), Error);
}

}  // namespace
}  // namespace vitrine
