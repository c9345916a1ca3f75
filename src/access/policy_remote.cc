#include "access/policy_remote.h"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>

#include "base/text.h"

namespace vitrine::access {
namespace {

namespace json = boost::json;

/// Each field is a JSON text of its own.
std::string form_of(const json::object& fields) {
  std::string form;
  for (const auto& field : fields) {
    form += fmt::format("{}{}={}", form.empty() ? "" : "&", std::string_view(field.key()),
                        form_encode(json::serialize(field.value())));
  }
  return form;
}

}  // namespace

RemoteQuestion remote_question(std::string url, RemoteFormat format, std::string_view rule,
                               const Credentials& credentials, const PolicyTarget& target) {
  const json::object fields{
      {"rule", rule}, {"target", target.document()}, {"credentials", credentials.document()}};
  if (format == RemoteFormat::json) return {std::move(url), "application/json", json::serialize(fields)};
  return {std::move(url), "application/x-www-form-urlencoded", form_of(fields)};
}

bool is_permission(std::string_view answer) {
  while (answer.starts_with('"')) answer.remove_prefix(1);
  while (answer.ends_with('"')) answer.remove_suffix(1);
  return answer == "True";
}

}  // namespace vitrine::access
