#include "keystone/options.h"

namespace vitrine::keystone {

OptionList options() {
  OptionList all = AuthtokenLogin::all();
  all.insert(all.end(), {&interface, &region_name, &http_connect_timeout, &http_request_max_retries,
                         &token_cache_time, &token_cache_size});
  for (const OptionList& more : {LimitLogin::all(), LimitOptions::all()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

}  // namespace vitrine::keystone
