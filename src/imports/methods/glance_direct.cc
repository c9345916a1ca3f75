#include "imports/methods/glance_direct.h"

#include <fmt/format.h>

#include "base/error.h"
#include "imports/job.h"

namespace vitrine::imports {

ImportSource GlanceDirect::open(ImportJob& job) const {
  try {
    return job.means().staging.open(job.image_id(), job.call(), job.means().resources.buffers);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    throw Error(
        ErrorCode::not_found,
        fmt::format("The staged data of image {} is not on this node. Stage it again.", job.image_id()));
  }
}

}  // namespace vitrine::imports
