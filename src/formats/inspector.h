#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace vitrine::formats {

/// A safety rule that the data breaks.
struct Failure {
  std::string_view check;  ///< the rule's name, as Glance and its option gpt_safety_checks_nonfatal write it
  std::string reason;      ///< for the log
};

enum class Match { open, yes, no };

/// Looks for one format in a stream. A format says which window of the stream it wants next; this class
/// collects the window from pieces of any size and hands it over whole, so the outcome never depends on where
/// the stream was cut. Keeps no more than the window. One thread at a time.
class Inspector {
 public:
  virtual ~Inspector() = default;
  Inspector(const Inspector&) = delete;
  Inspector& operator=(const Inspector&) = delete;

  /// The next bytes of the stream.
  virtual void see(Bytes piece);
  /// The stream is complete.
  virtual void finish();

  Match match() const { return match_; }
  /// Whether no further byte can change the match, the failures or the fault.
  bool is_settled() const { return match_ == Match::no || (!window_ && !waits_for_end_); }
  const std::vector<Failure>& failures() const { return failures_; }
  /// Why the data, though it matches, could not be inspected to the end; in Glance's words.
  std::optional<std::string_view> fault() const { return fault_; }
  /// Bytes of the disk in the image, of which `stream_size` bytes came in; 0: unknown.
  std::uint64_t virtual_size(std::uint64_t stream_size) const;

 protected:
  struct Window {
    std::uint64_t offset = 0;
    std::size_t length = 0;
  };

  explicit Inspector(Window first) : window_(first) {}

  /// The window that was asked for, whole. Unless another one is asked for, it was the last.
  virtual void look(Bytes window) = 0;
  /// The stream ended inside the window. What has not matched by then does not; what has cannot be judged.
  virtual void cut_short(Bytes part);

  /// Asks for a window behind the one just seen; an earlier one ends the inspection with a fault.
  void ask(Window next);
  /// Asks for the window just seen again, but longer.
  void ask_for_more(std::size_t length) { longer_ = length; }
  /// Whatever the windows say, the verdict is given in finish().
  void wait_for_end() { waits_for_end_ = true; }

  void match_is(Match match) { match_ = match; }
  void fail(std::string_view check, std::string reason) { failures_.push_back({check, std::move(reason)}); }
  /// Ends the inspection with a fault: the headers contradict themselves.
  void give_up();
  /// `unit` bytes each; 0 in all: unknown. Gives up if the product is more than a catalog can hold.
  void set_virtual_size(std::uint64_t count, std::uint64_t unit = 1);
  /// The disk is all of the stream behind `offset`.
  void measure_stream_from(std::uint64_t offset) { disk_start_ = offset; }

 private:
  void hand_over();

  Match match_ = Match::open;
  std::vector<Failure> failures_;
  std::optional<std::string_view> fault_;
  std::uint64_t virtual_size_ = 0;
  std::optional<std::uint64_t> disk_start_;

  std::uint64_t position_ = 0;  // of the next byte of the stream
  std::optional<Window> window_;
  std::optional<std::size_t> longer_;
  std::vector<std::byte> kept_;  // the window's bytes so far
  bool waits_for_end_ = false;
};

}  // namespace vitrine::formats
