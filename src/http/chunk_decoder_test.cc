#include "http/chunk_decoder.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::http {
namespace {

struct Decoded {
  std::string data;
  std::string rest;  ///< what followed the body
  bool is_done = false;
};

/// Decodes a text that arrives in pieces of that many bytes.
Decoded decode(std::string_view text, std::size_t piece) {
  ChunkDecoder decoder;
  Decoded decoded;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    std::string bytes(text.substr(at, piece));
    if (decoder.is_done()) {
      decoded.rest += bytes;
      continue;
    }
    const auto result = decoder.decode(std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
    decoded.data += bytes.substr(0, result.data);
    decoded.rest += bytes.substr(result.consumed);
  }
  decoded.is_done = decoder.is_done();
  return decoded;
}

TEST(ChunkDecoder, TakesTheCodingOffWhateverThePieces) {
  const std::string text =
      "5\r\nhello\r\n1 ; name=\"value\"\r\n,\r\n00A;x\r\n 0123\r\n678\r\n0\r\nTrailer: a\r\nOther: "
      "b\r\n\r\nGET /";

  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    const Decoded decoded = decode(text, piece);

    EXPECT_EQ(decoded.data, "hello, 0123\r\n678") << piece;
    EXPECT_EQ(decoded.rest, "GET /") << piece;
    EXPECT_TRUE(decoded.is_done) << piece;
  }
}

TEST(ChunkDecoder, AnEmptyBodyIsOneLastChunk) {
  const Decoded decoded = decode("0\r\n\r\n", 2);

  EXPECT_EQ(decoded.data, "");
  EXPECT_TRUE(decoded.is_done);
}

TEST(ChunkDecoder, BlanksMayPadASize) {
  EXPECT_EQ(decode("3 \t\r\nabc\r\n0 ;x\r\n\r\n", 1).data, "abc");
}

TEST(ChunkDecoder, IsNotDoneBeforeTheTrailersEnd) {
  EXPECT_FALSE(decode("3\r\nabc\r\n0\r\n", 1).is_done);
  EXPECT_FALSE(decode("3\r\nabc\r\n0\r\nName: value\r\n", 1).is_done);
}

TEST(ChunkDecoder, RefusesWhatIsNotTheCoding) {
  for (const std::string_view text :
       {"\r\n", "g\r\n", "-1\r\n", "0x5\r\n", "5\nhello", "5\r\rhello", "3\r\nabcd\r\n", "3\r\nabc\n",
        "3\r\nabc\rx", "5;ext\nhello", "1000000000000000\r\n", "0\r\nTrailer\n\r\n", "0\r\n\rx", ";ext\r\n",
        "5 hello\r\n"}) {
    EXPECT_THROW(decode(text, 1), Error) << text;
    EXPECT_THROW(decode(text, text.size()), Error) << text;
  }
}

TEST(ChunkDecoder, BoundsExtensionsAndTrailers) {
  EXPECT_THROW(decode("5;" + std::string(5000, 'x'), 100), Error);
  EXPECT_THROW(decode("0\r\n" + std::string(70000, 'x'), 100), Error);
}

}  // namespace
}  // namespace vitrine::http
