#include "stores/options.h"

#include "stores/driver_table.h"

namespace vitrine::stores {

OptionList options() {
  OptionList all = {&default_backend, &enabled_stores, &default_store,    &store_description,
                    &weight,          &store_threads,  &node_staging_uri, &work_dir};
  for (const DriverType& type : driver_types()) {
    const OptionList of_type = type.options();
    all.insert(all.end(), of_type.begin(), of_type.end());
  }
  return all;
}

}  // namespace vitrine::stores
