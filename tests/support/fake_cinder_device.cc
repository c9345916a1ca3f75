#include <algorithm>
#include <boost/json/value.hpp>
#include <cstring>

#include "stores/driver_rules.h"
#include "tests/support/fake_cinder.h"

namespace vitrine::tests {

/// A volume's data; whole blocks only, as real ones take.
class FakeCinder::Device : public stores::VolumeDevice {
 public:
  Device(FakeCinder& cinder, std::string volume_id)
      : cinder_(cinder),
        volume_id_(std::move(volume_id)),
        first_size_(cinder_.volumes_.at(volume_id_).gibibytes) {}

  std::unique_ptr<stores::VolumeTransfer> new_transfer() override;
  std::uint64_t size(const stores::StoreCall&) override {
    const std::lock_guard lock(cinder_.mutex_);
    const std::uint64_t now = cinder_.volumes_.at(volume_id_).gibibytes;
    return (cinder_.do_devices_grow_ ? now : first_size_) * gibibyte;
  }
  void flush(const stores::StoreCall&) override {}

  void move(bool is_write, std::uint64_t offset, MutableBytes bytes) {
    const std::lock_guard lock(cinder_.mutex_);
    if (cinder_.data_error_) throw Error(*cinder_.data_error_);
    Volume& volume = cinder_.volumes_.at(volume_id_);
    const bool is_whole = offset % stores::volume_block == 0 && bytes.size() % stores::volume_block == 0;
    const bool fits = offset + bytes.size() <= volume.gibibytes * gibibyte;
    if (!is_whole || !fits || (is_write && volume.is_read_only)) {
      throw Error(ErrorCode::internal, "The volume cannot be read or written so");
    }
    std::string& data = volume.data;
    if (is_write) {
      if (offset >= data.size() && stores::is_all_zero(bytes)) return;
      if (data.size() < offset + bytes.size()) data.resize(offset + bytes.size());
      std::memcpy(data.data() + offset, bytes.data(), bytes.size());
    } else {
      std::fill(bytes.begin(), bytes.end(), std::byte{0});
      if (offset >= data.size()) return;
      std::memcpy(bytes.data(), data.data() + offset, std::min(bytes.size(), data.size() - offset));
    }
  }

 private:
  FakeCinder& cinder_;
  const std::string volume_id_;
  const std::uint64_t first_size_;
};

class FakeCinder::Transfer : public stores::VolumeTransfer {
 public:
  explicit Transfer(Device& device) : device_(device) {}

  void start_read(std::uint64_t offset, const stores::VolumeMemory& memory, std::size_t length) override {
    begin(false, offset, memory, length);
  }
  void start_write(std::uint64_t offset, const stores::VolumeMemory& memory, std::size_t length) override {
    begin(true, offset, memory, length);
  }
  /// Not before, so that whoever does not wait gets nothing.
  void wait(const stores::StoreCall&) override {
    if (!begun_) return;
    begun_ = false;
    device_.move(is_write_, offset_, {memory_.get(), length_});
  }

 private:
  void begin(bool is_write, std::uint64_t offset, const stores::VolumeMemory& memory, std::size_t length) {
    memory_ = memory;
    begun_ = true;
    is_write_ = is_write;
    offset_ = offset;
    length_ = length;
  }

  Device& device_;
  stores::VolumeMemory memory_;
  bool begun_ = false;
  bool is_write_ = false;
  std::uint64_t offset_ = 0;
  std::size_t length_ = 0;
};

std::unique_ptr<stores::VolumeTransfer> FakeCinder::Device::new_transfer() {
  return std::make_unique<Transfer>(*this);
}

class FakeCinder::Connector : public stores::VolumeConnector {
 public:
  explicit Connector(FakeCinder& cinder) : cinder_(cinder) {}

  std::unique_ptr<stores::VolumeDevice> open(const stores::StoreCall&, const boost::json::object& connection,
                                             stores::VolumeAccess) override {
    const std::lock_guard lock(cinder_.mutex_);
    return std::make_unique<Device>(cinder_, std::string(connection.at("volume_id").as_string()));
  }

 private:
  FakeCinder& cinder_;
};

stores::MakeConnector FakeCinder::connectors() {
  return [this](std::string_view type,
                const stores::VolumeConnectorSettings& settings) -> std::unique_ptr<stores::VolumeConnector> {
    if (type == "memory") return std::make_unique<Connector>(*this);
    return stores::make_installed_connector(type, settings);
  };
}

}  // namespace vitrine::tests
