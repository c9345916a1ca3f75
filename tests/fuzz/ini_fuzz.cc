#include "config/ini.h"
#include "tests/fuzz/fuzz.h"

namespace vitrine::tests {
namespace {

/// Every section and entry stands on a line of its own, in the order of the text.
void read_ini(std::string_view text) {
  int line = 0;
  for (const config::IniSection& section : config::parse_ini(text).sections) {
    require(section.line > line);
    line = section.line;
    for (const config::IniEntry& entry : section.entries) {
      require(entry.line > line && !entry.key.empty());
      line = entry.line;
    }
  }
}

}  // namespace

VITRINE_FUZZ(read_ini);

}  // namespace vitrine::tests
