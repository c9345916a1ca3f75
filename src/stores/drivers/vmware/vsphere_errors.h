#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "stores/drivers/vmware/vsphere_documents.h"

namespace vitrine::stores {

/// What a server was to do for the store.
struct VspherePurpose {
  std::string_view server;  ///< its name, for people
  std::string_view what;    ///< "remove data"
};

/// The error that a fault is.
Error error_of(const VsphereFault& fault, const VspherePurpose& purpose);

/// The error that an answer about a file is.
Error error_of(unsigned status, const VspherePurpose& purpose);
/// The same when the file was to be made there: what is missing then is the datastore.
Error error_of_put(unsigned status, const VspherePurpose& purpose);

}  // namespace vitrine::stores
