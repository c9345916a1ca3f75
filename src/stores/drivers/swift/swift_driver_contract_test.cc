#include "stores/drivers/swift/swift_driver.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/fake_swift.h"

namespace vitrine::tests {
namespace {

using stores::SwiftSegmentSizes;

class SwiftSubject : public DriverSubject {
 public:
  explicit SwiftSubject(const SwiftSegmentSizes& sizes) : driver_(with(service_.settings(), sizes)) {}

  stores::Driver& driver() override { return driver_; }
  std::vector<std::string> everything() override { return service_.everything(); }

 private:
  static stores::SwiftSettings with(stores::SwiftSettings settings, const SwiftSegmentSizes& sizes) {
    settings.sizes = sizes;
    return settings;
  }

  FakeSwift service_;
  stores::SwiftDriver driver_;
};

DriverCase swift_case(const std::string& name, const SwiftSegmentSizes& sizes) {
  return {name, [=] { return std::make_unique<SwiftSubject>(sizes); }};
}

constexpr std::uint64_t segment_bytes = 102'400;
constexpr std::uint64_t little_memory = 40'960;

const std::vector<DriverCase> cases = {
    swift_case("AsConfiguredByDefault", {}),
    swift_case(
        "InSegments",
        {.large_from = segment_bytes, .segment = segment_bytes, .memory = 4 * segment_bytes, .threads = 3}),
    swift_case("InSegmentsThatArePushed",
               {.large_from = segment_bytes, .segment = segment_bytes, .memory = little_memory}),
    swift_case("Pushed", {.memory = little_memory}),
};
INSTANTIATE_DRIVER_CONTRACT(Swift, cases);

}  // namespace
}  // namespace vitrine::tests
