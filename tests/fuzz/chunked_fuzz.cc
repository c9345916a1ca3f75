#include <optional>
#include <string>
#include <vector>

#include "http/chunk_decoder.h"
#include "tests/fuzz/fuzz.h"

namespace vitrine::tests {
namespace {

/// The body that comes out when the input arrives in pieces of this size; nothing if it is refused.
std::optional<std::string> decode(std::string_view input, std::size_t piece) {
  http::ChunkDecoder decoder;
  std::string body;
  while (!input.empty() && !decoder.is_done()) {
    std::vector<std::byte> bytes;
    for (const char c : input.substr(0, piece)) bytes.push_back(static_cast<std::byte>(c));
    try {
      const auto result = decoder.decode(bytes);
      require(result.data <= result.consumed && result.consumed <= bytes.size());
      require(result.consumed == bytes.size() || decoder.is_done());
      body += text_of(Bytes(bytes).first(result.data));
      input.remove_prefix(result.consumed);
    } catch (const Error&) {
      return {};
    }
  }
  return body;
}

/// It does not matter where the network cuts the input.
void decode_in_pieces(std::string_view input) {
  const auto whole = decode(input, input.size() + 1);
  for (const std::size_t piece : {1, 2, 3, 7}) require(decode(input, piece) == whole);
}

}  // namespace

VITRINE_FUZZ(decode_in_pieces);

}  // namespace vitrine::tests
