#include "stores/drivers/s3/s3_blobs.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "stores/driver_rules.h"
#include "stores/drivers/s3/s3_checksum.h"

namespace vitrine::stores {
namespace {

constexpr int completion_rounds = 3;
constexpr unsigned exists_already = 412;
constexpr unsigned not_implemented = 501;

const fetch::Header only_if_absent{"If-None-Match", "*"};

S3Query part_query(const S3Upload& upload, std::size_t number) {
  return {{"partNumber", std::to_string(number)}, {"uploadId", upload.id}};
}

fetch::Header checksum_header(Bytes content) {
  return {s3_checksum_header, s3_checksum_of(content)};
}

S3Object object_of(const fetch::Response& response) {
  return {response.content_length().value_or(0), bare_etag(response.header("ETag").value_or(""))};
}

Error taken() {
  return Error(ErrorCode::duplicate, "There is data of this name already");
}

Error damaged() {
  return Error(ErrorCode::unavailable, "The S3 service got other data than was sent to it");
}

/// Whether it can be the one expected; an ETag that is of another kind says nothing.
bool may_be(const std::optional<S3Object>& found, const S3Object& expected) {
  if (!found || found->size != expected.size) return false;
  const bool is_told = is_md5(found->etag.substr(0, found->etag.find('-'))) && !expected.etag.empty();
  return !is_told || found->etag == expected.etag;
}

}  // namespace

std::optional<S3Object> S3Blobs::find(const StoreCall& call, const std::string& key) {
  const S3Answer answer = client_.ask(call, bucket_, {.method = fetch::Method::head, .key = key});
  if (answer.is_good()) return object_of(*answer.response);
  if (answer.status == 404) return {};
  refuse(answer, "look for data");
}

/// Asked with the key claimed. The service itself sees to it that nothing is replaced, if it can.
S3Answer S3Blobs::ask_if_absent(const StoreCall& call, S3Request request) {
  if (is_conditional_) {
    request.headers.push_back(only_if_absent);
    S3Answer answer = client_.ask(call, bucket_, request);
    if (answer.status != not_implemented) return answer;
    is_conditional_ = false;
    request.headers.pop_back();
  }
  if (find(call, request.key)) return {.response = nullptr, .status = exists_already};
  return client_.ask(call, bucket_, request);
}

void S3Blobs::put(const StoreCall& call, const std::string& key, Bytes content) {
  const auto claim = claims_.claim(key, call);
  const auto is_done = [&] { return has_arrived(call, key, {content.size(), md5_hex(content)}); };
  try {
    S3Request request{.method = fetch::Method::put, .key = key, .body = content};
    if (sums_ == S3Sums::crc32) request.headers.push_back(checksum_header(content));
    const S3Answer answer = ask_if_absent(call, std::move(request));
    const bool may_be_done = answer.status == exists_already && answer.is_repeated;
    if (!answer.is_good() && !(may_be_done && is_done())) refuse(answer, "write data");
  } catch (const Error& error) {
    if (!can_retry(error.code()) || !is_done()) throw;
  }
}

/// Whether something that was not answered was carried out all the same. False if nobody knows.
bool S3Blobs::has_arrived(const StoreCall& call, const std::string& key, const S3Object& expected) {
  try {
    return may_be(find(call, key), expected);
  } catch (const Error& error) {
    log::info("s3 store: nobody knows whether {} arrived: {}", key, error.what());
    return false;
  }
}

std::unique_ptr<fetch::Sending> S3Blobs::begin_put(const StoreCall& call, const std::string& key,
                                                   std::uint64_t length) {
  S3Request request{.method = fetch::Method::put, .key = key};
  if (is_conditional_) {
    request.headers = {only_if_absent};
    auto sending = client_.begin(call, bucket_, request, length);
    if (!sending->is_answered()) return sending;
    const S3Answer answer = S3Client::answer_of(sending->finish());
    if (answer.status != not_implemented) refuse(answer, "write data");
    is_conditional_ = false;
    request.headers.clear();
  }
  return client_.begin(call, bucket_, request, length);
}

void S3Blobs::finish_put(const StoreCall& call, const std::string& key, HeldBody& stream,
                         const S3Object& expected) {
  const auto claim = claims_.claim(key, call);
  if (!is_conditional_ && !stream.is_refused() && find(call, key)) throw taken();
  std::string etag;
  try {
    const S3Answer answer = S3Client::answer_of(stream.finish().finish());
    if (answer.status == not_implemented) is_conditional_ = false;  // for those who try again
    if (!answer.is_good()) refuse(answer, "write data");
    etag = bare_etag(answer.response->header("ETag").value_or(""));
  } catch (const Error& error) {
    if (!can_retry(error.code()) || !has_arrived(call, key, expected)) throw;
  }
  if (!is_md5(etag) || etag == expected.etag) return;
  remove(call, key);
  throw damaged();
}

std::string S3Blobs::begin_upload(const StoreCall& call, const std::string& key, S3Sums sums) {
  const auto claim = claims_.claim(key, call);
  try {
    return begin_once(call, key, sums);
  } catch (const Error& error) {
    if (can_retry(error.code())) abort_quietly(key);  // it may have begun all the same
    throw;
  }
}

std::string S3Blobs::begin_once(const StoreCall& call, const std::string& key, S3Sums sums) {
  S3Request request{.method = fetch::Method::post, .key = key, .query = {{"uploads", ""}}};
  if (sums == S3Sums::crc32) request.headers = {{"x-amz-checksum-algorithm", "CRC32"}};
  const S3Answer answer = client_.ask(call, bucket_, request);
  if (!answer.is_good()) refuse(answer, "write data");
  const auto id = parse_s3_upload_id(answer.response->read_text(s3_document_limit));
  if (!id) throw Error(ErrorCode::unavailable, "The S3 service begins an upload and does not name it");
  {
    const std::lock_guard lock(mutex_);
    live_.insert(*id);
  }
  if (answer.is_repeated) abort_quietly(key);
  return *id;
}

void S3Blobs::abort_quietly(const std::string& key) {
  try {
    abort_listed({.deadline = deadline_in(clean_up_time)}, key);
  } catch (const Error& error) {
    log::warning("s3 store: an upload of {} may be left in the bucket {}: {}", key, bucket_.name,
                 error.what());
  }
}

S3Part S3Blobs::send_part(const StoreCall& call, const S3Upload& upload, std::size_t number, Bytes content,
                          S3Sums sums) {
  S3Request request{
      .method = fetch::Method::put, .key = upload.key, .query = part_query(upload, number), .body = content};
  S3Part part;
  if (sums == S3Sums::crc32) {
    request.headers = {checksum_header(content)};
    part.checksum = request.headers.front().value;
  }
  const S3Answer answer = client_.ask(call, bucket_, request);
  if (!answer.is_good()) refuse(answer, "write data");
  part.etag = answer.response->header("ETag").value_or("");
  if (part.etag.empty()) throw Error(ErrorCode::unavailable, "The S3 service takes a part and gives no ETag");
  return part;
}

std::unique_ptr<fetch::Sending> S3Blobs::begin_part(const StoreCall& call, const S3Upload& upload,
                                                    std::size_t number, std::uint64_t length) {
  return client_.begin(call, bucket_,
                       {.method = fetch::Method::put, .key = upload.key, .query = part_query(upload, number)},
                       length);
}

S3Part S3Blobs::finish_part(fetch::Sending& sending, const std::string& md5) {
  const S3Answer answer = S3Client::answer_of(sending.finish());
  if (!answer.is_good()) refuse(answer, "write data");
  std::string etag(answer.response->header("ETag").value_or(""));
  if (is_md5(bare_etag(etag)) && bare_etag(etag) != md5) throw damaged();
  return {.etag = std::move(etag)};
}

void S3Blobs::complete(const StoreCall& call, const S3Upload& upload, const std::vector<S3Part>& parts,
                       std::uint64_t size) {
  const auto claim = claims_.claim(upload.key, call);
  // Not every service looks at the condition that the request carries.
  if (find(call, upload.key)) throw taken();
  const std::string document = s3_completion(parts);
  const S3Object expected{size, etag_of_parts(parts)};
  for (int round = 1;; ++round) {
    try {
      const S3Answer answer = complete_once(call, upload, document);
      if (answer.is_good()) break;
      // An upload that an attempt without an answer has completed is not known any more.
      const bool may_be_done = round > 1 || answer.is_repeated;
      if (!may_be_done || !has_arrived(call, upload.key, expected)) refuse(answer, "write data");
      break;
    } catch (const Error& error) {
      if (!can_retry(error.code())) throw;
      if (has_arrived(call, upload.key, expected)) break;
      if (round == completion_rounds) throw;
    }
  }
  forget(upload.id);
}

/// A success counts only if its document says so, too.
S3Answer S3Blobs::complete_once(const StoreCall& call, const S3Upload& upload, std::string_view document) {
  S3Answer answer = ask_if_absent(call, {.method = fetch::Method::post,
                                         .key = upload.key,
                                         .query = {{"uploadId", upload.id}},
                                         .body = bytes_of(document)});
  if (!answer.is_good()) return answer;
  const std::string text = answer.response->read_text(s3_document_limit);
  if (is_s3_completion(text)) return answer;
  throw Error(ErrorCode::unavailable,
              fmt::format("The S3 service could not complete an upload: {}", parse_s3_complaint(text).code));
}

void S3Blobs::abort(const StoreCall& call, const S3Upload& upload) {
  const S3Answer answer =
      client_.ask(call, bucket_,
                  {.method = fetch::Method::remove, .key = upload.key, .query = {{"uploadId", upload.id}}});
  if (!answer.is_good() && answer.status != 404) refuse(answer, "abort an upload");
  forget(upload.id);
}

void S3Blobs::abort_strays(const StoreCall& call, const std::string& key) {
  const auto claim = claims_.claim(key, call);
  abort_listed(call, key);
}

void S3Blobs::abort_listed(const StoreCall& call, const std::string& key) {
  std::optional<S3Upload> from = S3Upload{};
  while (from) {
    S3Query query = {{"uploads", ""}, {"prefix", key}};
    if (!from->key.empty()) query.push_back({"key-marker", from->key});
    if (!from->id.empty()) query.push_back({"upload-id-marker", from->id});
    const S3Answer answer = client_.ask(call, bucket_, {.query = query});
    if (answer.status == 404) return;  // no bucket, no uploads
    if (!answer.is_good()) refuse(answer, "list uploads");
    const auto page = parse_s3_uploads(answer.response->read_text(s3_document_limit));
    if (!page) throw Error(ErrorCode::unavailable, "The S3 service lists uploads in no known form");
    for (const S3Upload& upload : page->uploads) {
      if (upload.key == key && !is_live(upload.id)) abort(call, upload);
    }
    from = page->next;
  }
}

void S3Blobs::remove(const StoreCall& call, const std::string& key) {
  const S3Answer answer = client_.ask(call, bucket_, {.method = fetch::Method::remove, .key = key});
  if (!answer.is_good() && answer.status != 404) refuse(answer, "remove data");
}

void S3Blobs::clean_up(const S3Leftover& leftover) noexcept {
  const StoreCall call{.deadline = deadline_in(clean_up_time)};
  const S3Upload upload{leftover.key, leftover.upload_id};
  try {
    if (!upload.id.empty()) abort(call, upload);
    // Another one may have taken its place.
    if (leftover.object && find(call, leftover.key) == leftover.object) remove(call, leftover.key);
  } catch (const Error& error) {
    log::warning("s3 store: data of {} may be left in the bucket {} until the service can be reached: {}",
                 leftover.key, bucket_.name, error.what());
    const std::lock_guard lock(mutex_);
    live_.erase(upload.id);
    if (!upload.id.empty()) unaborted_.push_back(upload);
    if (leftover.object) unremoved_[leftover.key] = *leftover.object;
  }
}

void S3Blobs::retry_clean_up() {
  std::vector<S3Upload> uploads;
  {
    const std::lock_guard lock(mutex_);
    uploads.swap(unaborted_);
  }
  for (const S3Upload& upload : uploads) clean_up({upload.key, upload.id, {}});
}

void S3Blobs::require_free(const StoreCall& call, const std::string& key) {
  const std::optional<S3Object> found = find(call, key);
  std::optional<S3Object> left;
  {
    const std::lock_guard lock(mutex_);
    if (const auto entry = unremoved_.extract(key)) left = entry.mapped();
  }
  if (!found) return;
  if (found != left) throw taken();
  remove(call, key);
}

void S3Blobs::refuse(const S3Answer& refusal, std::string_view purpose) const {
  throw client_.error_of(refusal, bucket_, purpose);
}

bool S3Blobs::is_live(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return live_.contains(id);
}

void S3Blobs::forget(const std::string& id) {
  const std::lock_guard lock(mutex_);
  live_.erase(id);
}

std::string etag_of_parts(const std::vector<std::string>& etags) {
  std::string digests;
  for (const std::string& quoted : etags) {
    const std::string etag = bare_etag(quoted);
    if (!is_md5(etag)) return {};
    for (std::size_t i = 0; i < etag.size(); i += 2) {
      digests += static_cast<char>(std::stoi(etag.substr(i, 2), nullptr, 16));
    }
  }
  return fmt::format("{}-{}", md5_hex(bytes_of(digests)), etags.size());
}

std::string etag_of_parts(const std::vector<S3Part>& parts) {
  std::vector<std::string> etags;
  for (const S3Part& part : parts) etags.push_back(part.etag);
  return etag_of_parts(etags);
}

}  // namespace vitrine::stores
