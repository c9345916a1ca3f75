#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "catalog/catalog.h"
#include "fetch/admission.h"
#include "images/locations.h"
#include "images/quota.h"
#include "images/upload.h"
#include "model/caller.h"
#include "model/image.h"
#include "model/member.h"
#include "model/query.h"
#include "stores/store_set.h"
#include "threads/buffer_pool.h"
#include "threads/worker_pool.h"
#include "transfer/download.h"
#include "transfer/format_check.h"
#include "transfer/journal.h"

namespace vitrine::images {

struct Limits {
  std::int64_t properties = 128;  ///< custom properties an image may have; negative: any number
  std::int64_t tags = 128;        ///< tags an image may have; negative: any number
  std::int64_t locations = 10;    ///< locations an image may have; negative: any number
  std::uint64_t image_size = std::uint64_t{1} << 40;  ///< bytes
  std::string hash_algorithm = "sha512";
  transfer::FormatRules formats = {};
};

/// What the use cases work with. Everything is borrowed and outlives them.
struct Resources {
  catalog::Catalog& catalog;
  const stores::StoreSet& stores;
  transfer::Journal& uploads;   ///< data under way into a store
  transfer::Journal& removals;  ///< data under way out of a store
  Quotas& quotas;
  threads::WorkerPool& digests;
  threads::BufferPool& buffers;             ///< for data on its way in
  threads::BufferSource& download_buffers;  ///< for data on its way out: slow clients hold them for long
  const fetch::Admission& admission;        ///< what clients may point at
};

/// For an image that is not there, and for one that the caller may not know of.
Error no_such_image(std::string_view image_id);

/// A change to an image; see Catalog::change().
using Edit = std::function<void(model::Image&, LocationEditor&)>;

/// The use cases on images: one public function is one thing a user can do. Who may do it, beyond what a
/// caller can see at all, is asked before. May be shared between threads.
class Images {
 public:
  Images(const Resources& resources, const Limits& limits);

  /// Stores a new record. An empty id gets a new UUID. Throws Error{duplicate}, Error{limit_exceeded}, also
  /// when the caller's project has as many images as it may.
  model::Image create(const model::Caller& caller, model::Image image);

  /// The image, if it is there and the caller may know of it; else throws Error{not_found}. Locations that an
  /// older service wrote are brought to today's form, and stored so.
  model::Image visible(const model::Caller& caller, std::string_view image_id);

  /// The image, if it is visible and its data may be downloaded by the caller. Throws Error{forbidden} if it
  /// is deactivated and the caller no administrator.
  model::Image downloadable(const model::Caller& caller, std::string_view image_id);

  /// What the caller's project has of what it may; empty where the operator shows no limits.
  std::vector<ProjectUsage> usage(const model::Caller& caller) const;

  /// A page of the images that the caller finds in lists; the caller is the query's viewer. Throws
  /// Error{invalid} if the marker is no image, Error{forbidden} if the caller may not see it.
  std::vector<model::Image> list(const model::Caller& caller, model::ImageQuery query);

  /// Lets `edit` change a fresh copy of the image and stores it wholly or not at all. It runs once more than
  /// Catalog::change() says, so that stores are asked about new locations before the catalog is locked. The
  /// data of locations that it takes out is removed; if a store refuses, nothing is changed. Throws
  /// Error{limit_exceeded} when a quota is newly exceeded, that of the caller's project for given locations
  /// included. The image is changed, too, if what is thrown comes from a store that could not be told who may
  /// read the data now; the next update tells it again.
  model::Image update(const model::Caller& caller, std::string_view image_id, const Edit& edit,
                      std::stop_token stop);

  /// Adds a tag that may be there already. Throws Error{limit_exceeded} for an image with more tags than
  /// allowed.
  void add_tag(std::string_view image_id, std::string_view tag);

  /// Throws Error{not_found} if the image has no such tag. One that Glance misread in a URL counts as such.
  void remove_tag(std::string_view image_id, std::string_view tag);

  /// Keeps the data of an active image from all but administrators, and gives it back. An image that is
  /// there already stays as it is; for one in any other status throws Error{forbidden}.
  void deactivate(std::string_view image_id);
  void reactivate(std::string_view image_id);

  /// Deletes the data of an image that was seen from every store, then the record, in whatever status it is.
  /// If a store refuses, the image stays. Throws Error{forbidden} for a protected image, Error{conflict} when
  /// a store has the data in use.
  void remove(const model::Caller& caller, const model::Image& image, std::stop_token stop);

  /// The store that a copy may be removed from. Throws Error{conflict} if it is not one of this service,
  /// Error{not_found} in a service with a single store.
  const stores::Store& store_with_copies(std::string_view store_id) const;

  /// Deletes the copy of the data of an image that was seen from one store. Throws Error{conflict} if the
  /// store has it in use, or the image is not active; Error{forbidden} for the last copy, Error{not_found} if
  /// the store has none.
  void remove_from_store(const model::Caller& caller, const model::Image& seen, const stores::Store& store,
                         std::stop_token stop);

  /// Begins an upload to an image that was seen: it is `saving` from here on.
  std::unique_ptr<Upload> upload(const model::Caller& caller, const model::Image& image,
                                 const UploadRequest& request, std::stop_token stop);

  /// Begins a download of a stretch of the image's data, from a preferred store if one of them has it. Throws
  /// Error{not_found} if no store has it.
  transfer::Download download(const model::Caller& caller, const model::Image& image, ByteRange range,
                              std::span<stores::Store* const> preferred);

 private:
  bool may_see(const model::Caller& caller, const model::Image& image);
  model::Image with_correct_locations(const model::Caller& caller, model::Image image);
  void switch_to(std::string_view image_id, model::ImageStatus wanted);
  void remove_all_data(const model::Image& image, const stores::StoreCall& call);
  /// Returns the image as it is, and leaves it, if it was given data since it was `known`: a transfer that
  /// was under way has ended.
  std::optional<model::Image> remove_record(const model::Image& known, const transfer::JournalEntry& entry);

  Resources resources_;
  Limits limits_;
};

}  // namespace vitrine::images
