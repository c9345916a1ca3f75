#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "config/config.h"
#include "images/quota.h"
#include "keystone/limit_reader.h"
#include "keystone/session.h"

namespace vitrine::apps {

/// Who says how much projects may have, with what it needs for that.
struct ProjectLimiting {
  std::unique_ptr<keystone::Session> session;     ///< null: Keystone is not asked
  std::unique_ptr<keystone::LimitReader> reader;  ///< likewise
  std::unique_ptr<images::ProjectLimits> limits;
};

/// As the configuration, which is valid, asks for. The clock outlives it.
ProjectLimiting make_project_limits(const config::Config& config, const Clock& clock);

/// What is wrong with the options about the limits of projects.
std::vector<config::Finding> check_project_limits(const config::Config& config);

}  // namespace vitrine::apps
