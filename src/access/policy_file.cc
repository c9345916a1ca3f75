#include "access/policy_file.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "access/policy_parser.h"
#include "base/error.h"
#include "base/text.h"

namespace vitrine::access {
namespace {

int line_of(const YAML::Mark& mark) {
  return mark.line + 1;
}

/// Whether a quote that opens here is closed somewhere; yaml-cpp takes the end of the file for one.
bool is_closed(std::string_view source, std::size_t position) {
  const char quote = source[position];
  while (++position < source.size()) {
    if (source[position] == '\\' && quote == '"') {
      ++position;
    } else if (source[position] == quote) {
      return true;
    }
  }
  return false;
}

/// A text, of which an empty one must stand in quotes. YAML takes a bare `!` for a tag of an empty text, and
/// an empty text allows everybody: the opposite of what was meant.
std::optional<std::string> text_of(const YAML::Node& node, std::string_view source) {
  if (!node.IsScalar()) return {};
  const auto position = static_cast<std::size_t>(node.Mark().pos);
  const bool is_quoted = position < source.size() && (source[position] == '"' || source[position] == '\'');
  if (is_quoted && !is_closed(source, position)) return {};
  if (node.Scalar().empty() && !is_quoted) return {};
  return node.Scalar();
}

std::optional<std::vector<std::string>> texts_of(const YAML::Node& node, std::string_view source) {
  std::vector<std::string> texts;
  if (!node.IsSequence()) {
    if (auto text = text_of(node, source)) return std::vector{std::move(*text)};
    return {};
  }
  for (const YAML::Node& item : node) {
    auto text = text_of(item, source);
    if (!text) return {};
    texts.push_back(std::move(*text));
  }
  return texts;
}

/// The older form: a list of alternatives, each a list of checks or one alone.
std::optional<std::vector<std::vector<std::string>>> alternatives_of(const YAML::Node& node,
                                                                     std::string_view source) {
  std::vector<std::vector<std::string>> alternatives;
  for (const YAML::Node& item : node) {
    auto checks = texts_of(item, source);
    if (!checks) return {};
    alternatives.push_back(std::move(*checks));
  }
  return alternatives;
}

/// Throws Error{configuration}.
Check parse_value(const YAML::Node& node, std::string_view source) {
  if (node.IsSequence()) {
    if (const auto alternatives = alternatives_of(node, source)) return parse_check(*alternatives);
    throw Error(ErrorCode::configuration, "A list may hold only texts and lists of texts.");
  }
  if (const auto text = text_of(node, source)) return parse_check(*text);
  throw Error(ErrorCode::configuration,
              "There is no rule that can be read. Write \"\", with the quotes, to allow everybody, or \"!\" "
              "to allow nobody.");
}

/// Keeps where a document starts and nothing else.
class DocumentStart : public YAML::EventHandler {
 public:
  int line() const { return line_; }

  void OnDocumentStart(const YAML::Mark& mark) override { line_ = line_of(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}

 private:
  int line_ = 0;
};

/// The line of a second document, if there is one. What yaml-cpp cannot make sense of at the start of a
/// document it takes for empty documents without end, so reading all of them might not end.
std::optional<int> second_document(const std::string& source) {
  std::istringstream in(source);
  YAML::Parser parser(in);
  DocumentStart start;
  if (!parser.HandleNextDocument(start) || !parser.HandleNextDocument(start)) return {};
  return start.line();
}

class Reader {
 public:
  Reader(std::string_view source, const std::string& name) : source_(source), name_(name) {}

  PolicyFile read() {
    if (!utf8_length(source_) || source_.find('\0') != std::string_view::npos) {
      report(0, "This is no text in UTF-8.");
      return std::move(file_);
    }
    try {
      const std::string source(source_);
      if (const auto line = second_document(source)) {
        report(*line, "A policy file holds one YAML document. What starts here is not part of it.");
      } else if (const YAML::Node document = YAML::Load(source); !document.IsNull()) {
        read_document(document);
      }
    } catch (const YAML::Exception& error) {
      report(line_of(error.mark), fmt::format("This is no YAML: {}.", error.msg));
    }
    return std::move(file_);
  }

 private:
  void report(int line, std::string message) {
    file_.findings.push_back({config::Finding::Severity::error, name_, line, std::move(message)});
  }

  void read_document(const YAML::Node& document) {
    if (!document.IsMap()) {
      report(line_of(document.Mark()), "A policy file holds lines of the form \"name\": \"rule\".");
      return;
    }
    for (const auto& entry : document) read_rule(entry.first, entry.second);
  }

  void read_rule(const YAML::Node& key, const YAML::Node& value) {
    const int line = line_of(key.Mark());
    const auto text = text_of(key, source_);
    if (!text) {
      report(line, "There is no name of a rule that can be read.");
      return;
    }
    const std::string& name = *text;
    if (const auto [first, is_new] = lines_.emplace(name, line); !is_new) {
      report(line, fmt::format("{} stands in line {} already. Keep one of them.", name, first->second));
      return;
    }
    file_.rules.push_back({name, check_of(name, value, line), name_, line});
  }

  Check check_of(const std::string& name, const YAML::Node& value, int line) {
    try {
      return parse_value(value, source_);
    } catch (const Error& error) {
      report(line, fmt::format("{}: {}", name, error.what()));
      return constant(Verdict::undecidable);
    }
  }

  std::string_view source_;
  const std::string& name_;
  PolicyFile file_;
  std::map<std::string, int> lines_;
};

}  // namespace

PolicyFile parse_policy_file(std::string_view text, const std::string& name) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  return Reader(text, name).read();
}

}  // namespace vitrine::access
