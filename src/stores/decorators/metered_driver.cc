#include "stores/decorators/metered_driver.h"

#include <type_traits>

namespace vitrine::stores {
namespace {

/// Makes the call and tells the health how it ended.
template <class Call>
auto watch(StoreHealth* health, const Call& call) {
  const auto report_success = [&] {
    if (health) health->succeeded();
  };
  try {
    if constexpr (std::is_void_v<decltype(call())>) {
      call();
      report_success();
    } else {
      auto result = call();
      report_success();
      return result;
    }
  } catch (const Error& error) {
    if (health) health->failed(error);
    throw;
  }
}

/// Counts itself for as long as it lives.
class Presence {
 public:
  explicit Presence(Metrics::Gauge gauge) : gauge_(gauge) { gauge_.add(1); }
  ~Presence() { gauge_.add(-1); }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

 private:
  Metrics::Gauge gauge_;
};

class MeteredReader : public BlobReader {
 public:
  MeteredReader(std::unique_ptr<BlobReader> inner, const StoreMetrics& metrics, StoreHealth* health)
      : inner_(std::move(inner)), bytes_(metrics.read_bytes), presence_(metrics.readers), health_(health) {}

  std::size_t read(MutableBytes space) override {
    const std::size_t count = watch(health_, [&] { return inner_->read(space); });
    bytes_.add(static_cast<double>(count));
    return count;
  }
  /// Of a reader that has nothing to lend, nothing is learnt.
  Chunk lend() override {
    try {
      Chunk chunk = inner_->lend();
      if (!chunk.empty() && health_) health_->succeeded();
      bytes_.add(static_cast<double>(chunk.size()));
      return chunk;
    } catch (const Error& error) {
      if (health_) health_->failed(error);
      throw;
    }
  }

 private:
  std::unique_ptr<BlobReader> inner_;
  Metrics::Counter bytes_;
  Presence presence_;
  StoreHealth* health_;
};

class MeteredWriter : public BlobWriter {
 public:
  /// `bytes` counts what is written.
  MeteredWriter(std::unique_ptr<BlobWriter> inner, const StoreMetrics& metrics, Metrics::Counter bytes,
                StoreHealth* health)
      : inner_(std::move(inner)), bytes_(bytes), presence_(metrics.writers), health_(health) {}

  void write(Bytes bytes) override {
    watch(health_, [&] { inner_->write(bytes); });
    bytes_.add(static_cast<double>(bytes.size()));
  }
  Location commit() override {
    return watch(health_, [&] { return inner_->commit(); });
  }

 private:
  std::unique_ptr<BlobWriter> inner_;
  Metrics::Counter bytes_;
  Presence presence_;
  StoreHealth* health_;
};

}  // namespace

StoreMetrics::StoreMetrics(Metrics& metrics, const std::string& store_id) {
  const Metrics::Labels labels = {{"store", store_id}};
  read_bytes = metrics.counter("vitrine_store_read_bytes_total", "Bytes read from a store.", labels);
  written_bytes = metrics.counter("vitrine_store_written_bytes_total", "Bytes written to a store.", labels);
  adopted_bytes = metrics.counter(
      "vitrine_store_adopted_bytes_total",
      "Bytes of files that a store took over by a hard link instead of writing them.", labels);
  readers = metrics.gauge("vitrine_store_readers", "Readers open in a store.", labels);
  writers = metrics.gauge("vitrine_store_writers", "Writers open in a store.", labels);
}

class MeteredDriver::Adopting : public Adopt {
 public:
  explicit Adopting(MeteredDriver& driver) : driver_(driver) {}

  std::unique_ptr<BlobWriter> adopt(const StoreCall& call, const BlobName& name,
                                    const std::filesystem::path& file) override {
    StoreHealth* health = driver_.health_;
    const StoreMetrics& metrics = driver_.metrics_;
    auto writer = watch(health, [&] { return driver_.inner_->abilities().adopt->adopt(call, name, file); });
    if (!writer) return nullptr;
    return std::make_unique<MeteredWriter>(std::move(writer), metrics, metrics.adopted_bytes, health);
  }

 private:
  MeteredDriver& driver_;
};

MeteredDriver::MeteredDriver(std::unique_ptr<Driver> inner, const StoreMetrics& metrics, StoreHealth* health)
    : inner_(std::move(inner)),
      metrics_(metrics),
      health_(health),
      adopting_(std::make_unique<Adopting>(*this)) {}

MeteredDriver::~MeteredDriver() = default;

std::unique_ptr<BlobWriter> MeteredDriver::create(const StoreCall& call, const BlobName& name,
                                                  std::optional<std::uint64_t> size) {
  auto writer = watch(health_, [&] { return inner_->create(call, name, size); });
  return std::make_unique<MeteredWriter>(std::move(writer), metrics_, metrics_.written_bytes, health_);
}

Abilities MeteredDriver::abilities() const {
  Abilities abilities = inner_->abilities();
  if (abilities.adopt) abilities.adopt = adopting_.get();
  return abilities;
}

std::unique_ptr<BlobReader> MeteredDriver::open(const StoreCall& call, const Location& location,
                                                ByteRange range) {
  auto reader = watch(health_, [&] { return inner_->open(call, location, range); });
  return std::make_unique<MeteredReader>(std::move(reader), metrics_, health_);
}

std::uint64_t MeteredDriver::size(const StoreCall& call, const Location& location) {
  return watch(health_, [&] { return inner_->size(call, location); });
}

void MeteredDriver::remove(const StoreCall& call, const Location& location) {
  watch(health_, [&] { inner_->remove(call, location); });
}

void MeteredDriver::discard(const StoreCall& call, const BlobName& name) {
  watch(health_, [&] { inner_->discard(call, name); });
}

}  // namespace vitrine::stores
