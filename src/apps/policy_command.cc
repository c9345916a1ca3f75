#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/policy.h"
#include "access/policy_reference.h"
#include "apps/commands.h"
#include "apps/configuration.h"
#include "base/error.h"
#include "base/text.h"

namespace vitrine::apps {
namespace {

constexpr std::string_view owner = "p";
constexpr std::string_view other_project = "q";

/// A kind of caller: a column of the table.
struct Persona {
  std::string_view title;
  std::optional<std::string> project;
  std::vector<std::string> roles;
};

std::vector<Persona> personas() {
  const std::string project(owner);
  return {{"admin", "a", {"admin", "member", "reader"}},
          {"member", project, {"member", "reader"}},
          {"reader", project, {"reader"}},
          {"service", "s", {"service"}},
          {"other", std::string(other_project), {"member", "reader"}},
          {"no role", project, {}},
          {"anonymous", {}, {}}};
}

/// Rules that are asked about the caller's own project, before there is any image.
bool is_about_own_project(std::string_view rule) {
  return rule == "get_images" || rule == "add_image";
}

/// Asks the rules of a configuration about an image of the project `owner`; a shared one is shared with the
/// other project.
class Judge {
 public:
  Judge(const config::Config& config, model::Visibility visibility)
      : reading_(access::read_policy(config, [this](const access::RemoteQuestion&) {
          asks_server_ = true;
          return std::string();
        })) {
    image_.visibility = visibility;
  }
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  const std::vector<config::Finding>& findings() const { return reading_.findings; }

  /// What stands in the table. What a policy server would say only it knows.
  std::string_view verdict(std::string_view rule, const Persona& persona) {
    model::Caller caller;
    caller.project_id = persona.project;
    caller.roles = persona.roles;
    image_.owner = is_about_own_project(rule) ? persona.project : std::string(owner);
    const bool is_member =
        image_.visibility == model::Visibility::is_shared && persona.project == other_project;
    const access::ImageTarget target(image_, is_member ? std::optional(other_project) : std::nullopt);
    asks_server_ = false;
    const bool is_allowed = reading_.rules->allow(rule, access::Credentials(caller), target);
    return asks_server_ ? "asks" : is_allowed ? "yes" : "-";
  }

 private:
  bool asks_server_ = false;
  access::PolicyReading reading_;
  model::Image image_;
};

void print_line(std::string_view title, const std::vector<std::string_view>& cells) {
  std::string line = fmt::format("{:<41}", title);
  for (const std::string_view cell : cells) line += fmt::format("{:<10}", cell);
  fmt::print("{}\n", trim(line));
}

void print_table(Judge& judge) {
  const std::vector<Persona> columns = personas();
  std::vector<std::string_view> cells;
  cells.reserve(columns.size());
  for (const Persona& persona : columns) cells.push_back(persona.title);
  print_line("RULE", cells);
  for (const access::DefaultRule& rule : access::default_rules()) {
    cells.clear();
    for (const Persona& persona : columns) cells.push_back(judge.verdict(rule.name, persona));
    print_line(rule.name, cells);
  }
}

void print_legend(std::string_view visibility) {
  fmt::print(
      "\nWhat each of them may do with a {} image of a project: member, reader and no role are of that\n"
      "project, other is a member of another one{}.\n"
      "get_images and add_image are about the caller's own project. asks: a policy server decides.\n",
      visibility, visibility == "shared" ? ", with which the image is shared" : "");
}

}  // namespace

int run_policy_check(const config::Search& search, const std::string& visibility) {
  const auto wanted = model::parse_visibility(visibility);
  if (!wanted) throw Error(ErrorCode::invalid, fmt::format("{} is no visibility of images.", visibility));
  const auto config = read_configuration(search);
  config->require_valid();
  const access::PolicyFiles files(*config);
  for (const auto& file : files.paths()) fmt::print("reading {}\n", file.string());
  Judge judge(*config, *wanted);
  for (const config::Finding& finding : judge.findings()) fmt::print("{}\n", to_string(finding));
  const bool is_usable = std::none_of(
      judge.findings().begin(), judge.findings().end(),
      [](const config::Finding& finding) { return finding.severity == config::Finding::Severity::error; });
  if (!is_usable) return 1;
  print_table(judge);
  print_legend(visibility);
  return 0;
}

int run_policy_reference() {
  fmt::print("{}", access::write_policy_reference());
  return 0;
}

}  // namespace vitrine::apps
