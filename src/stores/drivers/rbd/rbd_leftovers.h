#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "stores/drivers/rbd/rbd_connection.h"
#include "stores/drivers/rbd/rbd_image.h"
#include "stores/drivers/rbd/rbd_operation.h"

namespace vitrine::stores {

/// The name of an image that is being written and is to become `name`; no other writer's. No blob has a name
/// that starts like it.
std::string new_hidden_name(std::string_view name);
/// Whether it is a hidden name, whatever the image is to become.
bool is_hidden_name(std::string_view image);
/// What the image of a hidden name is to become; nothing for other names.
std::optional<std::string_view> future_name(std::string_view image);

/// Operations of a writer that is gone, of which the cluster has not said how they ended, and their image.
/// Destroyed, it waits for them.
struct RbdUnended {
  RbdClusterPtr cluster;
  std::optional<RbdImage> image;
  std::deque<std::unique_ptr<RbdOperation>> operations;

  bool has_ended() const;
};

/// An image of which nothing is to be left.
struct RbdLeftover {
  std::string hidden_name;
  std::string id = {};  ///< empty: not known
  std::string name =
      {};  ///< that it may have taken meanwhile, if the id shows that it did; empty: it did not
  std::unique_ptr<RbdUnended> unended = {};  ///< to end before; null: nothing
};

/// Removes what writers leave that fail, at once if the cluster lets it, else as soon as it does. May be
/// shared between threads.
class RbdLeftovers {
 public:
  /// Looks for what is left of writers that died with their process, too, once. The connection outlives it.
  explicit RbdLeftovers(RbdConnection& connection);
  ~RbdLeftovers();
  RbdLeftovers(const RbdLeftovers&) = delete;
  RbdLeftovers& operator=(const RbdLeftovers&) = delete;

  /// Tries at once.
  void remove(RbdLeftover left) noexcept;
  /// For when the cluster does not answer: tries in the background.
  void remove_later(RbdLeftover left) noexcept;
  /// The image of a writer that is gone, or so the caller says. At once if nobody has it open; the cluster
  /// takes half a minute to see that a writer has died, and is waited for in the background. Throws Error.
  void remove_abandoned(const std::string& hidden_name);

 private:
  void run(const std::stop_token& stop);
  void add_orphans();
  bool try_to_remove(RbdLeftover& left) noexcept;
  void renew_connection(const RbdClusterPtr& failed) noexcept;

  RbdConnection& connection_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<RbdLeftover> waiting_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace vitrine::stores
