#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "fetch/client.h"
#include "stores/driver.h"

namespace vitrine::stores {

/// What a service answers to a question for a blob's data: with status 200, 206, 412 or 416.
struct DataQuestion {
  std::optional<ByteRange> range;  ///< its length is not 0
  std::string if_match;            ///< ETag that the blob must have; empty: any
};

/// A blob of a service that speaks HTTP, as a reader needs it.
class DataSource {
 public:
  virtual ~DataSource() = default;
  /// Any other status is thrown as the Error that it is.
  virtual std::unique_ptr<fetch::Response> ask(const DataQuestion& question) = 0;
  /// Bytes of the blob; nothing if the service does not tell.
  virtual std::optional<std::uint64_t> size() = 0;
};

/// Reads a stretch of a blob, and goes on where a connection broke, as long as the blob is the same.
class ResumingReader : public BlobReader {
 public:
  /// Throws Error{not_found}, Error{range_unsatisfiable}, and what the source throws.
  ResumingReader(std::unique_ptr<DataSource> source, ByteRange range);

  std::size_t read(MutableBytes space) override;

 private:
  void open(ByteRange range);
  void open_refused(const fetch::Response& refusal, ByteRange range);
  void take_part(fetch::Response& response, ByteRange range);
  void reopen();
  std::size_t read_on(MutableBytes space);

  const std::unique_ptr<DataSource> source_;
  std::unique_ptr<fetch::Response> response_;  ///< null: there is nothing to read
  std::string etag_;                           ///< as it came; empty: the service gave none
  std::uint64_t offset_ = 0;                   ///< of the byte that comes next
  std::uint64_t left_ = 0;                     ///< bytes
};

}  // namespace vitrine::stores
