#include "api/list_query.h"
#include "api/paging.h"
#include "tests/fuzz/fuzz.h"

namespace vitrine::tests {
namespace {

/// A link to the next page asks for the same list.
void read_query(std::string_view text) {
  const api::Parameters parameters = api::parse_query(text);
  const std::string link = api::page_link("/v2/images", parameters, "");
  const auto question = link.find('?');
  const std::string_view query =
      question == std::string::npos ? "" : std::string_view(link).substr(question + 1);
  api::Parameters without_marker = parameters;
  std::erase_if(without_marker, [](const auto& parameter) { return parameter.first == "marker"; });
  require(api::parse_query(query) == without_marker);

  const api::ApiSettings settings;
  const model::ImageQuery wanted = api::parse_list_query(parameters, settings);
  require(wanted.limit <= settings.max_page_size);
}

}  // namespace

VITRINE_FUZZ(read_query);

}  // namespace vitrine::tests
