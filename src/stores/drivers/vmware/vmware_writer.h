#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/error.h"
#include "fetch/sending.h"
#include "stores/driver.h"
#include "stores/drivers/vmware/vmware_files.h"
#include "stores/drivers/vmware/vsphere_datastores.h"
#include "stores/drivers/vmware/vsphere_session.h"

namespace vitrine::stores {

/// What a writer works with. Borrowed.
struct VmwareParts {
  VsphereSession& session;
  VsphereDatastores& datastores;
  VmwareFiles& files;
};

/// Sends a blob to a file on a datastore as it comes, and renames the file at the end.
class VmwareWriter : public BlobWriter {
 public:
  VmwareWriter(const VmwareParts& parts, const StoreCall& call, UnfinishedBlob blob,
               std::optional<std::uint64_t> size);
  ~VmwareWriter() override;

  void write(Bytes bytes) override;
  Location commit() override;

 private:
  void begin();
  void finish();
  [[noreturn]] void fail(const Error& error) const;
  bool has_room() const;

  const VmwareParts parts_;
  const StoreCall call_;
  UnfinishedBlob blob_;
  const std::optional<std::uint64_t> size_;
  std::uint64_t written_ = 0;
  std::unique_ptr<fetch::Sending> sending_;
  bool has_begun_ = false;
  bool is_committed_ = false;
  bool is_doubtful_ = false;  ///< it may be committed
};

}  // namespace vitrine::stores
