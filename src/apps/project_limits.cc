#include "apps/project_limits.h"

#include "apps/settings.h"
#include "images/keystone_limits.h"
#include "images/options.h"
#include "keystone/limit_settings.h"

namespace vitrine::apps {
namespace {

using config::Config;
using config::Finding;

Finding unused_storage_quota(const Config& config) {
  Finding finding = config.where(images::user_storage_quota.group, images::user_storage_quota.name);
  finding.severity = Finding::Severity::warning;
  finding.message =
      "[DEFAULT] user_storage_quota has no effect: use_keystone_limits takes the limits of projects from "
      "Keystone. Remove one of the two.";
  return finding;
}

}  // namespace

ProjectLimiting make_project_limits(const Config& config, const Clock& clock) {
  ProjectLimiting limiting;
  if (!config.get(images::use_keystone_limits)) {
    limiting.limits = std::make_unique<images::StorageQuota>(storage_quota(config));
    return limiting;
  }
  std::vector<Finding> reported;  // by check_project_limits
  const keystone::LimitSettings settings = keystone::limit_settings(config, reported);
  limiting.session = std::make_unique<keystone::Session>(settings.session, clock);
  limiting.reader = std::make_unique<keystone::LimitReader>(*limiting.session, settings.endpoint, clock);
  limiting.limits = std::make_unique<images::KeystoneLimits>(*limiting.reader);
  return limiting;
}

std::vector<Finding> check_project_limits(const Config& config) {
  std::vector<Finding> findings;
  if (!config.get(images::use_keystone_limits)) return findings;
  keystone::limit_settings(config, findings);
  if (config.is_set(images::user_storage_quota)) findings.push_back(unused_storage_quota(config));
  return findings;
}

}  // namespace vitrine::apps
