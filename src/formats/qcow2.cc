#include <fmt/format.h>

#include "formats/inspectors.h"
#include "formats/numbers.h"

namespace vitrine::formats {
namespace {

using namespace std::string_view_literals;

/// Layout: https://www.qemu.org/docs/master/interop/qcow2.html
class Qcow2 : public Inspector {
 public:
  Qcow2() : Inspector({0, 512}) {}

 private:
  void look(Bytes header) override {
    if (!starts_with(header, "QFI\xfb"sv)) return match_is(Match::no);
    match_is(Match::yes);
    set_virtual_size(big_endian<std::uint64_t>(header, 24));
    if (big_endian<std::uint64_t>(header, 8) != 0) fail("backing_file", "it has a backing file");
    check_features(header);
  }

  void check_features(Bytes header) {
    constexpr std::uint64_t external_data_file = 1 << 2;
    constexpr std::uint64_t known = 0b1111;  // dirty, corrupt, external data, compression type
    const auto version = big_endian<std::uint32_t>(header, 4);
    const auto incompatible = big_endian<std::uint64_t>(header, 72);
    if (incompatible & external_data_file) fail("data_file", "its data lies in another file");
    if (version == 2) return;  // has no features
    if (version != 3) {
      fail("unknown_features", fmt::format("its version is {}", version));
    } else if (incompatible & ~known) {
      fail("unknown_features", fmt::format("it needs the features {:#x}", incompatible & ~known));
    }
  }
};

}  // namespace

std::unique_ptr<Inspector> inspect_qcow2() {
  return std::make_unique<Qcow2>();
}

}  // namespace vitrine::formats
