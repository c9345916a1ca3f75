#include "config/ini.h"

#include <fmt/format.h>

#include "base/text.h"

namespace vitrine::config {
namespace {

std::string_view without_trailing_space(std::string_view line) {
  const auto last = line.find_last_not_of(" \t\r\v\f");
  return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// A lone quote counts as both quotes of an empty text, as in oslo.config.
std::string_view value_of(std::string_view text) {
  return text == "\"" || text == "'" ? std::string_view() : without_quotes(text);
}

bool is_text(std::string_view line) {
  return line.find('\0') == std::string_view::npos && utf8_length(line).has_value();
}

class Parser {
 public:
  IniFile parse(std::string_view text) {
    while (!text.empty()) {
      const auto end = text.find('\n');
      ++line_number_;
      read_line(without_trailing_space(text.substr(0, end)));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return std::move(file_);
  }

 private:
  /// What a line that begins with white space belongs to.
  enum class Above { nothing, value, faulty_line };

  /// Where assignments go. Those below a faulty section header are passed over, for nobody knows their
  /// section.
  enum class Below { no_section, section, faulty_section };

  void read_line(std::string_view line) {
    if (!is_text(line)) {
      fault("The line is not UTF-8 text. Save the file as UTF-8.");
    } else if (line.empty() || line.front() == '#' || line.front() == ';') {
      above_ = Above::nothing;
    } else if (line.front() == ' ' || line.front() == '\t') {
      read_continuation(trim(line));
    } else if (line.front() == '[') {
      read_section(line);
    } else {
      read_assignment(line);
    }
  }

  void read_continuation(std::string_view line) {
    if (above_ == Above::nothing) {
      fault(
          "The line begins with white space but there is no value above it to continue. Remove the white "
          "space, or "
          "the blank line or comment in between.");
    } else if (above_ == Above::value) {
      file_.sections.back().entries.back().value += fmt::format("\n{}", line);
    }
  }

  void read_section(std::string_view line) {
    below_ = Below::faulty_section;
    if (line.back() != ']') {
      return fault(fmt::format("The section header \"{}\" must end with \"]\" and nothing after it.", line));
    }
    if (line.size() == 2) return fault("The section has no name. Write one between the brackets.");
    file_.sections.push_back({std::string(line.substr(1, line.size() - 2)), line_number_, {}});
    below_ = Below::section;
    above_ = Above::nothing;
  }

  void read_assignment(std::string_view line) {
    const auto separator = line.find_first_of(":=");
    if (separator == std::string_view::npos) {
      return fault(
          "The line has neither \"=\" nor \":\". Write \"name = value\", begin it with \"#\" if it is a "
          "comment, or "
          "with a blank if it continues the line above.");
    }
    const std::string_view key = trim(line.substr(0, separator));
    if (key.empty()) return fault("There is no name before the \"=\" or \":\".");
    if (below_ == Below::no_section) {
      return fault(
          fmt::format("\"{}\" stands before the first section. Write a line \"[DEFAULT]\" above it.", key));
    }
    above_ = Above::faulty_line;
    if (below_ == Below::faulty_section) return;
    const std::string_view value = value_of(trim(line.substr(separator + 1)));
    file_.sections.back().entries.push_back({std::string(key), std::string(value), line_number_});
    above_ = Above::value;
  }

  void fault(std::string message) {
    file_.faults.push_back({line_number_, std::move(message)});
    above_ = Above::faulty_line;
  }

  IniFile file_;
  int line_number_ = 0;
  Above above_ = Above::nothing;
  Below below_ = Below::no_section;
};

}  // namespace

IniFile parse_ini(std::string_view text) {
  return Parser().parse(text);
}

}  // namespace vitrine::config
