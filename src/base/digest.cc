#include "base/digest.h"

#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/error.h"
#include "base/text.h"

namespace vitrine {
namespace {

using Method = std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

/// Python's hashlib writes `_` where OpenSSL writes `-`, and leaves the length of BLAKE2 out.
std::string openssl_name(const std::string& algorithm) {
  std::string name = to_lower(algorithm);
  if (name == "blake2b") return "blake2b-512";
  if (name == "blake2s") return "blake2s-256";
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

void require(int result) {
  if (result != 1) throw Error(ErrorCode::internal, "OpenSSL failed to compute a digest.");
}

}  // namespace

struct Digest::State {
  Method method{nullptr, &EVP_MD_free};
  Context context{nullptr, &EVP_MD_CTX_free};
};

Digest::Digest(const std::string& algorithm) : state_(std::make_unique<State>()) {
  state_->method.reset(EVP_MD_fetch(nullptr, openssl_name(algorithm).c_str(), nullptr));
  const EVP_MD* method = state_->method.get();
  if (!method || (EVP_MD_get_flags(method) & EVP_MD_FLAG_XOF) != 0) {
    throw Error(ErrorCode::configuration, "hashing_algorithm: unknown digest \"" + algorithm + "\".");
  }
  state_->context.reset(EVP_MD_CTX_new());
  require(EVP_DigestInit_ex2(state_->context.get(), method, nullptr));
}

Digest::~Digest() = default;

void Digest::update(Bytes bytes) {
  require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

std::string Digest::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> value;
  unsigned int size = 0;
  require(EVP_DigestFinal_ex(state_->context.get(), value.data(), &size));
  return fmt::format("{:02x}", fmt::join(std::span(value).first(size), ""));
}

}  // namespace vitrine
