#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "fetch/admission.h"
#include "images/quota.h"
#include "model/caller.h"
#include "model/image.h"
#include "stores/store_set.h"

namespace vitrine::images {

struct Limits;

/// What a client knows of the data at a location that it gives.
struct ValidationData {
  std::optional<std::string> checksum;  ///< MD5 in hexadecimal
  std::string os_hash_algo;
  std::string os_hash_value;  ///< hexadecimal
};

/// A location as a client gives it.
struct GivenLocation {
  stores::Location location;
  std::optional<ValidationData> validation;
};

/// What a request for a location's data may connect to: everything, unless that lies on a web server. Throws
/// Error{invalid} for one that is not admitted.
fetch::Reach reach_of(const stores::Location& location, const fetch::Admission& admission);

/// Refuses a location whose URI alone tells that clients cannot give it, so that nobody needs to be asked.
/// Throws Error{invalid}.
void require_possible(const stores::StoreSet& stores, const fetch::Admission& admission,
                      const stores::Location& given);

/// The locations that a client sees, in the order in which it sees them.
std::vector<model::ImageLocation> shown_locations(const stores::StoreSet& stores, const model::Image& image,
                                                  const model::Caller& caller);

/// Changes an image's locations by the rules that clients are under. An edit that uses it runs twice: the
/// first time stores are asked what lies at a new location; after hold(), under the catalog's lock, only what
/// they said then counts. Used by one thread.
class LocationEditor {
 public:
  /// Everything but `stop` is borrowed. What is added on web servers has to pass the admission; what is there
  /// already is the http store's business.
  LocationEditor(const stores::StoreSet& stores, const fetch::Admission& admission, const Limits& limits,
                 const model::Caller& caller, std::stop_token stop);

  /// Adds a location before the one that is shown at `position`, or at the end. A queued image becomes
  /// active. Throws Error{conflict} for an image that is neither queued nor active and for validation data
  /// that cannot be right, Error{limit_exceeded}, Error{invalid} for a location that cannot be read or has no
  /// data, or that the image has already.
  void add(model::Image& image, const GivenLocation& given, std::size_t position);

  /// Adds a location at the end of those of an image that is to get its data by it, and says how much that
  /// is; its status is the caller's to change. Throws as add().
  void append(model::Image& image, const stores::Location& given);

  /// Gives an image that has none its locations, as add() does; orders anew the ones that it has, and changes
  /// their metadata. Throws Error{forbidden} for an empty list, Error{invalid} for other URIs.
  void replace(model::Image& image, const std::vector<GivenLocation>& given);

  /// Takes out the location that is shown at `position`; nothing: no such position can be. Throws
  /// Error{forbidden} for the last one.
  void remove(model::Image& image, std::optional<std::size_t> position) const;

  /// Which locations clients have given by now.
  LocationChange change() const { return change_; }

  /// No store is asked any more: a location that was not asked for before is Error{conflict}.
  void hold() { is_held_ = true; }

 private:
  /// What a store said of a location.
  struct Offer {
    stores::Location given;
    stores::Location location;  ///< as it is stored
    std::uint64_t size = 0;     ///< bytes
  };

  Offer ask(const stores::Location& given);
  Offer ask_for_one_more(const model::Image& image, const stores::Location& given);
  void fill(model::Image& image, const std::vector<GivenLocation>& given);
  std::optional<std::vector<model::ImageLocation>> rearranged(const model::Image& image,
                                                              const std::vector<GivenLocation>& given) const;
  model::ImageLocation shown_at(const model::Image& image, std::size_t position) const;

  const stores::StoreSet& stores_;
  const fetch::Admission& admission_;
  const Limits& limits_;
  stores::StoreCall call_;
  std::vector<Offer> offers_;
  LocationChange change_ = LocationChange::none;
  bool is_held_ = false;
};

}  // namespace vitrine::images
