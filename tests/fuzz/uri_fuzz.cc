#include <netdb.h>

#include "fetch/admission.h"
#include "fetch/uri.h"
#include "tests/fuzz/fuzz.h"

namespace vitrine::tests {
namespace {

/// No resolver reads an address of this machine or its links out of a host that was admitted.
void admit_uri(const fetch::Uri& uri) {
  static const fetch::Admission admission(fetch::UriFilter({}), fetch::Vicinity::site);
  try {
    admission.admit(uri);
  } catch (const Error&) {
    return;
  }
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (::getaddrinfo(uri.host.c_str(), nullptr, &hints, &found) != 0) return;
  const auto address_class = fetch::class_of_ip(fetch::ip_text(*found->ai_addr));
  ::freeaddrinfo(found);
  require(address_class && *address_class != fetch::AddressClass::local);
}

/// What was understood, written out, is understood in the same way: no filter sees another URI than the
/// network.
void read_uri(std::string_view text) {
  const fetch::Uri uri = fetch::parse_uri(text);
  fetch::Uri again = fetch::parse_uri(fetch::origin_of(uri) + uri.target);
  again.credentials = uri.credentials;
  require(again == uri);
  admit_uri(uri);
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
