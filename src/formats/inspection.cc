#include "formats/inspection.h"

#include <algorithm>

#include "formats/inspectors.h"

namespace vitrine::formats {
namespace {

struct Format {
  std::string_view name;  // as a disk_format
  std::unique_ptr<Inspector> (*make)();
};

constexpr std::string_view gpt = "gpt";
constexpr std::string_view iso = "iso";

constexpr Format all_formats[] = {
    {gpt, inspect_gpt},       {iso, inspect_iso},     {"luks", inspect_luks},
    {"qcow2", inspect_qcow2}, {"qed", inspect_qed},   {"vdi", inspect_vdi},
    {"vhd", inspect_vhd},     {"vhdx", inspect_vhdx}, {"vmdk", inspect_vmdk},
};

void count_bootable_iso_as_iso(std::vector<Finding>& findings) {
  if (findings.size() != 2) return;
  if (std::ranges::count(findings, iso, &Finding::format) == 0) return;
  std::erase_if(findings, [](const Finding& finding) { return finding.format == gpt; });
}

}  // namespace

bool is_inspected(std::string_view disk_format) {
  return disk_format == raw || std::ranges::count(all_formats, disk_format, &Format::name) > 0;
}

Inspection::Inspection() {
  for (const Format& format : all_formats) candidates_.push_back({format.name, format.make()});
}

void Inspection::see(Bytes piece) {
  size_ += piece.size();
  if (is_judged_) return;
  for (const Candidate& candidate : candidates_) {
    if (!candidate.inspector->is_settled()) candidate.inspector->see(piece);
  }
  settle();
}

void Inspection::finish() {
  for (const Candidate& candidate : candidates_) candidate.inspector->finish();
  settle();
}

void Inspection::settle() {
  std::erase_if(candidates_, [](const Candidate& one) { return one.inspector->match() == Match::no; });
  is_recognised_ = std::ranges::none_of(
      candidates_, [](const Candidate& one) { return one.inspector->match() == Match::open; });
  is_judged_ =
      std::ranges::all_of(candidates_, [](const Candidate& one) { return one.inspector->is_settled(); });
}

std::vector<Finding> Inspection::findings() const {
  std::vector<Finding> result;
  for (const auto& [format, inspector] : candidates_) {
    if (inspector->match() != Match::yes) continue;
    result.push_back({.format = format,
                      .virtual_size = inspector->virtual_size(size_),
                      .failures = inspector->failures(),
                      .fault = inspector->fault()});
  }
  count_bootable_iso_as_iso(result);
  if (result.empty()) result.push_back({.format = raw, .virtual_size = size_});
  return result;
}

}  // namespace vitrine::formats
