#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/cors.h"
#include "api/health.h"
#include "api/image_schema.h"
#include "api/origin.h"
#include "base/metrics.h"
#include "images/images.h"
#include "images/sharing.h"
#include "images/tasks.h"
#include "imports/client_tasks.h"
#include "imports/imports.h"
#include "imports/location_imports.h"
#include "imports/other_nodes.h"
#include "stores/store_set.h"

namespace vitrine::api {

/// What the operator decided about the API.
struct ApiSettings {
  std::uint64_t page_size = 25;
  std::uint64_t max_page_size = 1000;
  std::size_t max_request_id_length = 64;  ///< characters; 0: any
  std::string public_endpoint;             ///< in version documents; empty: taken from the request
  std::vector<std::string> container_formats;
  std::vector<std::string> disk_formats;
  bool shows_locations = false;  ///< and lets clients change them
  bool shows_direct_url = false;
  HealthSettings health;
  Cors cors;
  ProxyHeaders proxy_headers = ProxyHeaders::ignored;
};

/// What handlers work with. Borrowed, shared between threads.
struct Services {
  images::Images& images;
  images::Sharing& sharing;
  images::Tasks& tasks;
  imports::Imports& imports;
  imports::LocationImports& location_imports;
  imports::ClientTasks& client_tasks;
  imports::OtherNodes& other_nodes;
  const std::vector<std::string>& identity_headers;  ///< say who is calling; values may be secrets
  const stores::StoreSet& stores;
  const ApiSettings& settings;
  const ImageSchema& image_schema;
  Metrics& metrics;
};

}  // namespace vitrine::api
