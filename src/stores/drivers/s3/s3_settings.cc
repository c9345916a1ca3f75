#include "stores/drivers/s3/s3_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "stores/driver_rules.h"
#include "stores/drivers/option_checks.h"
#include "stores/drivers/s3/s3_options.h"

namespace vitrine::stores {
namespace {

using config::Config;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::int64_t smallest_part = 5;    // MiB, S3's rule
constexpr std::int64_t largest_part = 5120;  // likewise

// Hosts by which glance_store knows Amazon's regions: s3-<region>.amazonaws.com.
constexpr std::array<std::string_view, 20> regions = {
    "us-east-1",      "us-east-2",      "us-west-1",      "us-west-2",      "ap-east-1",
    "ap-south-1",     "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1",
    "ap-southeast-2", "ca-central-1",   "cn-north-1",     "cn-northwest-1", "eu-central-1",
    "eu-west-1",      "eu-west-2",      "eu-west-3",      "eu-north-1",     "sa-east-1"};

std::string text_of_option(const Config& config, std::string_view group,
                           const Option<std::optional<std::string>>& option) {
  std::string text = config.get(option, group).value_or("");
  if (text.empty()) throw faulty(option.name, "is not set");
  return text;
}

fetch::Uri configured_endpoint(const Config& config, std::string_view group) {
  const std::string text = text_of_option(config, group, s3_store_host);
  const bool has_scheme = text.find("://") != std::string::npos;
  try {
    fetch::Uri uri = fetch::parse_uri(has_scheme ? text : "http://" + text);
    if (fetch::is_web(uri) && !uri.credentials && uri.target.find('?') == std::string::npos) return uri;
  } catch (const Error&) {  // said below
  }
  throw faulty(s3_store_host.name, "is no address of a service; write https://host or http://host:port");
}

/// The region that the host names in glance_store's table; empty if it names none.
std::string_view region_of_host(std::string_view host) {
  const auto found = std::find_if(regions.begin(), regions.end(), [&](std::string_view region) {
    const std::string_view end = region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
    return host == fmt::format("s3-{}{}", region, end);
  });
  return found == regions.end() ? std::string_view() : *found;
}

bool is_amazon(std::string_view host) {
  return host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
}

void set_endpoint(S3Settings& settings, const Config& config, std::string_view group) {
  settings.endpoint = configured_endpoint(config, group);
  settings.region = config.get(s3_store_region_name, group);
  settings.is_region_given = !settings.region.empty();
  if (settings.is_region_given) return;
  const std::string host = settings.endpoint.host;
  const std::string region(region_of_host(host));
  settings.is_region_given = !region.empty();
  settings.region = region.empty() ? "us-east-1" : region;
  // Amazon's newer regions answer to no other name.
  if (!region.empty()) settings.endpoint.host = fmt::format("s3.{}{}", region, host.substr(host.find('.')));
}

S3Style configured_style(const Config& config, std::string_view group, const fetch::Uri& endpoint) {
  const std::string format = config.get(s3_store_bucket_url_format, group);
  const std::string bucket = text_of_option(config, group, s3_store_bucket);
  if (format == "path") return S3Style::in_path;
  if (format == "auto") {
    return is_amazon(endpoint.host) && is_dns_label(bucket) ? S3Style::in_host : S3Style::in_path;
  }
  if (format != "virtual") {
    throw faulty(s3_store_bucket_url_format.name,
                 fmt::format("\"{}\" is none of auto, virtual, path", format));
  }
  if (is_dns_label(bucket)) return S3Style::in_host;
  throw faulty(s3_store_bucket_url_format.name,
               fmt::format("the bucket {} cannot be a part of a host name; write path", bucket));
}

S3PartSizes configured_sizes(const Config& config, std::string_view group) {
  const std::int64_t part = config.get(s3_store_large_object_chunk_size, group);
  if (part < smallest_part || part > largest_part) {
    throw faulty(s3_store_large_object_chunk_size.name,
                 fmt::format("is {}, and must be from {} to {}", part, smallest_part, largest_part));
  }
  S3PartSizes sizes;
  sizes.part = static_cast<std::uint64_t>(part) * mib;
  const auto from = static_cast<std::uint64_t>(config.get(s3_store_large_object_size, group));
  sizes.multipart_from = std::min<std::uint64_t>(from, largest_part) * mib;
  return sizes;
}

/// Of the two options about checksums, which count only if a third one says so.
bool is_wanted(const Config& config, std::string_view group, const Option<std::string>& option) {
  return config.get(s3_store_enable_data_integrity_protection, group) &&
         config.get(option, group) == "when_supported";
}

/// What is sent as it comes has no checksum beside it: where checksums are wanted, it is cut into parts.
void set_sums(S3Settings& settings, const Config& config, std::string_view group) {
  settings.checks_sums = is_wanted(config, group, s3_store_response_checksum_validation);
  if (!is_wanted(config, group, s3_store_request_checksum_calculation)) return;
  settings.sums = S3Sums::crc32;
  S3PartSizes& sizes = settings.sizes;
  const std::uint64_t most_held = sizes.memory / 2;
  if (sizes.part <= most_held) sizes.multipart_from = std::min(sizes.multipart_from, most_held);
}

unsigned configured_threads(const Config& config, std::string_view group) {
  const std::int64_t threads = config.get(s3_store_thread_pools, group);
  if (threads < 1) throw faulty(s3_store_thread_pools.name, "must be 1 at least");
  return static_cast<unsigned>(std::min<std::int64_t>(threads, 1000));
}

std::string configured_ca_file(const Config& config, std::string_view group) {
  return readable_file(s3_store_cacert.name, config.get(s3_store_cacert, group));
}

/// As glance_store writes it into locations.
std::string location_host(const Config& config, std::string_view group) {
  const std::string address = config.get(s3_store_host, group).value_or("");
  std::string text(split_uri(address).rest);
  while (text.ends_with('/')) text.pop_back();
  while (text.starts_with('/')) text.erase(0, 1);
  return text;
}

std::string location_scheme(const Config& config, std::string_view group) {
  return config.get(s3_store_host, group).value_or("").starts_with("https://") ? "s3+https" : "s3";
}

}  // namespace

S3Settings read_s3_settings(const Config& config, std::string_view group) {
  S3Settings settings;
  set_endpoint(settings, config, group);
  settings.style = configured_style(config, group, settings.endpoint);
  settings.keys = {text_of_option(config, group, s3_store_access_key),
                   text_of_option(config, group, s3_store_secret_key)};
  settings.bucket = text_of_option(config, group, s3_store_bucket);
  settings.creates_bucket = config.get(s3_store_create_bucket_on_put, group);
  settings.sizes = configured_sizes(config, group);
  settings.sizes.threads = configured_threads(config, group);
  set_sums(settings, config, group);
  settings.location_scheme = location_scheme(config, group);
  settings.location_host = location_host(config, group);
  settings.client.ca_file = configured_ca_file(config, group);
  return settings;
}

std::vector<config::Finding> check_s3_settings(const Config& config, std::string_view group) {
  auto findings = missing_options(
      config, group, "s3", {&s3_store_host, &s3_store_access_key, &s3_store_secret_key, &s3_store_bucket});
  if (!findings.empty()) return findings;
  return option_faults(config, group,
                       {
                           {s3_store_host.name, [&] { configured_endpoint(config, group); }},
                           {s3_store_bucket_url_format.name, [&] { configured_style(config, group, {}); }},
                           {s3_store_large_object_chunk_size.name, [&] { configured_sizes(config, group); }},
                           {s3_store_thread_pools.name, [&] { configured_threads(config, group); }},
                           {s3_store_cacert.name, [&] { configured_ca_file(config, group); }},
                       });
}

OptionList s3_options() {
  return {&s3_store_host,
          &s3_store_region_name,
          &s3_store_access_key,
          &s3_store_secret_key,
          &s3_store_bucket,
          &s3_store_create_bucket_on_put,
          &s3_store_bucket_url_format,
          &s3_store_large_object_size,
          &s3_store_large_object_chunk_size,
          &s3_store_thread_pools,
          &s3_store_enable_data_integrity_protection,
          &s3_store_request_checksum_calculation,
          &s3_store_response_checksum_validation,
          &s3_store_cacert};
}

std::vector<Place> s3_places(const Config& config, std::string_view group) {
  const std::string bucket = config.get(s3_store_bucket, group).value_or("");
  const std::string host = to_lower(location_host(config, group));
  if (host.empty() || bucket.empty()) return {};
  return {{.shown = fmt::format("the bucket {} at {}", bucket, host),
           .option = s3_store_bucket.name,
           .names = {fmt::format("s3 {} {}", host, bucket)},
           .around = {}}};
}

std::vector<std::string> s3_uri_prefixes(const Config& config, std::string_view group) {
  const std::string bucket = config.get(s3_store_bucket, group).value_or("");
  const std::string host = location_host(config, group);
  if (host.empty() || bucket.empty()) return {};
  return {fmt::format("{}://{}/{}/", location_scheme(config, group), host, bucket)};
}

boost::json::object s3_properties(const Config& config, std::string_view group) {
  const S3PartSizes sizes = configured_sizes(config, group);
  const auto from = static_cast<std::uint64_t>(config.get(s3_store_large_object_size, group));
  return {{"s3_store_large_object_size", from * mib},
          {"s3_store_large_object_chunk_size", sizes.part},
          {"s3_store_thread_pools", configured_threads(config, group)}};
}

bool is_dns_label(std::string_view bucket) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto is_inner = [&](char c) { return is_plain(c) || c == '-'; };
  return bucket.size() >= 3 && bucket.size() <= 63 && is_plain(bucket.front()) && is_plain(bucket.back()) &&
         std::all_of(bucket.begin(), bucket.end(), is_inner);
}

}  // namespace vitrine::stores
