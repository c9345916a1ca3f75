#include <algorithm>
#include <string>

#include "formats/inspection.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/sparse_image.h"

namespace vitrine::tests {
namespace {

using formats::Finding;
using formats::Inspection;

/// What is known in the end, but for the reasons' wording.
std::string verdict(const Inspection& inspection) {
  std::string text = std::to_string(inspection.size());
  const std::vector<Finding> findings = inspection.findings();
  for (const Finding& finding : findings) {
    text.append(" ").append(finding.format).append(" ").append(std::to_string(finding.virtual_size));
    for (const formats::Failure& failure : finding.failures) text.append(" ").append(failure.check);
    if (finding.fault) text.append(" ").append(*finding.fault);
  }
  return text;
}

void require_sense(const Inspection& inspection) {
  require(inspection.is_recognised() && inspection.is_judged());
  const std::vector<Finding> findings = inspection.findings();
  require(!findings.empty());
  for (const Finding& finding : findings) {
    require(formats::is_inspected(finding.format));
    require(finding.virtual_size <= std::uint64_t{INT64_MAX});
    require(findings.size() == 1 || finding.format != formats::raw);
  }
}

/// The verdict on an image does not depend on how it was cut, and what was known before its end stays true.
void inspect(std::string_view text) {
  const SparseImage image = spread(text);
  Inspection whole;
  whole.see(bytes_of(image.bytes));
  whole.finish();
  require_sense(whole);

  Inspection in_pieces;
  std::string known;
  std::string_view rest = image.bytes;
  for (unsigned step = image.pieces; !rest.empty(); step = step * 5 + 1) {
    const std::size_t size = std::min<std::size_t>(rest.size(), 1 + step % 65536);
    in_pieces.see(bytes_of(rest.substr(0, size)));
    rest.remove_prefix(size);
    if (in_pieces.is_judged() && known.empty()) known = in_pieces.findings().front().format;
  }
  in_pieces.finish();
  require(verdict(in_pieces) == verdict(whole));
  require(known.empty() || known == whole.findings().front().format);
}

}  // namespace

VITRINE_FUZZ(inspect);

}  // namespace vitrine::tests
