#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/caller.h"
#include "model/image.h"
#include "stores/store_set.h"

namespace vitrine::imports {

/// What a client asks for when it wants an image's data imported.
struct ImportWish {
  std::string method;
  std::optional<std::string> uri;            ///< of web-download; may hold credentials
  std::optional<std::string> os_hash_algo;   ///< of the data that it leads to, like the next
  std::optional<std::string> os_hash_value;  ///< hexadecimal
  std::optional<std::string> glance_region;  ///< of glance-download, like the next two
  std::optional<std::string> glance_image_id;
  std::optional<std::string> glance_service_interface;
  std::optional<std::vector<std::string>> stores;  ///< ids; nothing: not said
  std::optional<std::string> header_store;         ///< the store that X-Image-Meta-Store names
  bool all_stores = false;
  bool all_stores_must_succeed = true;
  boost::json::object document;  ///< the body as it came, which the task keeps
};

/// An import that was found to be in order.
struct ImportRequest {
  model::Caller caller;
  std::string request_id;
  model::Image image;  ///< as it was when it was asked for
  ImportWish wish;
  std::vector<stores::Store*> targets;  ///< at least one
};

std::vector<std::string> target_ids(const ImportRequest& request);

}  // namespace vitrine::imports
