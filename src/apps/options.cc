#include "apps/options.h"

#include "access/options.h"
#include "api/options.h"
#include "catalog/options.h"
#include "fetch/options.h"
#include "http/options.h"
#include "images/options.h"
#include "imports/options.h"
#include "keystone/options.h"
#include "stores/options.h"
#include "threads/options.h"

namespace vitrine::apps {

OptionList options() {
  return {&state_dir,       &metrics_address, &debug,      &log_file, &log_dir,
          &log_date_format, &use_json,        &use_stderr, &log_color};
}

OptionList all_options() {
  OptionList all;
  for (const OptionList& room : {options(), threads::options(), http::options(), catalog::options(),
                                 fetch::options(), keystone::options(), stores::options(), access::options(),
                                 images::options(), imports::options(), api::options()}) {
    all.insert(all.end(), room.begin(), room.end());
  }
  return all;
}

}  // namespace vitrine::apps
