#include "api/range_header.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::api {
namespace {

std::optional<DataRange> range_of(std::string_view header, std::uint64_t size) {
  return stretch_of(parse_range(header), size);
}

std::optional<DataRange> content_range_of(std::string_view header, std::uint64_t size) {
  return stretch_of(parse_request_content_range(header), size);
}

template <class Function>
ErrorCode code_of(const Function& function) {
  try {
    function();
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

TEST(RangeHeader, ReadsAllThreeForms) {
  EXPECT_EQ(range_of("bytes=2-5", 10), (DataRange{2, 4}));
  EXPECT_EQ(range_of("bytes=2-", 10), (DataRange{2, 8}));
  EXPECT_EQ(range_of("bytes=-3", 10), (DataRange{7, 3}));
}

TEST(RangeHeader, IsCutAtTheEndOfTheData) {
  EXPECT_EQ(range_of("bytes=2-99", 10), (DataRange{2, 8}));
  EXPECT_EQ(range_of("bytes=2-99999999999999999999", 10), (DataRange{2, 8}));
  EXPECT_EQ(range_of("bytes=-99", 10), (DataRange{0, 10}));
  EXPECT_EQ(range_of("bytes=-99999999999999999999", 10), (DataRange{0, 10}));
  EXPECT_EQ(range_of("bytes=-0", 10), (DataRange{0, 10}));
}

TEST(RangeHeader, WhatIsNoRangeIsRefusedWhateverTheSize) {
  for (const char* header : {"", "bytes", "bytes=5-2", "bytes=", "bytes=-", "bytes=x-", "bytes=-x",
                             "lines=1-2", "bytes 1-2", "bytes=1", "bytes=1-x", "bytes=+1-2", "bytes=1--2"}) {
    EXPECT_EQ(code_of([&] { parse_range(header); }), ErrorCode::range_unsatisfiable) << header;
  }
}

TEST(RangeHeader, WhatBeginsBehindTheDataIsUnsatisfiable) {
  for (const char* header : {"bytes=10-", "bytes=10-20", "bytes=18446744073709551616-"}) {
    EXPECT_EQ(code_of([&] { range_of(header, 10); }), ErrorCode::range_unsatisfiable) << header;
  }
  EXPECT_EQ(code_of([] { range_of("bytes=0-", 0); }), ErrorCode::range_unsatisfiable);
}

TEST(RangeHeader, TheLastBytesOfNoDataAreAllOfIt) {
  EXPECT_EQ(range_of("bytes=-1", 0), std::nullopt);
}

TEST(RangeHeader, SeveralRangesAreRefused) {
  EXPECT_EQ(code_of([] { parse_range("bytes=0-1,3-4"); }), ErrorCode::invalid);
}

TEST(RequestContentRange, NamesAStretchInsideTheData) {
  EXPECT_EQ(content_range_of("bytes 2-5/*", 10), (DataRange{2, 4}));
  EXPECT_EQ(content_range_of("bytes 2-9/10", 10), (DataRange{2, 8}));
  for (const char* header : {"bytes 2-10/*", "bytes 10-11/*", "bytes 0-99999999999999999999/*"}) {
    EXPECT_EQ(code_of([&] { content_range_of(header, 10); }), ErrorCode::range_unsatisfiable) << header;
  }
}

TEST(RequestContentRange, WhatIsNoneIsRefusedWhateverTheSize) {
  for (const char* header : {"", "bytes */*", "bytes */10", "bytes 5-2/*", "bytes 2-5", "bytes=2-5/*",
                             "bytes 2-5/x", "bytes 2-5/5"}) {
    EXPECT_EQ(code_of([&] { parse_request_content_range(header); }), ErrorCode::range_unsatisfiable)
        << header;
  }
}

}  // namespace
}  // namespace vitrine::api
