#include "imports/request.h"

namespace vitrine::imports {

std::vector<std::string> target_ids(const ImportRequest& request) {
  std::vector<std::string> ids;
  for (const stores::Store* store : request.targets) ids.push_back(store->id());
  return ids;
}

}  // namespace vitrine::imports
