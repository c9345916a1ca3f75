#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "stores/drivers/cinder/cinder_node.h"
#include "stores/drivers/cinder/cinder_volumes.h"

namespace vitrine::stores {

/// Something at Cinder of which nothing is to be left.
struct CinderLeftover {
  std::string attachment_id = {};
  std::string volume_id = {};                ///< with whatever it is attached to
  std::string upload = {};                   ///< of a volume that may be there, though Cinder did not say so
  std::optional<model::Caller> caller = {};  ///< as whom Cinder is asked, where the store has no user
};

/// Takes away what writers and readers leave: at once if Cinder lets it, else in the background until it
/// does. May be shared between threads.
class CinderLeftovers {
 public:
  /// Begins with what dead processes of this host have left, if the store has a user who may look for it.
  /// Everything outlives it.
  CinderLeftovers(const CinderSettings& settings, CinderVolumes& volumes, const CinderNode& node);
  ~CinderLeftovers();
  CinderLeftovers(const CinderLeftovers&) = delete;
  CinderLeftovers& operator=(const CinderLeftovers&) = delete;

  void remove(CinderLeftover left) noexcept;

 private:
  void run(const std::stop_token& stop);
  void look_for_the_dead(const StoreCall& call);
  void find_leftovers_of_the_dead(const StoreCall& call);
  /// Whether nothing of it is left, or nobody can do anything about it.
  bool try_to_remove(StoreCall call, const CinderLeftover& left) noexcept;
  bool remove_now(const StoreCall& call, const CinderLeftover& left);
  bool remove_volume(const StoreCall& call, const std::string& id);
  void add(CinderLeftover left);

  const CinderSettings& settings_;
  CinderVolumes& volumes_;
  const CinderNode& node_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<CinderLeftover> waiting_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace vitrine::stores
