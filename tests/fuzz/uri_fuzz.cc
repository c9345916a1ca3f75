#include "fetch/uri.h"
#include "tests/fuzz/fuzz.h"

namespace vitrine::tests {
namespace {

/// What was understood, written out, is understood in the same way: no filter sees another URI than the
/// network.
void read_uri(std::string_view text) {
  const fetch::Uri uri = fetch::parse_uri(text);
  fetch::Uri again = fetch::parse_uri(fetch::origin_of(uri) + uri.target);
  again.credentials = uri.credentials;
  require(again == uri);
  try {
    const fetch::Uri base = fetch::parse_uri("https://user:secret@host.example/a/b");
    const fetch::Uri target = fetch::resolve(base, text);
    const bool is_same_origin = fetch::origin_of(target) == fetch::origin_of(base);
    if (!is_same_origin)
      require(target.credentials != base.credentials || uri.credentials == base.credentials);
  } catch (const Error&) {
    // a reference that leads nowhere
  }
}

}  // namespace

VITRINE_FUZZ(read_uri);

}  // namespace vitrine::tests
