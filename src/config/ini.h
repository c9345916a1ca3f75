#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vitrine::config {

/// One assignment, `key = value` or `key: value`.
struct IniEntry {
  std::string key;
  std::string value;  ///< its lines joined with newlines; a pair of quotes around the first line is gone
  int line = 0;       ///< of the key, counted from 1
};

/// A `[name]` with the assignments below it, in the order written. A name may appear in several sections.
struct IniSection {
  std::string name;  ///< exactly what stands between the brackets
  int line = 0;
  std::vector<IniEntry> entries;
};

/// A line that is not INI, and what to do about it.
struct IniFault {
  int line = 0;
  std::string message;
};

struct IniFile {
  std::vector<IniSection> sections;
  std::vector<IniFault> faults;
};

/// Reads INI text by the grammar of oslo.config's iniparser: comments only at the start of a line,
/// continuation lines begin with white space, the first of `:` and `=` separates key and value. Every faulty
/// line becomes a fault and reading goes on behind it; nothing that a text holds makes this throw.
IniFile parse_ini(std::string_view text);

}  // namespace vitrine::config
