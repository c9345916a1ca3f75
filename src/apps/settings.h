#pragma once

#include "api/services.h"
#include "config/config.h"
#include "http/server.h"
#include "images/images.h"

namespace vitrine::apps {

// What each room is built with, made of the configuration's options. All throw Error{configuration}.

images::Limits image_limits(const config::Config& config);
api::ApiSettings api_settings(const config::Config& config);
http::ServerSettings server_settings(const config::Config& config);

/// The settings of the metrics' own listener; no endpoints if it is switched off.
http::ServerSettings metrics_server_settings(const config::Config& config);

}  // namespace vitrine::apps
