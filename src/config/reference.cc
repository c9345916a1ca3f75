#include "config/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "config/glance_options.h"

namespace vitrine::config {
namespace {

constexpr std::string_view markdown_title = R"(# Configuration options

Every option that may stand in the configuration files, by section. Options marked *not read* are Glance's: they are
accepted and checked, so that a configuration of Glance's works as it is, but this version does not use them.
)";

constexpr std::string_view store_explanation = R"(
Where a store's options stand: in `[glance_store]` for a service with one store; with `enabled_backends` in the section
named like the store, or in `[backend_defaults]` for all stores.
)";

constexpr std::string_view sample_title =
    R"(# Every option with its default. Remove the "#" before an option to set it.
)";

bool is_for_stores(const Declaration& declaration) {
  return declaration.group == per_store;
}

/// The section in which the sample shows an option.
std::string_view section_of(const Declaration& declaration) {
  return is_for_stores(declaration) ? "glance_store" : declaration.group;
}

std::vector<Declaration> sorted_declarations(const OptionList& known) {
  std::vector<Declaration> declarations = all_declarations(known);
  const auto key = [](const Declaration& declaration) {
    const std::string_view section = section_of(declaration);
    return std::tuple(section != "DEFAULT", section, is_for_stores(declaration), declaration.name);
  };
  std::sort(declarations.begin(), declarations.end(),
            [&](const Declaration& a, const Declaration& b) { return key(a) < key(b); });
  return declarations;
}

/// Notes that do not follow from type and default, one sentence each.
std::string notes(const Declaration& declaration) {
  std::vector<std::string> sentences;
  if (!declaration.former.empty()) sentences.push_back(fmt::format("Formerly {}.", declaration.former));
  if (declaration.is_secret) sentences.emplace_back("Secret: never shown.");
  if (declaration.is_reloadable) sentences.emplace_back("Read again on SIGHUP.");
  if (declaration.is_deprecated) sentences.emplace_back("Deprecated.");
  if (!declaration.has_effect) {
    sentences.emplace_back("Has no effect.");
  } else if (!declaration.is_read) {
    sentences.emplace_back("Not read.");
  }
  return join(sentences, " ");
}

/// The default with the brackets and quotes that a file needs to keep it as it is.
std::string file_text(const Declaration& declaration) {
  std::string text = *declaration.fallback;
  if (declaration.needs_brackets && !text.starts_with('[')) text = fmt::format("[{}]", text);
  const bool would_be_trimmed = trim(text).size() != text.size();
  return would_be_trimmed ? fmt::format("\"{}\"", text) : text;
}

std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result;
}

std::string markdown_default(const Declaration& declaration) {
  if (!declaration.fallback) return "unset";
  return declaration.fallback->empty() ? "empty" : fmt::format("`{}`", cell(*declaration.fallback));
}

std::string markdown_row(const Declaration& declaration) {
  const std::string remarks = notes(declaration);
  return fmt::format("| `{}` | {} | {} | {} | {}{}{} |\n", declaration.name, to_string(declaration.type),
                     markdown_default(declaration), cell(accepted(declaration)), cell(declaration.help),
                     remarks.empty() ? "" : " ", cell(remarks));
}

std::string write_markdown(const std::vector<Declaration>& declarations) {
  std::string page(markdown_title);
  std::string_view group;
  for (const Declaration& declaration : declarations) {
    if (declaration.group != group) {
      group = declaration.group;
      page += is_for_stores(declaration)
                  ? std::string("\n## Options of a store\n") + std::string(store_explanation)
                  : fmt::format("\n## [{}]\n", group);
      page += "\n| Option | Type | Default | Accepted | Meaning |\n|---|---|---|---|---|\n";
    }
    page += markdown_row(declaration);
  }
  return page;
}

/// The text as comment lines of bounded width.
std::string comment(std::string_view text) {
  constexpr std::size_t width = 100;
  std::string result;
  std::string line = "#";
  for (const std::string& word : split(text, ' ')) {
    if (word.empty()) continue;
    if (line.size() + 1 + word.size() > width && line.size() > 1) {
      result += line + "\n";
      line = "#";
    }
    line += " " + word;
  }
  return result + line + "\n";
}

std::string sample_option(const Declaration& declaration) {
  std::string text = "\n" + comment(declaration.help);
  text += comment(fmt::format("Accepted: {}. {}", accepted(declaration), notes(declaration)));
  const std::string value = declaration.fallback ? file_text(declaration) : "<None>";
  return text + fmt::format("#{} ={}{}\n", declaration.name, value.empty() ? "" : " ", value);
}

std::string write_sample(const std::vector<Declaration>& declarations) {
  std::string sample(sample_title);
  std::string_view section;
  for (const Declaration& declaration : declarations) {
    if (section_of(declaration) != section) {
      section = section_of(declaration);
      sample += fmt::format("\n[{}]\n", section);
    }
    sample += sample_option(declaration);
  }
  return sample;
}

}  // namespace

std::string write_reference(const OptionList& known, ReferenceFormat format) {
  const std::vector<Declaration> declarations = sorted_declarations(known);
  return format == ReferenceFormat::markdown ? write_markdown(declarations) : write_sample(declarations);
}

}  // namespace vitrine::config
