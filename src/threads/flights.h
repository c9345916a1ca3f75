#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>

#include "base/error.h"

namespace vitrine::threads {

/// Lets one of several callers who want the same thing at the same time do the work, and gives all of them
/// what came of it, an Error included. Work bounds its own time, so waiting for it is bounded, too. May be
/// shared between threads.
template <class Key, class Value>
class Flights {
 public:
  template <class Work>
  Value share(const Key& key, const Work& work) {
    const auto [flight, is_first] = board(key);
    if (is_first) land(key, *flight, outcome_of(work));
    return flight->wait();
  }

 private:
  struct Failure {
    ErrorCode code;
    std::string message;
  };
  using Outcome = std::variant<Value, Failure>;

  class Flight {
   public:
    void land(Outcome outcome) {
      const std::lock_guard lock(mutex_);
      outcome_ = std::move(outcome);
      landed_.notify_all();
    }
    /// Each caller gets an Error of its own: one exception is not for many threads.
    Value wait() {
      std::unique_lock lock(mutex_);
      landed_.wait(lock, [this] { return outcome_.has_value(); });
      if (const auto* failure = std::get_if<Failure>(&*outcome_))
        throw Error(failure->code, failure->message);
      return std::get<Value>(*outcome_);
    }

   private:
    std::mutex mutex_;
    std::condition_variable landed_;
    std::optional<Outcome> outcome_;
  };

  std::pair<std::shared_ptr<Flight>, bool> board(const Key& key) {
    const std::lock_guard lock(mutex_);
    const auto [place, is_first] = flights_.try_emplace(key);
    if (is_first) place->second = std::make_shared<Flight>();
    return {place->second, is_first};
  }

  template <class Work>
  static Outcome outcome_of(const Work& work) {
    try {
      return work();
    } catch (const Error& error) {
      return Failure{error.code(), error.what()};
    } catch (const std::exception& error) {
      return Failure{ErrorCode::internal, error.what()};
    }
  }

  void land(const Key& key, Flight& flight, Outcome outcome) {
    {
      const std::lock_guard lock(mutex_);
      flights_.erase(key);
    }
    flight.land(std::move(outcome));
  }

  std::mutex mutex_;
  std::map<Key, std::shared_ptr<Flight>> flights_;
};

}  // namespace vitrine::threads
