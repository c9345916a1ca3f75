#include "stores/drivers/vmware/vsphere_errors.h"

#include <fmt/format.h>

namespace vitrine::stores {
namespace {

struct FaultMeaning {
  std::string_view kind;
  ErrorCode code;
  std::string_view reason;
};
constexpr FaultMeaning fault_meanings[] = {
    {"FileNotFound", ErrorCode::not_found, "the file is not there"},
    {"FileAlreadyExists", ErrorCode::duplicate, "a file of this name is there already"},
    {"FileLocked", ErrorCode::conflict, "the file is in use"},
    {"NoDiskSpace", ErrorCode::storage_full, "the datastore is full"},
    {"FileTooLarge", ErrorCode::storage_full, "the datastore takes no files of this size"},
    {"NoPermission", ErrorCode::storage_denied,
     "the store's user may not do it. Give it Datastore.Browse and Datastore.FileManagement"},
    {"InvalidDatastorePath", ErrorCode::invalid, "the server knows no such path"},
    {"InvalidDatastore", ErrorCode::storage_denied,
     "the server does not know the datastore. Check vmware_datastores"},
    {"ManagedObjectNotFound", ErrorCode::unavailable, "it was just removed from the inventory"},
    {"RestrictedVersion", ErrorCode::storage_denied, "the licence of the ESX host does not allow it"},
};

struct StatusMeaning {
  unsigned status;
  ErrorCode code;
  std::string_view reason;
};
constexpr StatusMeaning status_meanings[] = {
    {401, ErrorCode::unavailable, "the session ended meanwhile"},
    {403, ErrorCode::storage_denied,
     "the store's user may not do it. Give it Datastore.Browse and "
     "Datastore.FileManagement"},
    {404, ErrorCode::not_found, "there is no such file, datastore or datacenter"},
    {409, ErrorCode::duplicate, "a file of this name is there already, or in use"},
    {413, ErrorCode::storage_full, "the datastore takes no files of this size"},
    {416, ErrorCode::range_unsatisfiable, "the range lies beyond the data"},
    {507, ErrorCode::storage_full, "the datastore is full"},
};

std::string sentence(const VspherePurpose& purpose, std::string_view reason) {
  return fmt::format("{} does not {}: {}.", purpose.server, purpose.what, reason);
}

}  // namespace

Error error_of(const VsphereFault& fault, const VspherePurpose& purpose) {
  for (const FaultMeaning& meaning : fault_meanings) {
    if (meaning.kind == fault.kind) return Error(meaning.code, sentence(purpose, meaning.reason));
  }
  return Error(ErrorCode::unavailable,
               sentence(purpose, fmt::format("it says {} {}", fault.kind, fault.text)));
}

Error error_of(unsigned status, const VspherePurpose& purpose) {
  for (const StatusMeaning& meaning : status_meanings) {
    if (meaning.status == status) return Error(meaning.code, sentence(purpose, meaning.reason));
  }
  return Error(ErrorCode::unavailable, sentence(purpose, fmt::format("it answers {}", status)));
}

Error error_of_put(unsigned status, const VspherePurpose& purpose) {
  if (status != 404) return error_of(status, purpose);
  return Error(ErrorCode::storage_denied,
               sentence(purpose, "the datastore or its datacenter is not there. Check vmware_datastores"));
}

}  // namespace vitrine::stores
