#pragma once

#include <vector>

#include "api/cors.h"
#include "api/health.h"
#include "config/config.h"

namespace vitrine::api {

/// Who may ask for the service from a web page: [cors] and, for further origins, [cors.<name>], which has the
/// values of [cors] where it says nothing. Throws Error{configuration} for a faulty value.
Cors read_cors(const config::Config& config);

/// What /healthcheck looks at, and who may ask. The configuration must be one in which
/// check_health_settings() finds nothing.
HealthSettings read_health_settings(const config::Config& config);

/// Ports, networks and checks that make no sense.
std::vector<config::Finding> check_health_settings(const config::Config& config);

}  // namespace vitrine::api
