#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "stores/driver_rules.h"

namespace vitrine::tests {

/// A store in memory: a whole driver, with bounded room. Locations are `memory://<name>`. Writers must not
/// outlive it; readers may, and a blob that is removed stays readable for those who have it open.
class MemoryDriver : public stores::Driver,
                     private stores::Capacity,
                     private stores::Listing,
                     private stores::AccessLists {
 public:
  static constexpr std::string_view scheme = "memory";

  explicit MemoryDriver(std::uint64_t room = std::uint64_t{1} << 30) : room_(room) {}

  /// What lies under the name, committed.
  std::optional<std::string> content(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(name);
    if (found == blobs_.end()) return {};
    return *found->second;
  }

  /// Puts a blob there, over any other.
  stores::Location put(const std::string& name, std::string content) {
    const std::lock_guard lock(mutex_);
    forget(name);
    used_ += content.size();
    blobs_[name] = std::make_shared<const std::string>(std::move(content));
    return location_of(name);
  }

  /// Names of what is being written: a test that expects no leftovers finds none here and none in content().
  std::vector<std::string> unfinished() const {
    const std::lock_guard lock(mutex_);
    return unfinished_;
  }

  /// Who was last said to read the blob; nothing: nobody was asked.
  std::optional<stores::BlobReaders> readers(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = readers_.find(name);
    if (found == readers_.end()) return {};
    return found->second;
  }

  /// Names of what is committed.
  std::vector<std::string> names() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> result;
    for (const auto& [name, content] : blobs_) result.push_back(name);
    return result;
  }

  stores::Abilities abilities() const override { return abilities_; }

  std::unique_ptr<stores::BlobWriter> create(const stores::StoreCall&, const stores::BlobName& name,
                                             std::optional<std::uint64_t> size) override {
    stores::check_blob_name(name);
    const std::lock_guard lock(mutex_);
    refuse_taken(name.text);
    if (size.value_or(0) > room_ - used_) throw full();
    unfinished_.push_back(name.text);
    return std::make_unique<Writer>(*this, name.text);
  }

  std::unique_ptr<stores::BlobReader> open(const stores::StoreCall&, const stores::Location& location,
                                           ByteRange range) override {
    auto content = find(location);
    const stores::Stretch stretch = stores::stretch_of(range, content->size());
    return std::make_unique<Reader>(std::move(content), stretch);
  }

  std::uint64_t size(const stores::StoreCall&, const stores::Location& location) override {
    return find(location)->size();
  }

  void remove(const stores::StoreCall&, const stores::Location& location) override {
    const std::string name = name_in(location);
    const std::lock_guard lock(mutex_);
    if (!forget(name)) throw missing();
  }

  void discard(const stores::StoreCall&, const stores::BlobName& name) override {
    const std::lock_guard lock(mutex_);
    forget(name.text);
  }

 private:
  using Content = std::shared_ptr<const std::string>;

  class Reader : public stores::BlobReader {
   public:
    Reader(Content content, stores::Stretch stretch)
        : content_(std::move(content)),
          rest_(std::string_view(*content_).substr(stretch.offset, stretch.length)) {}

    std::size_t read(MutableBytes space) override {
      const std::size_t count = std::min(space.size(), rest_.size());
      std::copy_n(bytes_of(rest_).begin(), count, space.begin());
      rest_.remove_prefix(count);
      return count;
    }

   private:
    Content content_;
    std::string_view rest_;
  };

  class Writer : public stores::BlobWriter {
   public:
    Writer(MemoryDriver& driver, std::string name) : driver_(driver), name_(std::move(name)) {}
    ~Writer() override {
      if (!is_committed_) driver_.abandon(name_, content_.size());
    }

    void write(Bytes bytes) override {
      driver_.reserve(bytes.size());
      content_.append(text_of(bytes));
    }
    stores::Location commit() override {
      stores::Location location = driver_.publish(name_, content_);
      is_committed_ = true;
      return location;
    }

   private:
    MemoryDriver& driver_;
    std::string name_;
    std::string content_;
    bool is_committed_ = false;
  };

  stores::Space space(const stores::StoreCall&) override {
    const std::lock_guard lock(mutex_);
    return {.total = room_, .free = room_ - used_};
  }

  std::vector<std::string> list(const stores::StoreCall&) override { return names(); }

  void let_read(const stores::StoreCall&, const stores::Location& location,
                const stores::BlobReaders& readers) override {
    find(location);
    const std::lock_guard lock(mutex_);
    readers_[name_in(location)] = readers;
  }

  static stores::Location location_of(const std::string& name) {
    return {fmt::format("{}://{}", scheme, name), {}};
  }

  static std::string name_in(const stores::Location& location) {
    const stores::SplitUri uri = stores::split_uri(location.uri);
    if (uri.scheme != scheme) throw Error(ErrorCode::invalid, "Not a location of a memory store");
    return std::string(uri.rest);
  }

  static Error missing() { return Error(ErrorCode::not_found, "The data is not in the store"); }
  static Error full() { return Error(ErrorCode::storage_full, "The store has no room"); }

  void refuse_taken(const std::string& name) const {
    if (blobs_.contains(name))
      throw Error(ErrorCode::duplicate, "The store has data under this name already");
  }

  Content find(const stores::Location& location) const {
    const std::string name = name_in(location);
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(name);
    if (found == blobs_.end()) throw missing();
    return found->second;
  }

  void reserve(std::size_t size) {
    const std::lock_guard lock(mutex_);
    if (size > room_ - used_) throw full();
    used_ += size;
  }

  stores::Location publish(const std::string& name, std::string& content) {
    const std::lock_guard lock(mutex_);
    refuse_taken(name);
    blobs_[name] = std::make_shared<const std::string>(std::move(content));
    forget_unfinished(name);
    return location_of(name);
  }

  void abandon(const std::string& name, std::size_t size) {
    const std::lock_guard lock(mutex_);
    used_ -= size;
    forget_unfinished(name);
  }

  /// Under the lock.
  void forget_unfinished(const std::string& name) {
    unfinished_.erase(std::find(unfinished_.begin(), unfinished_.end(), name));
  }

  /// Under the lock. False if nothing was there.
  bool forget(const std::string& name) {
    const auto found = blobs_.find(name);
    if (found == blobs_.end()) return false;
    used_ -= found->second->size();
    blobs_.erase(found);
    return true;
  }

  const stores::Abilities abilities_{.capacity = this, .listing = this, .access_lists = this};
  const std::uint64_t room_;
  mutable std::mutex mutex_;
  std::map<std::string, Content, std::less<>> blobs_;
  std::map<std::string, stores::BlobReaders, std::less<>> readers_;
  std::vector<std::string> unfinished_;
  std::uint64_t used_ = 0;
};

}  // namespace vitrine::tests
