#include "http/reply_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class NoSource : public ByteSource {
 public:
  Chunk read() override { return {}; }
};

std::string head_of(const Request& request, const Reply& reply, bool closes = false) {
  return reply_head(reply, frame_of(request, reply), closes);
}

TEST(ReplyHead, AText) {
  Reply reply;
  reply.status = 404;
  reply.headers.add("Content-Type", "text/plain");
  reply.body = std::string("absent");

  const std::string head = head_of(Request(), reply);

  EXPECT_THAT(head, StartsWith("HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nDate: "));
  EXPECT_THAT(head, HasSubstr(" GMT\r\nContent-Length: 6\r\n\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Connection")));
}

TEST(ReplyHead, NoContentHasNoFraming) {
  Reply reply;
  reply.status = 204;

  const std::string head = head_of(Request(), reply);

  EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(head, Not(HasSubstr("Transfer-Encoding")));
}

TEST(ReplyHead, AnUnknownLengthIsChunkedForNewClientsAndClosedForOldOnes) {
  Reply reply;
  reply.body = std::make_unique<NoSource>();
  Request old;
  old.version = 10;

  EXPECT_THAT(head_of(Request(), reply), HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(head_of(old, reply, true), Not(HasSubstr("Transfer-Encoding")));
  EXPECT_EQ(frame_of(old, reply).framing, Framing::until_close);
}

TEST(ReplyHead, AKnownLengthOfASourceIsSent) {
  Reply reply;
  reply.body = std::make_unique<NoSource>();
  reply.body_size = 7;

  EXPECT_THAT(head_of(Request(), reply), HasSubstr("Content-Length: 7\r\n"));
}

TEST(ReplyHead, HeadKeepsTheLengthOfTheBodyLeftOut) {
  Request request;
  request.method = "HEAD";
  Reply with_body;
  with_body.body = std::string("1234");
  Reply without_body;
  without_body.headers.add("Content-Length", "99");

  EXPECT_THAT(head_of(request, with_body), HasSubstr("Content-Length: 4\r\n"));
  EXPECT_THAT(head_of(request, without_body), HasSubstr("Content-Length: 99\r\n"));
}

TEST(ReplyHead, FramingIsTheServersBusiness) {
  Reply reply;
  reply.headers = {{"content-length", "99"}, {"Transfer-Encoding", "gzip"}, {"Connection", "close"}};

  const std::string head = head_of(Request(), reply);

  EXPECT_THAT(head, HasSubstr("Content-Length: 0\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("99")));
  EXPECT_THAT(head, Not(HasSubstr("gzip")));
  EXPECT_TRUE(asks_to_close(reply));
}

TEST(ReplyHead, NoValueCanForgeAHeader) {
  Reply reply;
  reply.headers.add("Location", "/a\r\nSet-Cookie: x");

  EXPECT_THAT(head_of(Request(), reply), HasSubstr("Location: /a  Set-Cookie: x\r\n"));
}

TEST(ReplyHead, SaysThatTheConnectionCloses) {
  EXPECT_THAT(head_of(Request(), Reply(), true), HasSubstr("Connection: close\r\n"));
}

}  // namespace
}  // namespace vitrine::http
