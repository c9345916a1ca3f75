#include "apps/remote_file.h"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>

#include "base/error.h"
#include "fetch/client.h"

namespace vitrine::apps {
namespace {

constexpr std::size_t size_limit = std::size_t{1} << 20;  // bytes; the largest known file has 100 KiB

}  // namespace

std::string fetch_remote_file(const config::RemoteFile& file) {
  fetch::Client client({.read_timeout = std::chrono::seconds{10},
                        .ca_file = file.ca_path,
                        .certificate_file = file.client_cert,
                        .key_file = file.client_key});
  const auto response = client.send({.uri = fetch::parse_uri(file.uri)});
  if (response->status() != 200) {
    throw Error(ErrorCode::configuration,
                fmt::format("the server answers {} instead of the file", response->status()));
  }
  std::string text = response->read_text(size_limit + 1);
  if (text.size() > size_limit) {
    throw Error(ErrorCode::configuration, fmt::format("the file has more than {} bytes", size_limit));
  }
  return text;
}

}  // namespace vitrine::apps
