#include "http/request_head.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::http {
namespace {

Head parsed(std::string_view text) {
  Head head;
  parse_head(text, head);
  return head;
}

ErrorCode refusal(std::string_view text) {
  try {
    HeadScanner scanner(1024);
    const auto size = scanner.scan(text);
    if (size) parsed(text.substr(0, *size));
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;  // was accepted
}

TEST(HeadScanner, FindsTheEndHoweverTheInputGrows) {
  const std::string head = "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string input = head + "GET /next";
  HeadScanner scanner(1024);

  for (std::size_t size = 0; size < head.size(); ++size) {
    EXPECT_EQ(scanner.scan(input.substr(0, size)), std::nullopt) << size;
  }
  EXPECT_EQ(scanner.scan(input), head.size());
}

TEST(HeadScanner, RefusesMoreThanTheLimit) {
  EXPECT_EQ(refusal("GET /" + std::string(1100, 'x')), ErrorCode::headers_too_large);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nName: " + std::string(1100, 'x') + "\r\n\r\n"),
            ErrorCode::headers_too_large);
}

TEST(HeadScanner, RefusesAtOnceWhatCannotBecomeAHead) {
  EXPECT_EQ(refusal("\x16\x03\x01\x02"), ErrorCode::invalid);
  EXPECT_EQ(refusal("GET / HTTP/1.1\n"), ErrorCode::invalid);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: x\n\n"), ErrorCode::invalid);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: x\r\n folded"), ErrorCode::invalid);
}

TEST(RequestHead, IsReadCompletely) {
  const Head head = parsed(
      "PUT /v2/images/1/file?a=%20 HTTP/1.1\r\nHost: example\r\nX-Name:  value \r\nContent-Length: 5\r\n"
      "Expect: 100-Continue\r\n\r\n");

  EXPECT_EQ(head.request.method, "PUT");
  EXPECT_EQ(head.request.target, "/v2/images/1/file?a=%20");
  EXPECT_EQ(head.request.version, 11u);
  EXPECT_EQ(*head.request.headers.find("X-Name"), "value");
  EXPECT_EQ(head.request.content_length, 5u);
  EXPECT_TRUE(head.request.has_body);
  EXPECT_TRUE(head.expects_continue);
  EXPECT_TRUE(head.keeps_alive);
  EXPECT_FALSE(head.is_chunked);
}

TEST(RequestHead, KnowsChunkedBodies) {
  const Head head = parsed("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n");

  EXPECT_TRUE(head.is_chunked);
  EXPECT_TRUE(head.request.has_body);
  EXPECT_EQ(head.request.content_length, std::nullopt);
}

TEST(RequestHead, ALengthOfZeroIsNoBody) {
  const Head head = parsed("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");

  EXPECT_FALSE(head.request.has_body);
  EXPECT_EQ(head.request.content_length, 0u);
}

TEST(RequestHead, AnOldOrClosingClientIsNotKept) {
  EXPECT_FALSE(parsed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keeps_alive);
  EXPECT_FALSE(parsed("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").keeps_alive);
}

TEST(RequestHead, AnOldClientExpectsNoContinue) {
  EXPECT_FALSE(
      parsed("PUT / HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n").expects_continue);
}

TEST(RequestHead, AnAbsoluteTargetIsStrippedAndItsAuthorityIsTheHost) {
  const Head head = parsed("GET HTTP://one.example:9292/v2?x=1 HTTP/1.1\r\nHost: two.example\r\n\r\n");
  EXPECT_EQ(head.request.target, "/v2?x=1");
  EXPECT_EQ(*head.request.headers.find("Host"), "one.example:9292");

  EXPECT_EQ(parsed("GET http://one.example?x=1 HTTP/1.1\r\nHost: a\r\n\r\n").request.target, "/?x=1");
  EXPECT_EQ(parsed("GET https://one.example HTTP/1.1\r\nHost: a\r\n\r\n").request.target, "/");
}

TEST(RequestHead, ContradictingLengthsAreRefused) {
  const std::string start = "POST / HTTP/1.1\r\nHost: x\r\n";
  for (const std::string fields : {
           "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
           "Content-Length: 3\r\nContent-Length: 4\r\n",
           "Content-Length: 3, 4\r\n",
           "Content-Length: -1\r\n",
           "Content-Length: +1\r\n",
           "Content-Length: 0x10\r\n",
           "Content-Length: 99999999999999999999\r\n",
           "Content-Length:\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
       }) {
    EXPECT_EQ(refusal(start + fields + "\r\n"), ErrorCode::invalid) << fields;
  }
}

TEST(RequestHead, OtherTransferCodingsAreNotImplemented) {
  const std::string start = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: ";
  EXPECT_EQ(refusal(start + "gzip\r\n\r\n"), ErrorCode::not_implemented);
  EXPECT_EQ(refusal(start + "gzip, chunked\r\n\r\n"), ErrorCode::not_implemented);
  EXPECT_EQ(refusal(start + "chunked, identity\r\n\r\n"), ErrorCode::not_implemented);
}

TEST(RequestHead, ChunkedNeedsHttp11) {
  EXPECT_EQ(refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), ErrorCode::invalid);
}

TEST(RequestHead, BrokenGrammarIsRefused) {
  for (const std::string text : {
           "GET /\r\n\r\n",
           "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
           "GET / HTTP/0.9\r\nHost: x\r\n\r\n",
           "GET / http/1.1\r\nHost: x\r\n\r\n",
           "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
           "G{}T / HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET x HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
           "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET http:///path HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET / HTTP/1.1\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
           "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: x\r\n: empty\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: x\r\nName: a\x01z\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: x\r\nName: a\rb\r\n\r\n",
       }) {
    EXPECT_EQ(refusal(text), ErrorCode::invalid) << text;
  }
}

TEST(RequestHead, WhatWasUnderstoodIsKept) {
  Head head;

  EXPECT_THROW(parse_head("GET /x HTTP/1.1\r\nHost: y\r\nbroken\r\n\r\n", head), Error);

  EXPECT_EQ(head.request.method, "GET");
  EXPECT_EQ(head.request.target, "/x");
  EXPECT_EQ(*head.request.headers.find("Host"), "y");
}

TEST(RequestHead, IsGuessedFromItsBeginning) {
  Head head;

  guess_head("GET /x HTTP/1.1\r\nHost: y\r\nCookie: unfinis", head);

  EXPECT_EQ(head.request.method, "GET");
  EXPECT_EQ(head.request.target, "/x");
}

}  // namespace
}  // namespace vitrine::http
