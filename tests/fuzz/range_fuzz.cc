#include "api/range_header.h"
#include "tests/fuzz/fuzz.h"

namespace vitrine::tests {
namespace {

/// Whatever a header asks for lies inside the data.
void read_ranges(std::string_view header) {
  constexpr std::uint64_t sizes[] = {0, 1, 1000, UINT64_MAX};
  for (const std::uint64_t size : sizes) {
    for (const auto parse : {api::parse_range, api::parse_request_content_range}) {
      try {
        const api::DataRange range = parse(header, size);
        require(range.first <= size && range.length <= size - range.first);
      } catch (const Error& error) {
        require(error.code() == ErrorCode::range_unsatisfiable || error.code() == ErrorCode::invalid);
      }
    }
  }
}

}  // namespace

VITRINE_FUZZ(read_ranges);

}  // namespace vitrine::tests
