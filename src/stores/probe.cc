#include "stores/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/ids.h"

namespace vitrine::stores {
namespace {

/// Odd on purpose: it ends inside any block.
constexpr std::size_t probe_size = (std::size_t{1} << 20) + 1;

std::vector<std::byte> probe_content() {
  std::vector<std::byte> content(probe_size);
  std::uint32_t state = 1;
  for (std::byte& byte : content) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<std::byte>(state >> 24);
  }
  return content;
}

/// The probe's blob in the store. Gone with the object, whether it was committed or not.
class ProbeBlob {
 public:
  ProbeBlob(Driver& driver, const StoreCall& call) : driver_(driver), call_(call) {}
  ~ProbeBlob() {
    if (is_removed_) return;
    writer_.reset();
    try {
      driver_.discard({}, name_);
    } catch (const Error&) {
      // The step that failed is what the operator hears of; the store is in no better state for this.
    }
  }
  ProbeBlob(const ProbeBlob&) = delete;
  ProbeBlob& operator=(const ProbeBlob&) = delete;

  Location write(Bytes content) {
    constexpr std::size_t piece = 64 * 1024;
    writer_ = driver_.create(call_, name_, content.size());
    while (!content.empty()) {
      const Bytes next = content.first(std::min(piece, content.size()));
      writer_->write(next);
      content = content.subspan(next.size());
    }
    return writer_->commit();
  }

  void remove(const Location& location) {
    writer_.reset();
    driver_.remove(call_, location);
    is_removed_ = true;
  }

 private:
  Driver& driver_;
  const StoreCall& call_;
  const BlobName name_{"vitrine-probe-" + new_uuid()};
  std::unique_ptr<BlobWriter> writer_;
  bool is_removed_ = false;
};

void require_same(Driver& driver, const StoreCall& call, const Location& location, ByteRange range,
                  Bytes expected) {
  const auto reader = driver.open(call, location, range);
  std::vector<std::byte> found(expected.size() + 1);
  std::size_t filled = 0;
  for (std::size_t count = 1; count > 0 && filled < found.size(); filled += count) {
    count = reader->read(MutableBytes(found).subspan(filled));
  }
  if (filled != expected.size() || !std::equal(expected.begin(), expected.end(), found.begin())) {
    throw Error(ErrorCode::internal,
                fmt::format("The store gave back other data than was written ({} bytes instead of {}).",
                            filled, expected.size()));
  }
}

}  // namespace

void probe(Store& store, const StoreCall& call, const std::function<void(std::string_view step)>& done) {
  Driver& driver = store.driver();
  const std::vector<std::byte> content = probe_content();
  ProbeBlob blob(driver, call);

  const Location location = blob.write(content);
  done("write");

  if (driver.size(call, location) != content.size())
    throw Error(ErrorCode::internal, "The store gives the blob another size than was written.");
  done("size");

  require_same(driver, call, location, {}, content);
  done("read back");

  constexpr ByteRange middle{.offset = 65'535, .length = 131'073};
  require_same(driver, call, location, middle, Bytes(content).subspan(middle.offset, *middle.length));
  done("ranged read");

  blob.remove(location);
  done("remove");
}

}  // namespace vitrine::stores
