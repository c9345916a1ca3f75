#include "stores/drivers/swift/swift_source.h"

#include "stores/drivers/http_statuses.h"

namespace vitrine::stores {
namespace {

constexpr std::string_view reading_data = "read data";

}  // namespace

std::unique_ptr<fetch::Response> SwiftSource::ask(const DataQuestion& question) {
  SwiftRequest request{.object = place_.object, .range = question.range};
  if (!question.if_match.empty()) request.headers = {{"If-Match", question.if_match}};
  SwiftAnswer answer = client_.ask(call_, place_.container, request);
  const bool is_readers = answer.is_good() || answer.status == http_status::precondition_failed ||
                          answer.status == http_status::range_not_satisfiable;
  if (!is_readers) throw SwiftClient::error_of(answer, place_.container, reading_data);
  return std::move(answer.response);
}

std::optional<std::uint64_t> SwiftSource::size() {
  const SwiftAnswer head =
      client_.ask(call_, place_.container, {.method = fetch::Method::head, .object = place_.object});
  if (!head.is_good()) throw SwiftClient::error_of(head, place_.container, reading_data);
  return head.response->content_length();
}

}  // namespace vitrine::stores
