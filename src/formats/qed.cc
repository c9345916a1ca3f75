#include "formats/inspectors.h"
#include "formats/numbers.h"

namespace vitrine::formats {
namespace {

using namespace std::string_view_literals;

/// QEMU's enhanced disk: recognised so that it can be refused, for nobody maintains it.
class Qed : public Inspector {
 public:
  Qed() : Inspector({0, 512}) {}

 private:
  void look(Bytes header) override {
    if (!starts_with(header, "QED\0"sv)) return match_is(Match::no);
    match_is(Match::yes);
    measure_stream_from(0);
    fail("banned", "the format is not allowed");
  }
};

}  // namespace

std::unique_ptr<Inspector> inspect_qed() {
  return std::make_unique<Qed>();
}

}  // namespace vitrine::formats
