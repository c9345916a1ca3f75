#include "stores/drivers/vmware/vmware_writer.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "stores/driver_rules.h"
#include "stores/drivers/vmware/vsphere_errors.h"

namespace vitrine::stores {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::string_view taking = "take the data";

}  // namespace

VmwareWriter::VmwareWriter(const VmwareParts& parts, const StoreCall& call, UnfinishedBlob blob,
                           std::optional<std::uint64_t> size)
    : parts_(parts), call_(call), blob_(std::move(blob)), size_(size) {}

VmwareWriter::~VmwareWriter() {
  sending_.reset();
  if (has_begun_ && !is_committed_) parts_.files.clean_up({std::move(blob_), is_doubtful_});
}

void VmwareWriter::write(Bytes bytes) {
  if (bytes.empty()) return;
  try {
    if (!sending_) begin();
    sending_->write(bytes);
    written_ += bytes.size();
    if (sending_->is_answered()) finish();  // which throws
  } catch (const Error& error) {
    fail(error);
  }
}

Location VmwareWriter::commit() {
  try {
    if (!sending_) begin();
    finish();
  } catch (const Error& error) {
    fail(error);
  }
  try {
    parts_.files.rename(call_, blob_);
  } catch (const Error& error) {
    is_doubtful_ = leaves_doubt(error.code());
    throw;
  }
  is_committed_ = true;
  return {to_uri(blob_.whole), {}};
}

/// Not before there is something to send: nothing can be left of what was not begun.
void VmwareWriter::begin() {
  has_begun_ = true;
  sending_ = parts_.session.begin(call_, request_target(blob_.part), size_);
}

void VmwareWriter::finish() {
  const auto response = sending_->finish();
  if (response->status() >= 300) throw error_of_put(response->status(), {parts_.session.name(), taking});
}

/// Some hosts say no more than that they failed when a datastore is full.
void VmwareWriter::fail(const Error& error) const {
  if (error.code() != ErrorCode::unavailable || has_room()) throw Error(error);
  throw error_of(VsphereFault{"NoDiskSpace", {}}, {parts_.session.name(), taking});
}

/// Whether the datastore has room for what is missing, as far as is known.
bool VmwareWriter::has_room() const {
  const std::uint64_t missing = size_ ? *size_ - std::min(written_, *size_) : 0;
  try {
    for (const DatastoreState& state : parts_.datastores.usable(call_)) {
      if (state.configured == blob_.datastore.configured) return state.details.free >= std::max(missing, mib);
    }
  } catch (const Error& error) {
    log::info("vmware store: the room on {} is not known: {}", blob_.whole.datastore, error.what());
  }
  return true;
}

}  // namespace vitrine::stores
