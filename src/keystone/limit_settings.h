#pragma once

#include <vector>

#include "config/config.h"
#include "keystone/limit_reader.h"
#include "keystone/login.h"

namespace vitrine::keystone {

/// [oslo_limit] as a whole: how Keystone is asked for limits, and those of which endpoint.
struct LimitSettings {
  SessionSettings session;
  LimitedEndpoint endpoint;
};

/// What is missing or makes no sense is a finding of severity error; the settings then mean nothing.
LimitSettings limit_settings(const config::Config& config, std::vector<config::Finding>& findings);

}  // namespace vitrine::keystone
