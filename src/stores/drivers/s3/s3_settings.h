#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/option.h"
#include "config/config.h"
#include "fetch/client.h"
#include "fetch/patience.h"
#include "fetch/uri.h"
#include "stores/drivers/s3/s3_signature.h"
#include "stores/place.h"

namespace vitrine::stores {

/// Where a bucket stands in URLs: `host/bucket` or `bucket.host`.
enum class S3Style { in_path, in_host };

/// What goes with data beside its signature, for the service to check and keep.
enum class S3Sums { none, crc32 };

/// How blobs are cut up. Sizes in bytes.
struct S3PartSizes {
  std::uint64_t multipart_from = std::uint64_t{100}
                                 << 20;            ///< a blob that is known to be smaller is one object
  std::uint64_t part = std::uint64_t{10} << 20;    ///< the least
  std::uint64_t memory = std::uint64_t{54} << 20;  ///< most that one writer holds in parts
  unsigned threads = 10;                           ///< parts of one blob on their way at the same time
};

/// An s3 store's configuration.
struct S3Settings {
  fetch::Uri endpoint;
  std::string region;
  bool is_region_given = false;  ///< by an option or the host: a new bucket is made there
  S3Style style = S3Style::in_path;
  S3Keys keys;
  std::string bucket;
  bool creates_bucket = false;
  S3PartSizes sizes;
  S3Sums sums = S3Sums::none;
  bool checks_sums = false;     ///< of what is read
  std::string location_scheme;  ///< of the store's locations
  std::string location_host;
  fetch::ClientSettings client;
  fetch::PatienceSettings patience{.attempts = 5,
                                   .first_pause = std::chrono::milliseconds(200),
                                   .longest_pause = std::chrono::milliseconds(5'000)};
};

/// Reads a store's options from its group. Throws Error{configuration} that says which option is wrong.
S3Settings read_s3_settings(const config::Config& config, std::string_view group);

/// Every option of the store that is wrong in itself.
std::vector<config::Finding> check_s3_settings(const config::Config& config, std::string_view group);

OptionList s3_options();

/// The bucket at its host, whoever has the keys.
std::vector<Place> s3_places(const config::Config& config, std::string_view group);
std::vector<std::string> s3_uri_prefixes(const config::Config& config, std::string_view group);
boost::json::object s3_properties(const config::Config& config, std::string_view group);

/// Whether the bucket's name can be a part of a host name that TLS knows: no dots.
bool is_dns_label(std::string_view bucket);

}  // namespace vitrine::stores
