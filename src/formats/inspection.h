#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "formats/inspector.h"

namespace vitrine::formats {

/// The name of what no format was found in. A stream is that only in place of everything else.
inline constexpr std::string_view raw = "raw";

/// Whether the disk_format can be told from the data: there is an inspector for it, or it is raw.
bool is_inspected(std::string_view disk_format);

/// A format that the data matches.
struct Finding {
  std::string_view format;                ///< as a disk_format
  std::uint64_t virtual_size = 0;         ///< bytes of the disk inside; 0: unknown
  std::vector<Failure> failures;          ///< safety rules that the data breaks
  std::optional<std::string_view> fault;  ///< why it could not be inspected to the end, in Glance's words
};

/// Looks for all formats at once in a stream that it sees once, in pieces of any size. Keeps only headers,
/// about two MiB at the worst, and costs nothing per byte once it knows. One thread at a time.
class Inspection {
 public:
  Inspection();

  void see(Bytes piece);
  /// The stream is complete; everything is known.
  void finish();

  /// Whether no further byte can change which formats match.
  bool is_recognised() const { return is_recognised_; }
  /// Whether no further byte can change their failures and faults, either. Virtual sizes may still grow.
  bool is_judged() const { return is_judged_; }

  /// What matches, raw if nothing does; more than one format means that the data tries to be several things.
  /// An ISO image that can also be booted as a disk is one of both kinds, and counts as ISO. Changes until
  /// is_judged().
  std::vector<Finding> findings() const;

  std::uint64_t size() const { return size_; }  ///< bytes so far

 private:
  struct Candidate {
    std::string_view format;
    std::unique_ptr<Inspector> inspector;
  };

  void settle();

  std::vector<Candidate> candidates_;  // those that are not ruled out
  std::uint64_t size_ = 0;
  bool is_recognised_ = false;
  bool is_judged_ = false;
};

}  // namespace vitrine::formats
