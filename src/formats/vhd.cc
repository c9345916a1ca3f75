#include "formats/inspectors.h"
#include "formats/numbers.h"

namespace vitrine::formats {
namespace {

/// Microsoft's older disk, "vpc" to QEMU. Only dynamic disks start with a copy of the footer; a fixed one is
/// raw with a footer behind it, and counts as raw.
class Vhd : public Inspector {
 public:
  Vhd() : Inspector({0, magic.size()}) {}

 private:
  static constexpr std::string_view magic = "conectix";

  void look(Bytes bytes) override {
    if (bytes.size() == magic.size()) {
      if (!starts_with(bytes, magic)) return match_is(Match::no);
      match_is(Match::yes);
      return ask_for_more(512);
    }
    set_virtual_size(big_endian<std::uint64_t>(bytes, 40));
  }
};

}  // namespace

std::unique_ptr<Inspector> inspect_vhd() {
  return std::make_unique<Vhd>();
}

}  // namespace vitrine::formats
