#include "stores/drivers/cinder/cinder_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/text.h"
#include "stores/driver_rules.h"
#include "stores/drivers/cinder/cinder_location.h"
#include "stores/drivers/cinder/cinder_reader.h"

namespace vitrine::stores {
namespace {

constexpr std::string_view name_start = "image-";
/// More than any back end has, and little enough to count in.
constexpr std::uint64_t most_gibibytes = std::uint64_t{1} << 24;

std::uint64_t gibibytes_for(std::optional<std::uint64_t> size, std::uint64_t gibibyte) {
  const std::uint64_t bytes = size.value_or(0);
  const std::uint64_t whole = bytes / gibibyte + (bytes % gibibyte == 0 ? 0 : 1);
  if (whole > most_gibibytes) throw Error(ErrorCode::storage_full, "No volume is as large as the data.");
  return std::max<std::uint64_t>(whole, 1);
}

Error no_room(const std::string& why) {
  return Error(ErrorCode::storage_full, fmt::format("Cinder has no room for the volume: {}", why));
}

}  // namespace

std::string volume_name_of(const std::string& blob) {
  return std::string(name_start) + blob;
}

bool is_unfinished(const CinderVolume& volume) {
  return volume.metadata.contains(upload_key);
}

std::vector<CinderVolume> finished_volumes(CinderVolumes& volumes, const StoreCall& call,
                                           const std::optional<std::string>& blob) {
  const std::string type = volumes.volume_type(call);
  auto found = volumes.list(call, blob ? "name=" + form_encode(volume_name_of(*blob)) : "");
  std::erase_if(found, [&](const CinderVolume& volume) {
    const bool has_name = blob ? volume.name == volume_name_of(*blob) : volume.name.starts_with(name_start);
    // The same image may have volumes of other types, which are other stores'.
    return !has_name || volume.type != type || volume.is_going() || is_unfinished(volume) ||
           volume.status.starts_with("error");
  });
  return found;
}

CinderWriter::CinderWriter(const CinderParts& parts, const StoreCall& call, std::string blob,
                           std::optional<std::uint64_t> size)
    : parts_(parts), call_(call), blob_(std::move(blob)), size_(size), upload_(new_uuid()) {
  create_volume();
  try {
    wait_for_volume();
    open();
  } catch (const Error&) {
    close();
    parts_.leftovers.remove({.volume_id = volume_.id, .caller = caller_of(call_)});
    throw;
  }
}

CinderWriter::~CinderWriter() {
  close();
  if (!is_committed_) parts_.leftovers.remove({.volume_id = volume_.id, .caller = caller_of(call_)});
}

void CinderWriter::create_volume() {
  std::map<std::string, std::string> described = metadata(size_.value_or(0));
  described.merge(parts_.node.upload_marks(upload_));
  try {
    volume_ = parts_.volumes.create(
        call_, {volume_name_of(blob_), gibibytes_for(size_, parts_.settings.gibibyte), described});
  } catch (const Error& error) {
    // An answer that did not come may hide a volume that was made.
    if (leaves_doubt(error.code())) parts_.leftovers.remove({.upload = upload_, .caller = caller_of(call_)});
    throw;
  }
}

/// As glance_store writes it, so that it and others who know its volumes know these.
std::map<std::string, std::string> CinderWriter::metadata(std::uint64_t size) const {
  std::map<std::string, std::string> result{{"glance_image_id", blob_}, {"image_size", std::to_string(size)}};
  if (call_.caller != nullptr && call_.caller->project_id) {
    result["image_owner"] = *call_.caller->project_id;
  }
  return result;
}

void CinderWriter::wait_for_volume() {
  const auto volume = parts_.volumes.settle(call_, volume_.id, parts_.settings.times.transition);
  if (!volume) throw Error(ErrorCode::unavailable, "The image's new volume was removed meanwhile");
  volume_ = *volume;
  if (volume_.status == "available") return;
  const std::string why = parts_.volumes.complaint_about(call_, volume_.id);
  // What the scheduler says when no back end has room; in other cases nobody knows.
  if (volume_.status == "error") throw no_room(why.empty() ? "no back end could create it." : why);
  throw Error(ErrorCode::unavailable,
              fmt::format("The new volume {} is in the state {}. {}", volume_.id, volume_.status, why));
}

void CinderWriter::open() {
  held_ = parts_.attachments.hold(call_, volume_, AttachMode::read_write);
  device_ = held_->open(call_, VolumeAccess::write);
  if (wait_for_device(volume_.bytes)) return;
  throw Error(ErrorCode::unavailable,
              fmt::format("The attached volume {} is smaller than Cinder says.", volume_.id));
}

void CinderWriter::close() {
  pieces_.clear();
  device_.reset();
  held_.reset();
}

void CinderWriter::write(Bytes bytes) {
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), volume_piece - filled_);
    std::memcpy(current().memory.get() + filled_, bytes.data(), count);
    filled_ += count;
    bytes = bytes.subspan(count);
    if (filled_ == volume_piece) submit();
  }
}

