#include "fetch/pinned_certificate.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <array>

namespace vitrine::fetch {
namespace {

constexpr std::size_t sha1_digits = 40;

bool has_fingerprint(const X509* certificate, std::string_view fingerprint) {
  const EVP_MD* digest = fingerprint.size() == sha1_digits ? EVP_sha1() : EVP_sha256();
  std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
  unsigned size = 0;
  if (!certificate || X509_digest(certificate, digest, value.data(), &size) != 1) return false;
  std::string digits;
  for (unsigned i = 0; i < size; ++i) digits += fmt::format("{:02x}", value.at(i));
  return digits == fingerprint;
}

/// Takes the place of OpenSSL's whole verification.
int verify(X509_STORE_CTX* subject, void* fingerprint) {
  const X509* certificate = X509_STORE_CTX_get0_cert(subject);
  if (has_fingerprint(certificate, *static_cast<const std::string*>(fingerprint))) return 1;
  X509_STORE_CTX_set_error(subject, X509_V_ERR_CERT_REJECTED);
  return 0;
}

}  // namespace

void trust_only(void* context, const std::string& fingerprint) {
  // OpenSSL hands the pointer back and never writes through it.
  SSL_CTX_set_cert_verify_callback(static_cast<SSL_CTX*>(context), &verify,
                                   const_cast<std::string*>(&fingerprint));
}

}  // namespace vitrine::fetch
