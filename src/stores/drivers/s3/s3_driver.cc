#include "stores/drivers/s3/s3_driver.h"

#include "base/error.h"
#include "stores/driver_rules.h"
#include "stores/drivers/s3/s3_writer.h"

namespace vitrine::stores {

S3Driver::S3Driver(S3Settings settings)
    : settings_(std::move(settings)),
      bucket_{settings_.bucket, settings_.keys},
      client_(settings_),
      blobs_(client_, bucket_, settings_.sums) {}

std::unique_ptr<BlobWriter> S3Driver::create(const StoreCall& call, const BlobName& name,
                                             std::optional<std::uint64_t> size) {
  check_blob_name(name);
  require_bucket(call);
  blobs_.retry_clean_up();
  blobs_.require_free(call, name.text);
  S3Location location{.scheme = settings_.location_scheme,
                      .keys = {},
                      .host = settings_.location_host,
                      .bucket = settings_.bucket,
                      .key = name.text};
  return std::make_unique<S3Writer>(blobs_, settings_.sizes, call, std::move(location), size);
}

std::unique_ptr<BlobReader> S3Driver::open(const StoreCall& call, const Location& location, ByteRange range) {
  const S3Place place = place_of(location);
  const bool may_be_whole = range.offset == 0 && range.length != 0;
  const auto checked = settings_.checks_sums && may_be_whole ? checksum_of(call, place) : std::nullopt;
  const bool is_whole = checked && range.length.value_or(checked->size) == checked->size;
  auto reader = std::make_unique<ResumingReader>(std::make_unique<S3Source>(client_, call, place), range);
  if (!is_whole) return reader;
  return std::make_unique<S3CheckedReader>(std::move(reader), *checked);
}

/// Nothing if the service has none of the whole: it has several, of the parts that an object came in, or
/// none.
std::optional<S3Checked> S3Driver::checksum_of(const StoreCall& call, const S3Place& place) {
  const S3Answer head = client_.ask(
      call, place.bucket,
      {.method = fetch::Method::head, .key = place.key, .headers = {{"x-amz-checksum-mode", "ENABLED"}}});
  if (!head.is_good()) return {};  // reading says why
  const auto size = head.response->content_length();
  const std::string checksum(head.response->header(s3_checksum_header).value_or(""));
  const bool is_of_whole = !checksum.empty() && checksum.find('-') == checksum.npos;
  if (!size || !is_of_whole) return {};
  return S3Checked{.size = *size, .checksum = checksum};
}

std::uint64_t S3Driver::size(const StoreCall& call, const Location& location) {
  const S3Place place = place_of(location);
  const S3Answer answer = client_.ask(call, place.bucket, {.method = fetch::Method::head, .key = place.key});
  if (!answer.is_good()) throw client_.error_of(answer, place.bucket, "look for data");
  const auto length = answer.response->content_length();
  if (!length) throw Error(ErrorCode::unavailable, "The S3 service does not tell the size of the data");
  return *length;
}

void S3Driver::remove(const StoreCall& call, const Location& location) {
  size(call, location);  // S3 removes what is not there without a word
  const S3Place place = place_of(location);
  const S3Answer answer =
      client_.ask(call, place.bucket, {.method = fetch::Method::remove, .key = place.key});
  const bool was_done = answer.status == 404 && answer.is_repeated;
  if (!answer.is_good() && !was_done) throw client_.error_of(answer, place.bucket, "remove data");
}

void S3Driver::discard(const StoreCall& call, const BlobName& name) {
  check_blob_name(name);
  blobs_.remove(call, name.text);
  blobs_.abort_strays(call, name.text);
}

S3Place S3Driver::place_of(const Location& location) const {
  S3Location parsed = parse_s3_location(location.uri);
  const bool is_own = parsed.host == settings_.location_host && parsed.bucket == settings_.bucket;
  S3Bucket bucket{std::move(parsed.bucket), settings_.keys};
  if (!is_own && parsed.keys) bucket.keys = *parsed.keys;
  return {std::move(bucket), std::move(parsed.key)};
}

void S3Driver::require_bucket(const StoreCall& call) {
  if (has_bucket_) return;
  const S3Answer answer = client_.ask(call, bucket_, {.method = fetch::Method::head});
  if (answer.status == 404 && settings_.creates_bucket) {
    create_bucket(call);
  } else if (answer.status == 404) {
    throw Error(ErrorCode::storage_denied,
                "The bucket " + settings_.bucket +
                    " does not exist. Create it, or set s3_store_create_bucket_on_put.");
  } else if (!answer.is_good()) {
    throw client_.error_of(answer, bucket_, "write data");
  }
  has_bucket_ = true;
}

void S3Driver::create_bucket(const StoreCall& call) {
  // us-east-1 is where buckets are made that no region is given for, and must not be given.
  const bool needs_region = settings_.is_region_given && settings_.region != "us-east-1";
  const std::string document = needs_region ? s3_bucket_in(settings_.region) : "";
  const S3Answer answer =
      client_.ask(call, bucket_, {.method = fetch::Method::put, .body = bytes_of(document)});
  const bool is_made = answer.is_good() || answer.complaint.code == "BucketAlreadyOwnedByYou";
  if (!is_made) throw client_.error_of(answer, bucket_, "create the bucket itself");
}

std::unique_ptr<Driver> make_s3_driver(const config::Config& config, std::string_view group) {
  return std::make_unique<S3Driver>(read_s3_settings(config, group));
}

}  // namespace vitrine::stores
