#include "stores/drivers/s3/s3_driver.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/fake_s3.h"

namespace vitrine::tests {
namespace {

using stores::S3PartSizes;

class S3Subject : public DriverSubject {
 public:
  explicit S3Subject(const S3PartSizes& sizes) : driver_(with(service_.settings(), sizes)) {}

  stores::Driver& driver() override { return driver_; }
  std::vector<std::string> everything() override { return service_.everything(); }

 private:
  static stores::S3Settings with(stores::S3Settings settings, const S3PartSizes& sizes) {
    settings.sizes = sizes;
    return settings;
  }

  FakeS3 service_;
  stores::S3Driver driver_;
};

DriverCase s3_case(const std::string& name, const S3PartSizes& sizes) {
  return {name, [=] { return std::make_unique<S3Subject>(sizes); }};
}

constexpr std::uint64_t kib = 1024;

const std::vector<DriverCase> cases = {
    s3_case("AsConfiguredByDefault", {}),
    s3_case("InParts", {.multipart_from = 0, .part = 100 * kib, .memory = 500 * kib, .threads = 3}),
    s3_case("InPartsOneAfterTheOther",
            {.multipart_from = 0, .part = 100 * kib, .memory = 500 * kib, .threads = 1}),
    s3_case("Pushed", {.part = 100 * kib, .memory = 40 * kib}),
    s3_case("InPartsThatArePushed", {.multipart_from = 0, .part = 100 * kib, .memory = 40 * kib}),
};
INSTANTIATE_DRIVER_CONTRACT(S3, cases);

}  // namespace
}  // namespace vitrine::tests
