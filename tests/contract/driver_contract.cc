#include "tests/contract/driver_contract.h"

#include <algorithm>
#include <stdexcept>

namespace vitrine::tests {
namespace {

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

stores::Location DriverSubject::put(const std::string& name, std::string_view content) {
  const stores::StoreCall call;
  const auto writer = driver().create(call, {name}, {});
  writer->write(bytes_of(content));
  return writer->commit();
}

void DriverSubject::take_away(const stores::Location& location) {
  driver().remove({}, location);
}

std::filesystem::path DriverSubject::file_to_adopt(std::string_view) {
  throw std::logic_error("The subject of a driver that can adopt files has to make one");
}

std::string varied_content(std::size_t size) {
  std::string content(size, '\0');
  std::uint32_t state = 12345;
  for (char& c : content) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return content;
}

std::string read_all(stores::BlobReader& reader, std::size_t step) {
  std::string content;
  std::vector<std::byte> space(step);
  while (const std::size_t count = reader.read(space)) content += text_of(Bytes(space).first(count));
  return content;
}

ErrorCode error_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::internal;
}

std::string message_of(ErrorCode code, const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

std::vector<DriverCase> those_that(Fits fits, const std::vector<DriverCase>& cases) {
  std::vector<DriverCase> result;
  for (const DriverCase& each : cases) {
    if (fits(each.make()->driver().abilities())) result.push_back(each);
  }
  return result;
}

void DriverContract::SetUp() {
  subject_ = GetParam().make();
  before_ = sorted(subject_->everything());
}

void DriverContract::TearDown() {
  for (const stores::Location& location : stored_) {
    try {
      subject_->take_away(location);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::not_found) << error.what();
    }
  }
  expect_nothing_left();
}

void DriverContract::expect_nothing_left() {
  EXPECT_EQ(sorted(subject_->everything()), before_);
}

void DriverContract::remove_later(const stores::Location& location) {
  const std::lock_guard lock(mutex_);
  stored_.push_back(location);
}

stores::Location DriverContract::store(const std::string& name, std::string_view content) {
  stores::Location location = subject_->put(name, content);
  remove_later(location);
  return location;
}

stores::Location DriverContract::nowhere() {
  const stores::Location location = subject_->put("nowhere", "content");
  subject_->take_away(location);
  return location;
}

std::string DriverContract::read(const stores::Location& location, ByteRange range) {
  return read_all(*driver().open(call_, location, range), 64 * 1024);
}

std::unique_ptr<stores::BlobWriter> DriverContractWriting::create(const std::string& name,
                                                                  std::optional<std::uint64_t> size) {
  return driver().create(call_, {name}, size);
}

stores::Location DriverContractWriting::commit(stores::BlobWriter& writer) {
  stores::Location location = writer.commit();
  remove_later(location);
  return location;
}

stores::Location DriverContractWriting::write(const std::string& name, std::string_view content,
                                              std::optional<std::uint64_t> size) {
  const auto writer = create(name, size);
  writer->write(bytes_of(content));
  return commit(*writer);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DriverContractWriting);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DriverContractReadOnly);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DriverContractFiles);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DriverContractCapacity);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DriverContractListing);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DriverContractAdopting);

}  // namespace vitrine::tests
