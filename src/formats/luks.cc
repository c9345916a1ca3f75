#include <fmt/format.h>

#include "formats/inspectors.h"
#include "formats/numbers.h"

namespace vitrine::formats {
namespace {

using namespace std::string_view_literals;

/// An encrypted disk. What is inside stays unknown, as the service has no passphrase.
class Luks : public Inspector {
 public:
  Luks() : Inspector({0, magic.size()}) {}

 private:
  static constexpr std::string_view magic = "LUKS\xba\xbe"sv;

  void look(Bytes bytes) override {
    if (bytes.size() == magic.size()) {
      if (!starts_with(bytes, magic)) return match_is(Match::no);
      match_is(Match::yes);
      return ask_for_more(592);  // a header of version 1, key slots included
    }
    const auto version = big_endian<std::uint16_t>(bytes, 6);
    if (version != 1) return fail("version", fmt::format("its version is {}; only 1 is allowed", version));
    measure_stream_from(std::uint64_t{big_endian<std::uint32_t>(bytes, 104)} * 512);
  }
};

}  // namespace

std::unique_ptr<Inspector> inspect_luks() {
  return std::make_unique<Luks>();
}

}  // namespace vitrine::formats
