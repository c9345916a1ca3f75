#include "api/range_header.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::api {
namespace {

ErrorCode code_of(std::string_view header) {
  try {
    parse_range(header, 10);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

TEST(RangeHeader, ReadsAllThreeForms) {
  EXPECT_EQ(parse_range("bytes=2-5", 10), (DataRange{2, 4}));
  EXPECT_EQ(parse_range("bytes=2-", 10), (DataRange{2, 8}));
  EXPECT_EQ(parse_range("bytes=-3", 10), (DataRange{7, 3}));
}

TEST(RangeHeader, IsCutAtTheEndOfTheData) {
  EXPECT_EQ(parse_range("bytes=2-99", 10), (DataRange{2, 8}));
  EXPECT_EQ(parse_range("bytes=-99", 10), (DataRange{0, 10}));
  EXPECT_EQ(parse_range("bytes=-0", 10), (DataRange{0, 10}));
}

TEST(RangeHeader, OutsideTheDataOrNoRangeIsUnsatisfiable) {
  for (const char* header :
       {"bytes=10-", "bytes=10-20", "bytes=5-2", "bytes=", "bytes=-", "bytes=x-", "lines=1-2", "bytes 1-2",
        "bytes=1", "bytes=18446744073709551616-", "bytes=1-x"}) {
    EXPECT_EQ(code_of(header), ErrorCode::range_unsatisfiable) << header;
  }
  EXPECT_THROW(parse_range("bytes=0-", 0), Error);
}

TEST(RangeHeader, SeveralRangesAreRefused) {
  EXPECT_EQ(code_of("bytes=0-1,3-4"), ErrorCode::invalid);
}

TEST(RequestContentRange, NamesAStretchInsideTheData) {
  EXPECT_EQ(parse_request_content_range("bytes 2-5/*", 10), (DataRange{2, 4}));
  EXPECT_EQ(parse_request_content_range("bytes 2-9/10", 10), (DataRange{2, 8}));
  for (const char* header : {"bytes */*", "bytes 2-10/*", "bytes 10-11/*", "bytes 5-2/*", "bytes 2-5",
                             "bytes=2-5/*", "bytes 2-5/x", ""}) {
    EXPECT_THROW(parse_request_content_range(header, 10), Error) << header;
  }
}

}  // namespace
}  // namespace vitrine::api
