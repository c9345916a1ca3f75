#pragma once

#include "api/services.h"
#include "config/config.h"
#include "fetch/client.h"
#include "http/server.h"
#include "images/images.h"
#include "imports/settings.h"

namespace vitrine::apps {

// What each room is built with, made of the configuration's options. All throw Error{configuration}.

images::Limits image_limits(const config::Config& config);
/// Bytes that the images of one project may take; 0: any number.
std::uint64_t storage_quota(const config::Config& config);
imports::ImportSettings import_settings(const config::Config& config);
/// How other nodes are asked: never by way of a proxy, since callers' tokens go with it.
fetch::ClientSettings node_client_settings(const config::Config& config);
api::ApiSettings api_settings(const config::Config& config);
http::ServerSettings server_settings(const config::Config& config);

/// The settings of the metrics' own listener; no endpoints if it is switched off.
http::ServerSettings metrics_server_settings(const config::Config& config);

/// What is wrong with what these are made of and no other room looks at.
std::vector<config::Finding> check_settings(const config::Config& config);

}  // namespace vitrine::apps
