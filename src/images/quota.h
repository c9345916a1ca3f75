#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "model/image.h"
#include "model/quantity.h"

namespace vitrine::images {

/// What a project wants beyond its limit; bytes or images, as the quantity says.
struct Excess {
  model::Project project;
  model::Quantity quantity = model::Quantity::stored_bytes;
  std::uint64_t limit = 0;
  std::uint64_t used = 0;    ///< what is under way included
  std::uint64_t wanted = 0;  ///< 0: not known yet
  std::size_t copies = 1;    ///< how often it is wanted
};

/// A limit as it is shown to those whom it bounds.
struct ShownLimit {
  std::string name;
  model::Quantity quantity = model::Quantity::stored_bytes;
  std::uint64_t unit = 1;  ///< so many bytes or images count as one
  std::int64_t limit = 0;
};

/// Whether locations that clients give are bound by the limit of stored bytes.
enum class GivenLocations { unbound, bound };

/// Says how much a project may have. May be shared between threads.
class ProjectLimits {
 public:
  virtual ~ProjectLimits() = default;
  /// Nothing: any amount. May ask another service, so it is never called under a lock.
  virtual std::optional<std::uint64_t> limit(const model::Project& project,
                                             model::Quantity quantity) const = 0;
  virtual GivenLocations given_locations() const = 0;
  /// What the client is told.
  virtual std::string refusal(const Excess& excess) const = 0;
  /// The limits that projects can ask for, in the order in which they are shown. May ask another service.
  virtual std::vector<ShownLimit> shown(const model::Project& project) const = 0;
};

/// One limit for the stored bytes of every project, as the configuration says.
class StorageQuota : public ProjectLimits {
 public:
  /// 0: any number of bytes.
  explicit StorageQuota(std::uint64_t bytes) : bytes_(bytes) {}

  std::optional<std::uint64_t> limit(const model::Project& project, model::Quantity quantity) const override;
  GivenLocations given_locations() const override { return GivenLocations::bound; }
  std::string refusal(const Excess& excess) const override;
  std::vector<ShownLimit> shown(const model::Project&) const override { return {}; }

 private:
  std::uint64_t bytes_;
};

/// The bytes of a text like 500, 10MB or 1TB; nothing if it is not one. What no number holds is the largest
/// one.
std::optional<std::uint64_t> parse_storage_quota(std::string_view text);

/// How much a project has of what is limited, in the limit's unit.
struct ProjectUsage {
  ShownLimit limit;
  std::uint64_t usage = 0;
};

/// Keeps projects within their limits however many requests run at the same time. Data under way in this
/// process is reserved, so that a client learns early that there is no room for it; what other nodes have
/// under way is not known here, so the last word is a condition of the change that makes data count, under
/// the catalog's lock. May be shared between threads.
class Quotas {
 public:
  /// Both are borrowed.
  Quotas(catalog::Catalog& catalog, const ProjectLimits& limits) : catalog_(catalog), limits_(limits) {}
  Quotas(const Quotas&) = delete;
  Quotas& operator=(const Quotas&) = delete;

  /// The most bytes that the project's images may take; nothing: any number.
  std::optional<std::uint64_t> storage_limit(const model::Project& project) const;

  /// What the project has of everything whose limit is shown.
  std::vector<ProjectUsage> usage(const model::Project& project) const;

  /// What the project has reserved.
  std::uint64_t reserved(const model::Project& project) const;

 private:
  friend class Reservation;
  friend class LocationQuota;
  friend class CountQuota;
  friend class StagedQuota;

  [[noreturn]] void refuse(const Excess& excess) const;

  /// What is under way for a project; there while it has reservations.
  struct Account {
    std::size_t reservations = 0;
    std::uint64_t reserved = 0;
    std::uint64_t settled = 0;  ///< bytes that became the project's since the account is there
  };

  catalog::Catalog& catalog_;
  const ProjectLimits& limits_;
  mutable std::mutex mutex_;
  std::map<model::Project, Account> accounts_;
};

/// Room for the data of an image that is on its way in, released when destroyed. Does nothing where there is
/// no limit. Used by one thread at a time.
class Reservation {
 public:
  /// Reserves nothing yet. `project`: whose limit counts.
  Reservation(Quotas& quotas, model::Project project, std::string image_id);
  ~Reservation();
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;

  /// Throws Error{limit_exceeded} if there is no room at all.
  void require_some_room();

  /// Makes the room so large, unless it is already. Throws Error{limit_exceeded}.
  void grow_to(std::uint64_t bytes);

  /// A catalog::Condition of the change that gives the image its data: throws Error{limit_exceeded} if there
  /// is no room for that by now; else it counts as the project's and not as reserved any more.
  void settle(const model::Image& after, const catalog::Counter& count);

 private:
  void count_usage();
  std::uint64_t room_for_this();
  bool try_grow_to(std::uint64_t bytes);
  [[noreturn]] void refuse(std::uint64_t size, std::uint64_t room, std::size_t copies = 1) const;

  Quotas& quotas_;
  const model::Project project_;
  const std::string image_id_;
  const std::optional<std::uint64_t> limit_;
  Quotas::Account* account_ = nullptr;
  std::optional<std::uint64_t> usage_;  ///< of the project's other images, as last counted
  std::uint64_t settled_before_ = 0;    ///< what the account had settled then
  std::uint64_t reserved_ = 0;
  std::uint64_t settled_ = 0;
};

/// Keeps a project's images within the limit of a quantity that counts them one by one.
class CountQuota {
 public:
  /// Asks for the limit, so not under a lock. Borrows the quotas.
  CountQuota(const Quotas& quotas, model::Project project, model::Quantity quantity);

  /// A catalog::Condition of the change by which the image begins to count: throws Error{limit_exceeded} if
  /// it is one too many.
  void check(const model::Image& after, const catalog::Counter& count) const;

 private:
  const Quotas& quotas_;
  const model::Project project_;
  const model::Quantity quantity_;
  const std::optional<std::uint64_t> limit_;
};

/// Keeps the data that waits for its import within the limit of its project.
class StagedQuota {
 public:
  /// Asks for the limit, so not under a lock. Borrows the quotas.
  StagedQuota(const Quotas& quotas, model::Project project);

  /// A catalog::Condition of the change by which the image has so many bytes waiting: throws
  /// Error{limit_exceeded} if that is too much. 0: not known.
  void check(const model::Image& after, std::uint64_t bytes, const catalog::Counter& count) const;

 private:
  const Quotas& quotas_;
  const model::Project project_;
  const std::optional<std::uint64_t> limit_;
};

/// How a client changes the locations of an image.
enum class LocationChange { none, some, all };

/// Keeps the locations that a client gives within the limit of its project. Used by one thread.
class LocationQuota {
 public:
  LocationQuota(Quotas& quotas, model::Project project) : quotas_(quotas), project_(std::move(project)) {}

  /// Asks for the limit, once, before the catalog is locked.
  void prepare();

  /// A catalog::Condition of the change: throws Error{limit_exceeded} if the project has no room for what it
  /// adds. `all`: every location counts as given, also the ones that were there.
  void check(const model::Image& before, const model::Image& after, LocationChange change,
             const catalog::Counter& count) const;

 private:
  Quotas& quotas_;
  const model::Project project_;
  bool is_prepared_ = false;
  std::optional<std::uint64_t> limit_;
};

}  // namespace vitrine::images
