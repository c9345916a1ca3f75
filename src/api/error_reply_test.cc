#include "api/error_reply.h"

#include <gtest/gtest.h>

#include "api/error_table.h"
#include "base/error.h"

namespace vitrine::api {
namespace {

http::Request asking_for(std::string accept) {
  http::Request request;
  request.method = "GET";
  request.target = "/v2/images/x";
  if (!accept.empty()) request.headers.add("Accept", std::move(accept));
  return request;
}

std::string body(const http::Reply& reply) {
  return std::get<std::string>(reply.body);
}

TEST(ErrorReply, IsHtmlForClientsThatTakeAnything) {
  const http::Reply reply = error_reply(404, "No image <x>", asking_for("*/*"));

  EXPECT_EQ(*reply.headers.find("Content-Type"), "text/html; charset=UTF-8");
  EXPECT_EQ(body(reply),
            "<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n  "
            "No image "
            "&lt;x&gt;<br /><br />\n\n\n\n </body>\n</html>");
}

TEST(ErrorReply, IsJsonForClientsThatAskForIt) {
  const http::Reply reply = error_reply(409, "Taken", asking_for("application/json"));

  EXPECT_EQ(*reply.headers.find("Content-Type"), "application/json");
  EXPECT_EQ(body(reply),
            R"({"message": "Taken<br /><br />\n\n\n", "code": "409 Conflict", "title": "Conflict"})");
}

TEST(ErrorReply, IsPlainTextOtherwise) {
  EXPECT_EQ(body(error_reply(404, "Gone away", asking_for(""))), "404 Not Found\n\nGone away\n\n   ");
}

TEST(ErrorReply, HidesWhatIsInternal) {
  const auto secret = std::make_exception_ptr(Error(ErrorCode::internal, "password hunter2"));

  const http::Reply reply = error_reply(secret, asking_for(""));

  EXPECT_EQ(reply.status, 500u);
  EXPECT_EQ(body(reply).find("hunter2"), std::string::npos);
}

TEST(ErrorReply, ExceptionsOfOthersAreInternal) {
  EXPECT_EQ(error_reply(std::make_exception_ptr(std::runtime_error("x")), asking_for("")).status, 500u);
}

TEST(ErrorTable, KnowsEveryCode) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    const auto known = static_cast<ErrorCode>(code);
    const bool means_500 = known == ErrorCode::internal || known == ErrorCode::configuration;
    EXPECT_EQ(http_status(known) == 500, means_500) << to_string(known);
  }
}

}  // namespace
}  // namespace vitrine::api
