#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "stores/drivers/resuming_reader.h"
#include "stores/drivers/swift/swift_blobs.h"

namespace vitrine::stores {

/// Gets the data of a blob from its container.
class SwiftSource : public DataSource {
 public:
  /// The client is borrowed.
  SwiftSource(SwiftClient& client, const StoreCall& call, SwiftPlace place)
      : client_(client), call_(call), place_(std::move(place)) {}

  std::unique_ptr<fetch::Response> ask(const DataQuestion& question) override;
  std::optional<std::uint64_t> size() override;

 private:
  SwiftClient& client_;
  const StoreCall call_;
  const SwiftPlace place_;
};

}  // namespace vitrine::stores
