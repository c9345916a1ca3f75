#include "base/metrics.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(MetricsExposition, ShowsWhatWasCounted) {
  Metrics metrics;

  metrics.counter("vitrine_requests_total", "Requests.", {{"route", "/v2/images"}}).add(2);
  metrics.gauge("vitrine_active_transfers", "Transfers.").add(1);
  metrics.latency("vitrine_request_seconds", "Latency.").observe(0.002);

  const std::string text = metrics.exposition();
  EXPECT_NE(text.find("vitrine_requests_total{route=\"/v2/images\"} 2"), std::string::npos) << text;
  EXPECT_NE(text.find("vitrine_active_transfers 1"), std::string::npos);
  EXPECT_NE(text.find("vitrine_request_seconds_bucket{le=\"0.0025\"} 1"), std::string::npos);
}

TEST(MetricsExposition, TheSameNameAndLabelsAreTheSameCounter) {
  Metrics metrics;

  metrics.counter("vitrine_x_total", "X.").add();
  metrics.counter("vitrine_x_total", "X.").add();

  EXPECT_NE(metrics.exposition().find("vitrine_x_total 2"), std::string::npos);
}

}  // namespace
}  // namespace vitrine
