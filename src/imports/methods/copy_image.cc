#include "imports/methods/copy_image.h"

#include "imports/job.h"
#include "transfer/download.h"

namespace vitrine::imports {

/// The default store's copy first, as Glance does, then in the order in which downloads ask.
ImportSource CopyImage::open(ImportJob& job) const {
  const images::Resources& resources = job.means().resources;
  stores::Store* const preferred[] = {&resources.stores.default_store()};
  std::vector<stores::Location> locations;
  for (const model::ImageLocation& row : resources.stores.ordered(job.image().locations, preferred)) {
    locations.push_back(row.location);
  }
  const std::uint64_t size = job.image().size.value_or(0);
  return {.bytes = transfer::open_source(resources.stores, locations, size, job.call(), resources.buffers),
          .size = size};
}

}  // namespace vitrine::imports
