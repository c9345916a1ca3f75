#include "http/request_head.h"
#include "tests/fuzz/fuzz.h"

namespace vitrine::tests {
namespace {

/// A head that was found complete in growing input is found at the same place in the whole of it.
void read_head(std::string_view input) {
  constexpr std::size_t limit = 4096;
  http::HeadScanner growing(limit);
  http::HeadScanner whole(limit);
  std::optional<std::size_t> end;
  for (std::size_t size = 0; size <= input.size() && !end; ++size) end = growing.scan(input.substr(0, size));
  require(whole.scan(input) == end);
  if (!end) return;
  require(*end <= input.size());
  http::Head head;
  try {
    http::parse_head(input.substr(0, *end), head);
  } catch (const Error&) {
    http::guess_head(input, head);
  }
}

}  // namespace

VITRINE_FUZZ(read_head);

}  // namespace vitrine::tests
