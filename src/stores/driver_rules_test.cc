#include "stores/driver_rules.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::stores {
namespace {

TEST(BlobNames, MayBeAnythingThatIsOneVisiblePartOfAPath) {
  for (const char* text :
       {"71c675ab-d94f-49cd-a114-e12490b328d9", "a b", "a%41", "naïve", "a.b", "-", "#?+"}) {
    EXPECT_NO_THROW(check_blob_name({text})) << text;
  }
  EXPECT_NO_THROW(check_blob_name({std::string(blob_name_limit, 'x')}));
}

TEST(BlobNames, ThatCouldLeaveTheirDirectoryOrHideAreRefused) {
  const std::string with_nul("a\0b", 3);
  const std::string too_long(blob_name_limit + 1, 'x');

  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string(".hidden"), std::string("a/b"),
        std::string("/a"), std::string("a "), std::string(" a"), std::string("a\nb"), with_nul, too_long}) {
    EXPECT_THROW(check_blob_name({text}), Error) << text;
  }
}

TEST(Stretches, AreCutAtTheEndOfTheBlob) {
  EXPECT_EQ(stretch_of({}, 10).length, 10u);
  EXPECT_EQ(stretch_of({.offset = 3, .length = 4}, 10).length, 4u);
  EXPECT_EQ(stretch_of({.offset = 3, .length = UINT64_MAX}, 10).length, 7u);
  EXPECT_EQ(stretch_of({.offset = 10, .length = {}}, 10).length, 0u);
  EXPECT_EQ(stretch_of({}, 0).length, 0u);
}

TEST(Stretches, CannotStartBeyondTheEnd) {
  try {
    stretch_of({.offset = 11, .length = 1}, 10);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::range_unsatisfiable);
  }
}

TEST(Uris, AreSplitAfterTheScheme) {
  EXPECT_EQ(split_uri("File:///a/b://c").scheme, "file");
  EXPECT_EQ(split_uri("File:///a/b://c").rest, "/a/b://c");
  EXPECT_EQ(split_uri("swift+https://x").scheme, "swift+https");
  EXPECT_EQ(split_uri("/no/scheme").scheme, "");
  EXPECT_EQ(split_uri("/no/scheme").rest, "/no/scheme");
}

TEST(WithoutCredentials, DropsWhatStandsBeforeTheHost) {
  EXPECT_EQ(without_credentials("http://user:password@host/a?b#c"), "http://host/a?b#c");
  EXPECT_EQ(without_credentials("swift+https://project%3Auser:ke/y@host/v3/container/a"),
            "swift+https://host/v3/container/a");
  EXPECT_EQ(without_credentials("s3://KEY:se/cr@et@host/bucket/a"), "s3://host/bucket/a");
}

TEST(PercentEncode, EncodesWhatIsNoPlainCharacterAndNotToBeKept) {
  EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encode("a b/c+d%\xC3\xAF"), "a%20b%2Fc%2Bd%25%C3%AF");
  EXPECT_EQ(percent_encode("a/b:c", "/"), "a/b%3Ac");
}

TEST(WithoutCredentials, LeavesOtherAtSignsAlone) {
  for (const char* uri : {"http://host/logo@2x.img", "http://host/a?mail=x@y", "file:///srv/a@b/c", "x@y",
                          "rbd://fsid/pool/a/snap", "s3://host/bucket/a?x=@"}) {
    EXPECT_EQ(without_credentials(uri), uri);
  }
}

}  // namespace
}  // namespace vitrine::stores
