#include "stores/drivers/s3/s3_source.h"

#include "stores/drivers/http_statuses.h"

namespace vitrine::stores {
namespace {

constexpr std::string_view purpose = "read data";

}  // namespace

std::unique_ptr<fetch::Response> S3Source::ask(const DataQuestion& question) {
  S3Request request{.key = place_.key, .range = question.range};
  if (!question.if_match.empty()) request.headers = {{"If-Match", question.if_match}};
  S3Answer answer = client_.ask(call_, place_.bucket, request);
  const bool is_readers = answer.is_good() || answer.status == http_status::precondition_failed ||
                          answer.status == http_status::range_not_satisfiable;
  if (!is_readers) throw client_.error_of(answer, place_.bucket, purpose);
  return std::move(answer.response);
}

std::optional<std::uint64_t> S3Source::size() {
  const S3Answer head = client_.ask(call_, place_.bucket, {.method = fetch::Method::head, .key = place_.key});
  if (!head.is_good()) throw client_.error_of(head, place_.bucket, purpose);
  return head.response->content_length();
}

}  // namespace vitrine::stores
