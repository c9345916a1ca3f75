#include <algorithm>
#include <array>

#include "formats/inspectors.h"
#include "formats/numbers.h"

namespace vitrine::formats {
namespace {

/// ISO 9660 and UDF. The first 32 KiB are the boot loader's, and may hold a partition table.
class Iso : public Inspector {
 public:
  Iso() : Inspector({32 * 1024, 2048}) {}

 private:
  void look(Bytes descriptor) override {
    constexpr std::array<std::string_view, 3> identifiers = {"CD001", "NSR02", "NSR03"};
    constexpr std::byte primary{1};
    const std::string_view identifier = text_of(descriptor.subspan(1, 5));
    if (std::ranges::count(identifiers, identifier) == 0) return match_is(Match::no);
    match_is(Match::yes);
    if (descriptor[0] != primary) return;  // only the primary descriptor has the size
    set_virtual_size(little_endian<std::uint32_t>(descriptor, 80),
                     little_endian<std::uint16_t>(descriptor, 128));
  }
};

}  // namespace

std::unique_ptr<Inspector> inspect_iso() {
  return std::make_unique<Iso>();
}

}  // namespace vitrine::formats