/// The piece that is being filled. To begin one, the oldest is waited for if enough are under way.
CinderWriter::Piece& CinderWriter::current() {
  if (filled_ > 0) return pieces_.back();
  if (offset_ + volume_piece > volume_.bytes) make_room(offset_ + volume_piece);
  if (pieces_.size() < volume_window) {
    pieces_.push_back({std::make_shared_for_overwrite<std::byte[]>(volume_piece), device_->new_transfer()});
  } else {
    pieces_.front().transfer->wait(call_);
    std::rotate(pieces_.begin(), pieces_.begin() + 1, pieces_.end());
  }
  return pieces_.back();
}

void CinderWriter::submit() {
  if (filled_ == 0) return;
  // Filled up with zeros: the back end may take whole blocks only.
  const std::size_t whole = (filled_ + volume_block - 1) / volume_block * volume_block;
  const Piece& piece = pieces_.back();
  std::fill(piece.memory.get() + filled_, piece.memory.get() + whole, std::byte{0});
  piece.transfer->start_write(offset_, piece.memory, whole);
  offset_ += filled_;
  filled_ = 0;
}

void CinderWriter::finish_transfers() {
  for (const Piece& piece : pieces_) piece.transfer->wait(call_);
  pieces_.clear();
  device_->flush(call_);
}

/// Pieces never cross the end of a volume, which is a whole number of them.
void CinderWriter::make_room(std::uint64_t end) {
  if (size_ && end - volume_piece >= *size_) {
    throw Error(ErrorCode::invalid, fmt::format("There is more data than the {} bytes announced", *size_));
  }
  const std::uint64_t gibibytes = gibibytes_for(end, parts_.settings.gibibyte);
  finish_transfers();
  if (parts_.settings.extends_attached && extend_attached(gibibytes)) return;
  extend_detached(gibibytes);
}

/// False: the back end cannot do it, and the volume is to be detached for it.
bool CinderWriter::extend_attached(std::uint64_t gibibytes) {
  try {
    parts_.volumes.extend(call_, volume_.id, gibibytes);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::conflict) throw;
    log::info("cinder store: volume {} does not grow while it is attached: {}", volume_.id, error.what());
    return false;
  }
  const auto volume = parts_.volumes.settle(call_, volume_.id, parts_.settings.times.transition);
  if (!volume || volume->status != "in-use" || volume->gibibytes < gibibytes) return false;
  volume_ = *volume;
  return wait_for_device(volume_.bytes);
}

/// Devices take a moment to see how large their volume is.
bool CinderWriter::wait_for_device(std::uint64_t bytes) {
  const Deadline end = std::min(call_.deadline, deadline_in(parts_.settings.times.resize));
  std::chrono::milliseconds pause = parts_.settings.times.first_look;
  while (device_->size(call_) < bytes) {
    if (std::chrono::steady_clock::now() >= end) return false;
    fetch::pause(pause, call_.stop);
    pause *= 2;
  }
  return true;
}

void CinderWriter::extend_detached(std::uint64_t gibibytes) {
  close();
  volume_ = parts_.volumes.wait_until(call_, volume_.id, "available");
  if (volume_.gibibytes < gibibytes) {
    parts_.volumes.extend(call_, volume_.id, gibibytes);
    const auto volume = parts_.volumes.settle(call_, volume_.id, parts_.settings.times.transition);
    if (!volume || volume->status != "available" || volume->gibibytes < gibibytes) {
      const std::string why = parts_.volumes.complaint_about(call_, volume_.id);
      throw no_room(why.empty() ? "it could not be extended." : why);
    }
    volume_ = *volume;
  }
  open();
}

Location CinderWriter::commit() {
  submit();
  finish_transfers();
  close();
  parts_.volumes.wait_until(call_, volume_.id, "available");
  parts_.volumes.make_read_only(call_, volume_.id);
  publish();
  is_committed_ = true;
  return {to_uri(CinderLocation{.store_id = parts_.settings.store_id, .volume_id = volume_.id}), {}};
}

/// Volumes may share a name. Within this process writers take turns, and an image is written by one process.
void CinderWriter::publish() {
  const NameClaims::Claim claim = parts_.claims.claim(blob_, call_);
  if (!finished_volumes(parts_.volumes, call_, blob_).empty()) {
    throw Error(ErrorCode::duplicate, "There is a volume of this image already");
  }
  parts_.volumes.set_metadata(call_, volume_.id, metadata(offset_));
}

}  // namespace vitrine::stores
