#include "stores/drivers/cinder/cinder_driver.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/fake_cinder.h"

namespace vitrine::tests {
namespace {

class FakeCinderSubject : public DriverSubject {
 public:
  stores::Driver& driver() override { return driver_; }
  std::vector<std::string> everything() override { return service_.everything(); }

 private:
  FakeCinder service_;
  stores::CinderDriver driver_{service_.settings(), service_.connectors()};
};

const std::vector<DriverCase> cases = {
    {"Memory", [] { return std::make_unique<FakeCinderSubject>(); }},
};
INSTANTIATE_DRIVER_CONTRACT(FakeCinder, cases);

}  // namespace
}  // namespace vitrine::tests
