#include "http/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace vitrine::http {
namespace {

std::string unzip(const std::string& packed, std::size_t size) {
  std::string result(size, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(size);
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  return result;
}

Reply json_reply(std::size_t size) {
  Reply reply;
  reply.headers.add("Content-Type", "application/json; charset=UTF-8");
  reply.body = std::string(size, 'j');
  return reply;
}

Request asking_for(std::string encodings) {
  Request request;
  request.headers.add("Accept-Encoding", std::move(encodings));
  return request;
}

TEST(Gzip, IsReversible) {
  const std::string text(100000, 'x');

  const std::string packed = gzip(text);

  EXPECT_LT(packed.size(), 1000u);
  EXPECT_EQ(unzip(packed, text.size()), text);
}

TEST(Gzip, IsPreferredAsTheWeightsSay) {
  EXPECT_TRUE(prefers_gzip("gzip"));
  EXPECT_TRUE(prefers_gzip("deflate, GZIP ; q=0.5"));
  EXPECT_TRUE(prefers_gzip("*"));
  EXPECT_TRUE(prefers_gzip("identity;q=0.4, gzip;q=0.5"));
  EXPECT_FALSE(prefers_gzip(""));
  EXPECT_FALSE(prefers_gzip("identity"));
  EXPECT_FALSE(prefers_gzip("gzip;q=0"));
  EXPECT_FALSE(prefers_gzip("gzip;q=0.000, *"));
  EXPECT_FALSE(prefers_gzip("*;q=0"));
  EXPECT_FALSE(prefers_gzip("identity, gzip;q=0.5"));
  EXPECT_FALSE(prefers_gzip("gzip;q=high"));
}

TEST(Gzip, CompressesJsonWhenAsked) {
  Reply reply = json_reply(5000);

  compress(asking_for("gzip"), reply);

  EXPECT_EQ(unzip(std::get<std::string>(reply.body), 5000), std::string(5000, 'j'));
  EXPECT_EQ(*reply.headers.find("Content-Encoding"), "gzip");
  EXPECT_EQ(*reply.headers.find("Vary"), "Accept-Encoding");
}

TEST(Gzip, SaysThatAPlainReplyMightHaveBeenCompressed) {
  Reply reply = json_reply(5000);
  reply.headers.add("Vary", "Origin");

  compress(Request(), reply);

  EXPECT_EQ(std::get<std::string>(reply.body).size(), 5000u);
  EXPECT_EQ(reply.headers.find("Content-Encoding"), nullptr);
  EXPECT_EQ(*reply.headers.find("Vary"), "Origin, Accept-Encoding");
}

TEST(Gzip, LeavesSmallRepliesAlone) {
  Reply reply = json_reply(100);

  compress(asking_for("gzip"), reply);

  EXPECT_EQ(std::get<std::string>(reply.body).size(), 100u);
  EXPECT_EQ(reply.headers.find("Vary"), nullptr);
}

TEST(Gzip, LeavesOtherTypesAlone) {
  Reply reply = json_reply(5000);
  reply.headers.set("Content-Type", "application/json-patch");

  compress(asking_for("gzip"), reply);

  EXPECT_EQ(std::get<std::string>(reply.body).size(), 5000u);
}

}  // namespace
}  // namespace vitrine::http
