#pragma once

#include <memory>
#include <string>

#include "base/metrics.h"
#include "stores/driver.h"
#include "stores/store_health.h"

namespace vitrine::stores {

/// The numbers of one store. Copies, and others made for the same store, count together.
struct StoreMetrics {
  StoreMetrics(Metrics& metrics, const std::string& store_id);

  Metrics::Counter read_bytes;  ///< what sendfile sends from an open file is counted by the sender
  Metrics::Counter written_bytes;
  Metrics::Counter adopted_bytes;  ///< of files that were taken over, and not written
  Metrics::Gauge readers;
  Metrics::Gauge writers;
};

/// Counts a driver's bytes, and its readers and writers that are open, and tells the store's health how calls
/// end. Has the abilities of the driver inside.
class MeteredDriver : public Driver {
 public:
  /// The health is borrowed; null: nobody wants to know.
  MeteredDriver(std::unique_ptr<Driver> inner, const StoreMetrics& metrics, StoreHealth* health);
  ~MeteredDriver() override;

  Abilities abilities() const override;
  std::unique_ptr<BlobWriter> create(const StoreCall& call, const BlobName& name,
                                     std::optional<std::uint64_t> size) override;
  std::unique_ptr<BlobReader> open(const StoreCall& call, const Location& location, ByteRange range) override;
  std::uint64_t size(const StoreCall& call, const Location& location) override;
  void remove(const StoreCall& call, const Location& location) override;
  void discard(const StoreCall& call, const BlobName& name) override;

 private:
  class Adopting;

  std::unique_ptr<Driver> inner_;
  StoreMetrics metrics_;
  StoreHealth* health_;
  std::unique_ptr<Adopt> adopting_;
};

}  // namespace vitrine::stores
