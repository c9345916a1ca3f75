#include "stores/drivers/s3_settings.h"

#include <fmt/format.h>

#include "base/text.h"
#include "stores/driver_rules.h"
#include "stores/drivers/option_checks.h"

namespace vitrine::stores {

OptionList s3_options() {
  return {&s3_store_host, &s3_store_access_key, &s3_store_secret_key, &s3_store_bucket};
}

std::vector<config::Finding> check_s3_settings(const config::Config& config, std::string_view group) {
  return missing_options(config, group, "s3",
                         {&s3_store_host, &s3_store_access_key, &s3_store_secret_key, &s3_store_bucket});
}

std::vector<Place> s3_places(const config::Config& config, std::string_view group) {
  const std::string address = config.get(s3_store_host, group).value_or("");
  const std::string bucket = config.get(s3_store_bucket, group).value_or("");
  if (address.empty() || bucket.empty()) return {};
  std::string host = to_lower(split_uri(address).rest);
  while (host.ends_with('/')) host.pop_back();
  return {{.shown = fmt::format("the bucket {} at {}", bucket, host),
           .option = s3_store_bucket.name,
           .names = {fmt::format("s3 {} {}", host, bucket)},
           .around = {}}};
}

}  // namespace vitrine::stores
