#include "tests/support/fake_s3.h"

#include <fmt/format.h>

#include "base/text.h"
#include "stores/driver_rules.h"
#include "stores/drivers/s3/s3_blobs.h"
#include "stores/drivers/s3/s3_signature.h"

namespace vitrine::tests {
namespace {

const std::string bucket_name = "images";

std::string quoted_md5(std::string_view content) {
  return fmt::format("\"{}\"", stores::md5_hex(bytes_of(content)));
}

Page with_etag(std::string_view content) {
  return {.headers = fmt::format("ETag: {}\r\n", quoted_md5(content))};
}

std::map<std::string, std::string> query_of(std::string_view target) {
  std::map<std::string, std::string> query;
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return query;
  for (const std::string& part : split(target.substr(mark + 1), '&')) {
    const auto equals = part.find('=');
    query[part.substr(0, equals)] = percent_decode(part.substr(equals + 1)).value();
  }
  return query;
}

}  // namespace

Page s3_error(unsigned status, std::string_view code) {
  return {.status = status,
          .content = fmt::format("<?xml version=\"1.0\"?><Error><Code>{}</Code></Error>", code)};
}

FakeS3::FakeS3() {
  origin_.answer_with([this](const SeenRequest& request) { return answer(request); });
}

stores::S3Settings FakeS3::settings() const {
  stores::S3Settings settings;
  settings.endpoint = fetch::parse_uri(origin_.url(""));
  settings.region = "us-east-1";
  settings.keys = {"access", "secret"};
  settings.bucket = bucket_name;
  settings.location_scheme = "s3";
  settings.location_host = fmt::format("127.0.0.1:{}", origin_.port());
  settings.client.read_timeout = std::chrono::seconds(10);
  settings.patience = short_patience;
  return settings;
}

std::vector<std::string> FakeS3::everything() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> result;
  for (const auto& [key, content] : objects_) result.push_back("object " + key);
  for (const auto& [id, upload] : uploads_) result.push_back("upload " + upload.key);
  return result;
}

std::string FakeS3::object(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  return objects_.at(key);
}

void FakeS3::put_object(const std::string& key, std::string content) {
  const std::lock_guard lock(mutex_);
  objects_[key] = std::move(content);
  etags_.erase(key);
}

void FakeS3::remove_bucket() {
  const std::lock_guard lock(mutex_);
  has_bucket_ = false;
}

std::size_t FakeS3::completed_parts() const {
  const std::lock_guard lock(mutex_);
  return completed_parts_;
}

Page FakeS3::answer(const SeenRequest& request) {
  const std::lock_guard lock(mutex_);
  return answer_as_planned(request, [this](const SeenRequest& planned) { return carry_out(planned); });
}

Page FakeS3::carry_out(const SeenRequest& request) {
  // A client that left midway has asked for nothing.
  const std::uint64_t length = parse_unsigned(request.header("Content-Length")).value_or(0);
  if (request.body.size() < length) return s3_error(400, "IncompleteBody");
  const std::string digest = request.header("x-amz-content-sha256");
  if (digest != stores::s3_unsigned_payload && digest != stores::sha256_hex(bytes_of(request.body))) {
    return s3_error(400, "XAmzContentSHA256Mismatch");
  }
  const Query query = query_of(request.target);
  const std::string path = request.target.substr(0, request.target.find('?'));
  if (path == "/" + bucket_name) return bucket(request, query);
  const std::string start = "/" + bucket_name + "/";
  if (!has_bucket_ || !path.starts_with(start)) return s3_error(404, "NoSuchBucket");
  const std::string key = percent_decode(path.substr(start.size())).value();
  if (query.contains("uploads") || query.contains("uploadId")) return upload(request, key, query);
  return object(request, key);
}

Page FakeS3::bucket(const SeenRequest& request, const Query& query) {
  if (request.method == "PUT") has_bucket_ = true;
  if (!has_bucket_) return s3_error(404, "NoSuchBucket");
  if (query.contains("uploads")) return list_uploads(query.at("prefix"));
  return {};
}

Page FakeS3::object(const SeenRequest& request, const std::string& key) {
  const auto found = objects_.find(key);
  if (request.method == "PUT") {
    if (found != objects_.end() && request.header("If-None-Match") == "*") {
      return s3_error(412, "PreconditionFailed");
    }
    objects_[key] = request.body;
    etags_.erase(key);
    return with_etag(request.body);
  }
  if (request.method == "DELETE") {
    objects_.erase(key);
    return {.status = 204};
  }
  if (found == objects_.end()) return s3_error(404, "NoSuchKey");
  const auto of_parts = etags_.find(key);
  const std::string etag = of_parts != etags_.end() ? of_parts->second : quoted_md5(found->second);
  const std::string wanted = request.header("If-Match");
  if (!wanted.empty() && wanted != etag) return s3_error(412, "PreconditionFailed");
  return {.content = found->second, .headers = fmt::format("ETag: {}\r\n", etag)};
}

Page FakeS3::upload(const SeenRequest& request, const std::string& key, const Query& query) {
  if (query.contains("uploads")) {
    const std::string id = fmt::format("2~{}", ++uploads_begun_);
    uploads_[id] = {key, {}};
    return {.content = fmt::format("<InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/\">"
                                   "<UploadId>{}</UploadId></InitiateMultipartUploadResult>",
                                   id)};
  }
  const std::string& id = query.at("uploadId");
  if (!uploads_.contains(id)) return s3_error(404, "NoSuchUpload");
  if (request.method == "POST") return complete(request, key, id);
  if (request.method == "DELETE") {
    uploads_.erase(id);
    return {.status = 204};
  }
  uploads_[id].parts[std::stoul(query.at("partNumber"))] = request.body;
  return with_etag(request.body);
}

Page FakeS3::complete(const SeenRequest& request, const std::string& key, const std::string& id) {
  std::string content;
  std::vector<std::string> etags;
  const auto& parts = uploads_[id].parts;
  for (const auto& [number, part] : parts) {
    const std::string etag = stores::md5_hex(bytes_of(part));
    if (request.body.find(etag) == std::string::npos) return s3_error(400, "InvalidPart");
    content += part;
    etags.push_back(etag);
  }
  completed_parts_ = parts.size();
  objects_[key] = content;
  etags_[key] = fmt::format("\"{}\"", stores::etag_of_parts(etags));
  uploads_.erase(id);
  return {.content = "<CompleteMultipartUploadResult><ETag></ETag></CompleteMultipartUploadResult>"};
}

Page FakeS3::list_uploads(const std::string& prefix) const {
  std::string list;
  for (const auto& [id, upload] : uploads_) {
    if (!upload.key.starts_with(prefix)) continue;
    list += fmt::format("<Upload><Key>{}</Key><UploadId>{}</UploadId></Upload>", upload.key, id);
  }
  return {.content = fmt::format("<ListMultipartUploadsResult>{}</ListMultipartUploadsResult>", list)};
}

}  // namespace vitrine::tests
