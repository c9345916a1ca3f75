#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>

#include "stores/driver.h"

namespace vitrine::stores {

/// Makes those who work on one name take turns. May be shared between threads.
class NameClaims {
 public:
  /// While it lives, the name is claimed. Must not outlive its NameClaims.
  class Claim {
   public:
    ~Claim() { claims_.end(name_); }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

   private:
    friend class NameClaims;
    Claim(NameClaims& claims, const std::string& name) : claims_(claims), name_(name) {}

    NameClaims& claims_;
    const std::string name_;
  };

  /// Waits until nobody else claims the name. Throws Error{timed_out} or Error{cancelled} as the call says.
  [[nodiscard]] Claim claim(const std::string& name, const StoreCall& call);

 private:
  void end(const std::string& name);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::set<std::string> claimed_;
};

}  // namespace vitrine::stores
