#include "stores/drivers/rbd/rbd_writer.h"

#include <rbd/librbd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "stores/driver_rules.h"
#include "stores/drivers/rbd/rbd_error.h"
#include "stores/drivers/rbd_location.h"

namespace vitrine::stores {
namespace {

constexpr std::size_t largest_piece = std::size_t{8} << 20;
constexpr std::uint64_t largest_growth = std::uint64_t{8} << 30;

/// What an image is created with.
class CreateOptions {
 public:
  CreateOptions() { ::rbd_image_options_create(&handle_); }
  ~CreateOptions() { ::rbd_image_options_destroy(handle_); }
  CreateOptions(const CreateOptions&) = delete;
  CreateOptions& operator=(const CreateOptions&) = delete;

  void set(int option, std::uint64_t value) {
    check_rbd(::rbd_image_options_set_uint64(handle_, option, value), "create an image");
  }
  void set(int option, const std::string& value) {
    check_rbd(::rbd_image_options_set_string(handle_, option, value.c_str()), "create an image");
  }
  rbd_image_options_t handle() const { return handle_; }

 private:
  rbd_image_options_t handle_ = nullptr;
};

}  // namespace

template <class Step>
decltype(auto) RbdWriter::noting_silence(const Step& step) {
  try {
    return step();
  } catch (const Error& error) {
    if (can_retry(error.code())) has_answer_ = false;
    throw;
  }
}

RbdWriter::RbdWriter(RbdClusterPtr cluster, const RbdSettings& settings, RbdLeftovers& leftovers,
                     const StoreCall& call, std::string name, std::optional<std::uint64_t> size)
    : cluster_(std::move(cluster)),
      pool_(cluster_->pool()),
      settings_(settings),
      leftovers_(leftovers),
      call_(call),
      name_(std::move(name)),
      left_{.hidden_name = new_hidden_name(name_)},
      piece_size_(std::min<std::size_t>(settings.object_size, largest_piece)),
      image_size_(size.value_or(0)),
      growth_(2 * settings.object_size),
      piece_(std::make_unique_for_overwrite<std::byte[]>(piece_size_)) {
  try {
    noting_silence([&] {
      create_image(image_size_);
      image_.emplace(pool_, left_.hidden_name, std::string(), RbdAccess::write);
    });
    left_.id = image_->id();
  } catch (const Error&) {
    leave_behind();  // an answer that came too late may hide an image that was made
    throw;
  }
}

RbdWriter::~RbdWriter() {
  if (!is_committed_) leave_behind();
}

/// The library takes up to a minute longer than its time-outs say, and another try would only take its time,
/// while somebody waits for an answer.
void RbdWriter::leave_behind() {
  if (has_answer_) {
    operations_.clear();
    image_.reset();
    return leftovers_.remove(std::move(left_));
  }
  left_.unended =
      std::make_unique<RbdUnended>(RbdUnended{cluster_, std::move(image_), std::move(operations_)});
  leftovers_.remove_later(std::move(left_));
}

void RbdWriter::create_image(std::uint64_t size) {
  CreateOptions options;
  options.set(RBD_IMAGE_OPTION_FORMAT, 2);
  options.set(RBD_IMAGE_OPTION_FEATURES, cluster_->features());
  options.set(RBD_IMAGE_OPTION_ORDER, static_cast<std::uint64_t>(std::countr_zero(settings_.object_size)));
  if (!settings_.data_pool.empty()) options.set(RBD_IMAGE_OPTION_DATA_POOL, settings_.data_pool);
  check_rbd(::rbd_create4(pool_.handle(), left_.hidden_name.c_str(), size, options.handle()),
            "create an image");
}

void RbdWriter::write(Bytes bytes) {
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), piece_size_ - filled_);
    std::memcpy(piece_.get() + filled_, bytes.data(), count);
    filled_ += count;
    bytes = bytes.subspan(count);
    if (filled_ == piece_size_) noting_silence([&] { submit(); });
  }
}

void RbdWriter::submit() {
  if (filled_ == 0) return;
  const Bytes piece(piece_.get(), filled_);
  if (!settings_.is_thin || !is_all_zero(piece)) {
    make_room(offset_ + filled_);
    wait_for_all_but(rbd_window(piece_size_) - 1);
    operations_.push_back(std::make_unique<RbdOperation>());
    operations_.back()->start_write(*image_, offset_, piece);
  }
  offset_ += filled_;
  filled_ = 0;
}

/// The oldest first.
void RbdWriter::wait_for_all_but(std::size_t count) {
  while (operations_.size() > count) {
    operations_.front()->wait(call_);
    operations_.pop_front();
  }
}

/// Writes behind the image's end would be cut off without a word.
void RbdWriter::make_room(std::uint64_t end) {
  while (end > image_size_) {
    resize(std::max(end, image_size_ + growth_));
    growth_ = std::min(2 * growth_, largest_growth);
  }
}

void RbdWriter::resize(std::uint64_t size) {
  check_rbd(::rbd_resize(image_->handle(), size), "resize an image");
  image_size_ = size;
}

Location RbdWriter::commit() {
  return noting_silence([&] { return publish(); });
}

Location RbdWriter::publish() {
  submit();
  wait_for_all_but(0);
  finish_image();
  take_name();
  is_committed_ = true;
  return {to_uri({.fsid = cluster_->fsid(), .pool = pool_.name(), .image = name_, .snapshot = rbd_snapshot}),
          {}};
}

void RbdWriter::finish_image() {
  check_rbd(::rbd_flush(image_->handle()), "write an image");
  if (image_size_ != offset_) resize(offset_);
  protect_snapshot(*image_, rbd_snapshot);
  image_.reset();
}

void RbdWriter::take_name() {
  const int result = ::rbd_rename(pool_.handle(), left_.hidden_name.c_str(), name_.c_str());
  if (result == -EEXIST) throw rbd_error(result, "name an image");
  left_.name = name_;  // whatever the answer, the cluster may have done it
  check_rbd(result, "name an image");
  // For images with an exclusive lock the library hides that another one was faster.
  if (RbdImage(pool_, name_, {}, RbdAccess::read).id() != left_.id) throw rbd_error(-EEXIST, "name an image");
}

}  // namespace vitrine::stores
