#pragma once

#include <string>

namespace vitrine::fetch {

/// Makes connections of an SSL_CTX trust the one certificate with this fingerprint, as ClientSettings writes
/// it, and no other. The text is borrowed for as long as the context lives.
void trust_only(void* context, const std::string& fingerprint);

}  // namespace vitrine::fetch
