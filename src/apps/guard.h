#pragma once

#include <memory>
#include <vector>

#include "access/identification.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "config/config.h"
#include "keystone/session.h"
#include "keystone/token_validator.h"

namespace vitrine::apps {

/// Who finds out who is calling, with what it needs for that.
struct Guard {
  std::unique_ptr<keystone::Session> session;           ///< null: Keystone is not asked
  std::unique_ptr<keystone::TokenValidator> validator;  ///< likewise
  std::unique_ptr<access::Identification> identification;
};

/// As the pipeline says that the configuration, which is valid, asks for. Clock and metrics outlive it.
Guard make_guard(const config::Config& config, const Clock& clock, Metrics& metrics);

/// What is wrong with the pipeline and with what it needs.
std::vector<config::Finding> check_guard(const config::Config& config);

}  // namespace vitrine::apps
