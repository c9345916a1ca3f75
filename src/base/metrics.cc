#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace vitrine {

struct Metrics::Registry {
  prometheus::Registry all;
};

Metrics::Metrics() : registry_(std::make_unique<Registry>()) {}
Metrics::~Metrics() = default;

void Metrics::Counter::add(double value) {
  static_cast<prometheus::Counter*>(counter_)->Increment(value);
}
void Metrics::Gauge::add(double value) {
  static_cast<prometheus::Gauge*>(gauge_)->Increment(value);
}
void Metrics::Gauge::set(double value) {
  static_cast<prometheus::Gauge*>(gauge_)->Set(value);
}
void Metrics::Histogram::observe(double value) {
  static_cast<prometheus::Histogram*>(histogram_)->Observe(value);
}

Metrics::Counter Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
  Counter result;
  result.counter_ = &prometheus::BuildCounter()
                         .Name(std::string(name))
                         .Help(std::string(help))
                         .Register(registry_->all)
                         .Add(labels);
  return result;
}

Metrics::Gauge Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  Gauge result;
  result.gauge_ = &prometheus::BuildGauge()
                       .Name(std::string(name))
                       .Help(std::string(help))
                       .Register(registry_->all)
                       .Add(labels);
  return result;
}

Metrics::Histogram Metrics::latency(std::string_view name, std::string_view help, const Labels& labels) {
  static const prometheus::Histogram::BucketBoundaries seconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                               0.25,  0.5,    1,     2.5,  10,    60,   300};
  Histogram result;
  result.histogram_ = &prometheus::BuildHistogram()
                           .Name(std::string(name))
                           .Help(std::string(help))
                           .Register(registry_->all)
                           .Add(labels, seconds);
  return result;
}

std::string Metrics::exposition() const {
  return prometheus::TextSerializer().Serialize(registry_->all.Collect());
}

}  // namespace vitrine
