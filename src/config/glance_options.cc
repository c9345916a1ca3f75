#include "config/glance_options.h"

#include <fmt/format.h>

#include <set>

#include "config/glance/table.h"
#include "config/options.h"

namespace vitrine::config {
namespace {

constexpr glance::Groups (*tables[])() = {
    glance::service,     glance::logging,   glance::image_tasks, glance::swift,
    glance::cinder,      glance::database,  glance::keystone,    glance::messaging,
    glance::key_manager, glance::libraries, glance::removed,
};

Declaration declare_row(std::string_view group, const glance::Row& row) {
  const glance::Details& details = row.details;
  Declaration result;
  result.group = group;
  result.name = row.name;
  result.type = row.type;
  if (row.fallback) result.fallback = std::string(*row.fallback);
  result.help = row.help;
  result.min = details.min;
  result.max = details.max;
  result.choices = details.choices;
  result.former = details.former;
  result.is_secret = details.is_secret;
  result.is_reloadable = details.is_reloadable;
  result.needs_brackets = details.needs_brackets;
  result.any_case = details.any_case;
  result.is_host = details.is_host;
  result.is_read = false;
  result.is_deprecated = details.is_deprecated;
  result.has_effect = details.has_effect;
  return result;
}

template <class Function>
void for_each_row(const Function& function) {
  for (const auto& table : tables) {
    for (const glance::Group& group : table()) {
      for (const glance::Row& row : group.rows) function(group.name, row);
    }
  }
}

using Names = std::set<std::pair<std::string_view, std::string_view>>;

}  // namespace

std::vector<Declaration> all_declarations(const OptionList& rooms) {
  OptionList read = options();
  read.insert(read.end(), rooms.begin(), rooms.end());
  std::vector<Declaration> result;
  Names names;
  for (const AnyOption& option : read) {
    Declaration declaration = declare(option);
    if (names.emplace(declaration.group, declaration.name).second) result.push_back(std::move(declaration));
  }
  for_each_row([&](std::string_view group, const glance::Row& row) {
    if (names.emplace(group, row.name).second) result.push_back(declare_row(group, row));
  });
  return result;
}

std::vector<std::string> rows_declared_by(const OptionList& rooms) {
  Names names;
  for (const AnyOption& option : rooms) {
    std::visit([&](const auto* typed) { names.emplace(typed->group, typed->name); }, option);
  }
  std::vector<std::string> result;
  for_each_row([&](std::string_view group, const glance::Row& row) {
    if (names.contains({group, row.name})) result.push_back(fmt::format("{}.{}", group, row.name));
  });
  return result;
}

}  // namespace vitrine::config
