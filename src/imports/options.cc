#include "imports/options.h"

namespace vitrine::imports {

OptionList options() {
  return {&enabled_import_methods,
          &extra_properties,
          &max_parallel_stores,
          &task_pool_threads,
          &store_stall_timeout,
          &failed_imports_stay_importing,
          &task_heartbeat,
          &glance_task_timeout,
          &do_secure_hash,
          &http_retries,
          &worker_self_reference_url,
          &node_ca_file,
          &image_import_plugins,
          &ignore_user_roles,
          &inject,
          &conversion_output_format,
          &task_conversion_format,
          &vmdk_allowed_types,
          &decompressed_size_limit};
}

}  // namespace vitrine::imports
