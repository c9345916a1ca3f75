#include "tests/contract/driver_contract.h"

#include <atomic>
#include <thread>

/// What every driver does for those who read.
namespace vitrine::tests {

TEST_P(DriverContract, ReadsWhatIsThere) {
  const stores::Location location = store("blob", "content");

  EXPECT_EQ(read(location), "content");
  EXPECT_EQ(driver().size(call_, location), 7u);
}

TEST_P(DriverContract, ReadsAnEmptyBlob) {
  const stores::Location location = store("empty", "");

  EXPECT_EQ(read(location), "");
  EXPECT_EQ(read(location, {.offset = 0, .length = 5}), "");
  EXPECT_EQ(driver().size(call_, location), 0u);
}

TEST_P(DriverContract, KeepsBlobsWithOddNamesApart) {
  const std::vector<std::string> names = {"71c675ab-d94f-49cd-a114-e12490b328d9",
                                          "a b",
                                          "a+b",
                                          "a%20b",
                                          "a%2520b",
                                          "a&b",
                                          "a=b",
                                          "naïve",
                                          "a..b",
                                          "-rf",
                                          "UPPER",
                                          "upper"};
  std::vector<stores::Location> locations;
  for (const std::string& name : names) locations.push_back(store(name, name));

  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(read(locations[i]), names[i]);
}

TEST_P(DriverContract, ReadsRanges) {
  const std::string content = varied_content(500'000);
  const stores::Location location = store("blob", content);
  const std::vector<ByteRange> ranges = {
      {0, 1}, {0, 100}, {0, 500'000}, {1, 499'998}, {250'000, 250'000}, {250'000, {}}, {499'999, 1}, {7, 0},
  };

  for (const ByteRange& range : ranges) {
    EXPECT_TRUE(read(location, range) == content.substr(range.offset, range.length.value_or(content.size())))
        << range.offset << "+" << range.length.value_or(0);
  }
}

TEST_P(DriverContract, CutsARangeAtTheEnd) {
  const stores::Location location = store("blob", "0123456789");

  EXPECT_EQ(read(location, {.offset = 8, .length = 100}), "89");
  EXPECT_EQ(read(location, {.offset = 8, .length = UINT64_MAX}), "89");
  EXPECT_EQ(read(location, {.offset = 10, .length = {}}), "");
}

TEST_P(DriverContract, CannotReadFromBeyondTheEnd) {
  const stores::Location location = store("blob", "0123456789");

  for (const std::uint64_t offset : {std::uint64_t{11}, std::uint64_t{1} << 40, UINT64_MAX}) {
    EXPECT_EQ(error_of([&] { driver().open(call_, location, {.offset = offset, .length = {}}); }),
              ErrorCode::range_unsatisfiable)
        << offset;
  }
}

TEST_P(DriverContract, LendsWhatItWouldRead) {
  const std::string content = varied_content(9'000'000);
  const stores::Location location = store("blob", content);
  auto reader = driver().open(call_, location, {.offset = 5, .length = 8'500'000});
  std::vector<std::byte> space(100'000);
  Chunk last;
  std::string got;

  for (std::size_t count = 1; count > 0;) {
    if (Chunk chunk = reader->lend(); !chunk.empty()) {
      EXPECT_LE(chunk.size(), std::size_t{1} << 20);
      got += text_of(chunk.bytes());
      last = std::move(chunk);
    }
    count = reader->read(space);
    got += text_of(Bytes(space).first(count));
  }

  EXPECT_TRUE(got == content.substr(5, 8'500'000));
  EXPECT_TRUE(reader->lend().empty()) << "at the end";
  reader = nullptr;
  EXPECT_NE(got.find(text_of(last.bytes())), std::string::npos) << "it outlives its reader";
}

TEST_P(DriverContract, FillsTheSpaceOfAReadAsFarAsThereIsData) {
  const stores::Location location = store("blob", varied_content(300'000));
  const auto reader = driver().open(call_, location, {});
  std::vector<std::byte> space(200'000);

  EXPECT_EQ(reader->read(space), 200'000u);
  EXPECT_EQ(reader->read(space), 100'000u);
  EXPECT_EQ(reader->read(space), 0u);
  EXPECT_EQ(reader->read(space), 0u);
}

TEST_P(DriverContract, ReadsInTheSmallestSteps) {
  const stores::Location location = store("blob", "content");
  const auto reader = driver().open(call_, location, {.offset = 1, .length = 5});

  EXPECT_EQ(read_all(*reader, 1), "onten");
}

TEST_P(DriverContract, ReadsAgainAfterAReaderWasDroppedMidway) {
  const std::string content = varied_content(2'000'000);
  const stores::Location location = store("blob", content);
  std::vector<std::byte> space(1000);

  for (int i = 0; i < 3; ++i) driver().open(call_, location, {})->read(space);

  EXPECT_TRUE(read(location) == content);
}

TEST_P(DriverContract, ServesManyReadersOfOneBlobAtOnce) {
  const std::string content = varied_content(1'000'000);
  const stores::Location location = store("blob", content);
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        const auto reader = driver().open(call_, location, {.offset = i * 1000, .length = {}});
        right += read_all(*reader, 10'000 + i) == content.substr(i * 1000);
      });
    }
  }

  EXPECT_EQ(right, 8);
}

TEST_P(DriverContract, FindsNothingWhereNothingIs) {
  const stores::Location location = nowhere();

  EXPECT_EQ(error_of([&] { driver().open(call_, location, {}); }), ErrorCode::not_found);
  EXPECT_EQ(error_of([&] { driver().open(call_, location, {.offset = 5, .length = 2}); }),
            ErrorCode::not_found);
  EXPECT_EQ(error_of([&] { driver().size(call_, location); }), ErrorCode::not_found);
}

TEST_P(DriverContract, RefusesALocationThatIsNotItsOwn) {
  for (const std::string uri : {"", "elsewhere://host/path/name", "no uri"}) {
    EXPECT_EQ(error_of([&] { driver().open(call_, {uri, {}}, {}); }), ErrorCode::invalid) << uri;
    EXPECT_EQ(error_of([&] { driver().size(call_, {uri, {}}); }), ErrorCode::invalid) << uri;
    EXPECT_EQ(error_of([&] { driver().remove(call_, {uri, {}}); }), ErrorCode::invalid) << uri;
  }
}

}  // namespace vitrine::tests
