#include "access/policy_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "access/options.h"
#include "base/error.h"
#include "tests/support/origin_server.h"

namespace vitrine::access {
namespace {

using tests::OriginServer;
using tests::Page;

class PolicyServer : public testing::Test {
 protected:
  AskRemote asker(const std::string& more = "") {
    const auto file = place_.path() / "test.conf";
    std::ofstream(file) << "[oslo_policy]\n" << more;
    const config::Config config({.sources = {{config::Source::Kind::file, file}}}, options());
    return ask_policy_servers(config);
  }

  RemoteQuestion question(const std::string& path) const {
    return {.url = server_.url(path), .content_type = "text/plain", .body = "may they?"};
  }

  ErrorCode code_of(const AskRemote& ask, const std::string& path) const {
    try {
      ask(question(path));
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  }

  tests::TemporaryDirectory place_;
  OriginServer server_;
};

TEST_F(PolicyServer, IsAskedWithPostAndAnswersWithItsBody) {
  server_.put("/check", {.content = "True"});

  EXPECT_EQ(asker()(question("/check")), "True");

  ASSERT_EQ(server_.requests().size(), 1u);
  EXPECT_EQ(server_.requests()[0].method, "POST");
  EXPECT_EQ(server_.requests()[0].header("Content-Type"), "text/plain");
}

TEST_F(PolicyServer, AnswersWhateverTheStatus) {
  server_.put("/check", {.status = 403, .content = "False"});

  EXPECT_EQ(asker()(question("/check")), "False");
}

TEST_F(PolicyServer, ThatIsSlowIsNotWaitedFor) {
  server_.put("/check", {.content = "True", .fault = Page::Fault::mute});

  EXPECT_EQ(code_of(asker("remote_timeout = 0.2\n"), "/check"), ErrorCode::timed_out);
}

TEST_F(PolicyServer, ThatIsAwayIsAnError) {
  const AskRemote ask = asker();
  const RemoteQuestion nowhere{.url = "http://127.0.0.1:1/", .content_type = "text/plain", .body = ""};

  EXPECT_THROW(ask(nowhere), Error);
}

}  // namespace
}  // namespace vitrine::access
