#include "formats/inspectors.h"
#include "formats/numbers.h"

namespace vitrine::formats {
namespace {

/// VirtualBox's disk image.
class Vdi : public Inspector {
 public:
  Vdi() : Inspector({0, 512}) {}

 private:
  void look(Bytes header) override {
    if (little_endian<std::uint32_t>(header, 0x40) != 0xbeda107f) return match_is(Match::no);
    match_is(Match::yes);
    set_virtual_size(little_endian<std::uint64_t>(header, 0x170));
  }
};

}  // namespace

std::unique_ptr<Inspector> inspect_vdi() {
  return std::make_unique<Vdi>();
}

}  // namespace vitrine::formats
