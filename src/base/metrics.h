#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace vitrine {

/// Numbers about the running service, for Prometheus. May be shared between threads; what it returns lives as
/// long as the Metrics and may be kept and used without further look-up.
class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;

  class Counter {
   public:
    void add(double value = 1);

   private:
    friend class Metrics;
    void* counter_ = nullptr;
  };

  class Gauge {
   public:
    void add(double value);
    void set(double value);

   private:
    friend class Metrics;
    void* gauge_ = nullptr;
  };

  class Histogram {
   public:
    void observe(double value);

   private:
    friend class Metrics;
    void* histogram_ = nullptr;
  };

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Counter counter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  /// Buckets for durations of requests, in seconds, from 1 ms to 5 minutes.
  Histogram latency(std::string_view name, std::string_view help, const Labels& labels = {});

  /// Everything in Prometheus' text format, version 0.0.4.
  std::string exposition() const;

 private:
  struct Registry;
  std::unique_ptr<Registry> registry_;
};

}  // namespace vitrine
