#include "tests/contract/driver_contract.h"
#include "tests/support/cinder_fixture.h"

namespace vitrine::tests {
namespace {

using stores::CinderSettings;
using stores::CinderVolume;
using stores::CinderVolumes;

/// A store on volumes of a type. Those that are on their way out are gone.
class CinderSubject : public DriverSubject {
 public:
  explicit CinderSubject(const CinderSettings& settings)
      : settings_(settings), outside_(settings_), driver_(settings_, make_linked_connector) {}

  stores::Driver& driver() override { return driver_; }

  std::vector<std::string> everything() override {
    std::vector<std::string> names;
    const auto volumes = outside_.list({}, "");
    for (const CinderVolume& volume : volumes) {
      if (!volume.is_going()) names.push_back(fmt::format("{} {}", volume.name, volume.status));
    }
    return names;
  }

 private:
  const CinderSettings settings_;
  CinderVolumes outside_;
  stores::CinderDriver driver_;
};

DriverCase cinder_case(const std::string& name, const std::string& volume_type) {
  return {name, [=] { return std::make_unique<CinderSubject>(cinder_store(volume_type)); }};
}

const std::vector<DriverCase> cases = {
    cinder_case("Rbd", "rbd"),
    cinder_case("Iscsi", "iscsi"),
    cinder_case("Nfs", "nfs"),
};
INSTANTIATE_DRIVER_CONTRACT(Cinder, cases);

}  // namespace
}  // namespace vitrine::tests
