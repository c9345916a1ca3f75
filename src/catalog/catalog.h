#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/image.h"
#include "model/member.h"
#include "model/quantity.h"
#include "model/query.h"
#include "model/task.h"

namespace vitrine::catalog {

struct CatalogSettings {
  std::string connection;     ///< SQLAlchemy's URL: sqlite:////absolute/path or sqlite:///relative/path
  std::size_t pool_size = 5;  ///< connections; a call waits for a free one; 0: no bound
  std::chrono::milliseconds pool_timeout{30'000};  ///< how long a call waits for a free connection
  std::chrono::milliseconds busy_timeout{30'000};  ///< how long a locked SQLite file is waited for
  // Of servers; parameters of the same names behind the URL's ? go before the first six.
  std::optional<std::size_t> max_overflow = 50;  ///< connections beyond pool_size; unset: no bound
  std::optional<std::chrono::seconds> connection_recycle_time{3600};  ///< how old one may become
  std::optional<std::int64_t> max_retries = 0;  ///< further tries to connect at start; unset: for ever
  std::chrono::seconds retry_interval{10};      ///< between two of them
  std::string mysql_sql_mode = "TRADITIONAL";   ///< empty: the server's
  std::optional<std::int64_t> mysql_wsrep_sync_wait = {};
  std::chrono::seconds answer_timeout{60};  ///< how long a statement may take; 0: any time
  // Of SQLite.
  std::int64_t cache_size = 16384;  ///< KiB of an SQLite file that a connection may remember
  bool is_synchronous = true;       ///< false: commits do not wait for the disk; a power cut may lose them
};

/// What db sync did.
enum class SyncResult { created, upgraded, up_to_date };

/// Creates the schema in an empty database, or brings a database that Glance stamped to the head revision.
/// Throws Error{configuration} for a revision that this program does not know (a newer Glance).
SyncResult sync_schema(const CatalogSettings& settings);

/// The revision ids in alembic_version; empty when the database is empty.
std::vector<std::string> schema_revisions(const CatalogSettings& settings);

/// How much lies in one place.
struct Usage {
  std::uint64_t images = 0;
  std::uint64_t bytes = 0;

  bool operator==(const Usage&) const = default;
};

/// Asks how much a project has by now.
struct Count {
  model::Quantity quantity = model::Quantity::stored_bytes;
  model::Project project;
  std::string left_out = {};  ///< an image that does not count
};

/// Counts at the moment of a change, under its lock.
using Counter = std::function<std::uint64_t(const Count&)>;

/// What must be so for a change to be stored; throws if it is not. Called after `edit` and under the same
/// rules, but it may count.
using Condition =
    std::function<void(const model::Image& before, const model::Image& after, const Counter& count)>;

/// The SQL database with the images' records. May be shared between threads; every call borrows one
/// connection for its length. Calls throw Error{unavailable} when the database cannot be reached or stays
/// locked.
class Catalog {
 public:
  /// Opens a database that db sync has prepared; any revision from wallaby_contract01 on is served. Throws
  /// Error{configuration} if it is missing, empty, or of an unknown revision, and says what to run.
  Catalog(const CatalogSettings& settings, const Clock& clock);
  ~Catalog();
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  /// Stores a new image with its properties, tags and locations in one transaction, and returns it as stored,
  /// with its times. Throws Error{duplicate} if the id exists, deleted images included. A condition sees
  /// nothing but the id before.
  model::Image insert(const model::Image& image, const Condition& condition = {});

  /// The image, deleted or not, with everything that belongs to it; nothing if there never was one.
  std::optional<model::Image> find(std::string_view image_id);

  /// A row of locations, deleted or not.
  std::optional<model::ImageLocation> find_location(std::int64_t id);

  /// A page of live images with everything that belongs to them: a fixed number of statements
  /// for every 1,024 images, and one for each filter at most. Throws Error{invalid} if the marker does not
  /// exist, Error{forbidden} if the viewer may not see it.
  std::vector<model::Image> list(const model::ImageQuery& query);

  /// Re-reads the image under a write lock, lets `edit` change it and stores what differs, in one
  /// transaction: so concurrent changes lose nothing. `edit` may throw to change nothing and may run twice. A
  /// changed status is written only over the status that was read (Error{conflict} otherwise). Returns the
  /// image as stored. Throws Error{not_found} if there is no such live image. `edit` runs under the write
  /// lock: it must be quick and must not call the catalog. Times, `id` and `is_deleted` are not its to
  /// change. The import lock property is never touched, nor are locations that an import under way owns:
  /// those are not in the image.
  model::Image change(std::string_view image_id, const std::function<void(model::Image&)>& edit,
                      const Condition& condition = {});

  /// Lets no other task import the image, on any node: false if one has the lock. Throws Error{not_found} if
  /// there is no such live image.
  bool take_import_lock(std::string_view image_id, std::string_view task_id);

  /// The same for a new task, which is stored, or for none: nobody may find a lock without its task, which
  /// would look like that of a dead one. `check` sees the image under its write lock, and throws if it is not
  /// as it should be; it must be quick and must not call the catalog. Throws Error{duplicate} if the task
  /// exists.
  bool insert_task_with_lock(const model::Task& task, std::string_view image_id,
                             const std::function<void(const model::Image&)>& check);

  /// Gives the lock back; false if the task does not have it.
  bool release_import_lock(std::string_view image_id, std::string_view task_id);

  /// As change(), and then soft-deletes the image with all that belongs to it. `edit` must have set its
  /// status to `deleted` or `pending_delete`. Returns the image as it was before, with its live locations.
  model::Image remove(std::string_view image_id, const std::function<void(model::Image&)>& edit);

  /// The image's members, in the order in which they came.
  std::vector<model::Member> members(std::string_view image_id);
  std::optional<model::Member> find_member(std::string_view image_id, std::string_view project_id);

  /// Shares a live image with one more project, which is `pending` then. However many do so at the same time,
  /// the image never has more than `most` members; negative: any number. Throws Error{not_found} if there is
  /// no such image, Error{limit_exceeded}, and Error{duplicate} for a project that is a member already.
  model::Member add_member(std::string_view image_id, std::string_view project_id, std::int64_t most);

  /// These two throw Error{not_found} if there is no such member.
  model::Member change_member(std::string_view image_id, std::string_view project_id,
                              model::MemberStatus status);
  void remove_member(std::string_view image_id, std::string_view project_id);

  /// Stores a new task and returns it as stored, with its times. Throws Error{duplicate} if the id exists.
  model::Task insert_task(const model::Task& task);

  /// The task, deleted or not.
  std::optional<model::Task> find_task(std::string_view task_id);

  /// A page of tasks without input, result and message. Throws Error{invalid} if the marker does not exist.
  std::vector<model::Task> list_tasks(const model::TaskQuery& query);

  /// The image's tasks that have not expired, the oldest first, deleted ones too.
  std::vector<model::Task> tasks_of(std::string_view image_id);

  /// As change(), for a task: status, result, message and expiry are there to be changed.
  model::Task change_task(std::string_view task_id, const std::function<void(model::Task&)>& edit);

  /// Soft-deletes the tasks that have expired. Writes only if there are any.
  void delete_expired_tasks();

  /// How much a project has. What holds however many change at the same time is a Condition.
  std::uint64_t count(const Count& wanted);

  /// What live images have in each place, by the name that `place_of` gives to a location; a location without
  /// a name does not count. Reads every location there is: for a command, not for a request.
  std::map<std::string, Usage> usage(const std::function<std::string(const model::Location&)>& place_of);

  /// One round trip, for the health check.
  void ping();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::catalog
