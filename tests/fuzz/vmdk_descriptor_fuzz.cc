#include "base/text.h"
#include "formats/vmdk_descriptor.h"
#include "tests/fuzz/fuzz.h"

namespace vitrine::tests {
namespace {

/// What QEMU would open besides the file itself is never harmless.
void read_descriptor(std::string_view text) {
  if (formats::danger_of_vmdk_descriptor(text)) return;
  const std::string lower = to_lower(text.substr(0, text.find('\0')));
  require(formats::is_vmdk_descriptor(text));
  require(lower.find("parentfilenamehint") == std::string::npos);
  for (const std::string& line : split(lower, '\n')) {
    const std::size_t first = line.find_first_not_of(" \t\r\v\f");
    if (first == std::string::npos) continue;
    const std::string_view rest = std::string_view(line).substr(first);
    // As sscanf(3) reads it: the first word, ended by any white space.
    const std::string_view word = rest.substr(0, rest.find_first_of(" \t\r\v\f"));
    const bool is_extent = word == "rw" || word == "rdonly" || word == "noaccess";
    require(!is_extent || rest.find('/') == std::string_view::npos);
  }
}

}  // namespace

VITRINE_FUZZ(read_descriptor);

}  // namespace vitrine::tests
