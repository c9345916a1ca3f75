#include "stores/drivers/rbd/rbd_driver.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/ceph_fixture.h"

namespace vitrine::tests {
namespace {

using stores::RbdDriver;
using stores::RbdSettings;

/// An rbd driver on a real cluster. What a test leaves there fails it, so that the next one starts with
/// nothing.
class RbdSubject : public DriverSubject {
 public:
  explicit RbdSubject(const RbdSettings& settings) : driver_(settings) {}

  stores::Driver& driver() override { return driver_; }
  std::vector<std::string> everything() override { return everything_in(outside().pool()); }

 private:
  static const stores::RbdCluster& outside() {
    static const stores::RbdCluster cluster(ceph_store());
    return cluster;
  }

  RbdDriver driver_;
};

DriverCase rbd_case(const std::string& name, const std::function<void(RbdSettings&)>& change) {
  return {name, [=] {
            RbdSettings settings = ceph_store();
            change(settings);
            return std::make_unique<RbdSubject>(settings);
          }};
}

const std::vector<DriverCase> cases = {
    rbd_case("AsItComes", [](RbdSettings&) {}),
    rbd_case("WithEverythingElse",
             [](RbdSettings& settings) {
               settings.ceph_conf = ceph_conf_with("rbd_default_features = 1");
               settings.data_pool = ceph_setting("RBD_DATA_POOL");
               settings.timeout = std::chrono::seconds{-1};
               settings.object_size = 1 << 20;
               settings.is_thin = true;
             }),
};
INSTANTIATE_DRIVER_CONTRACT(Rbd, cases);

}  // namespace
}  // namespace vitrine::tests
