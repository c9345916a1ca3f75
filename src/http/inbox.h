#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"

namespace vitrine::http {

/// Bytes that were read from a connection before anybody needed them.
class Inbox {
 public:
  bool empty() const { return start_ == bytes_.size(); }
  std::string_view view() const { return std::string_view(bytes_).substr(start_); }

  void append(Bytes bytes) {
    bytes_.erase(0, std::exchange(start_, 0));  // a client that never lets it run empty must not make it grow
    bytes_.append(text_of(bytes));
  }
  /// Puts bytes back in front of all others.
  void restore(Bytes bytes) { bytes_.replace(0, std::exchange(start_, 0), text_of(bytes)); }
  /// Takes away from the front.
  void consume(std::size_t size) { start_ += size; }
  /// Moves what fits to `into`.
  std::size_t take(MutableBytes into) {
    const std::size_t size = view().copy(reinterpret_cast<char*>(into.data()), into.size());
    consume(size);
    return size;
  }
  /// Gives the memory back if nothing is in it.
  void release() {
    if (!empty()) return;
    bytes_ = std::string();
    start_ = 0;
  }

 private:
  std::string bytes_;
  std::size_t start_ = 0;
};

}  // namespace vitrine::http
