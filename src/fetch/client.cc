#include "fetch/client.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "base/text.h"
#include "fetch/connections.h"
#include "fetch/exchange.h"
#include "fetch/sending.h"

namespace vitrine::fetch {

Response::Response(std::unique_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
Response::~Response() = default;

unsigned Response::status() const {
  return exchange_->head().status;
}

std::optional<std::string_view> Response::header(std::string_view name) const {
  const auto& headers = exchange_->head().headers;
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) {
    return equals_ignoring_case(header.first, name);
  });
  if (found == headers.end()) return {};
  return found->second;
}

std::optional<std::uint64_t> Response::content_length() const {
  return exchange_->content_length();
}

std::optional<AddressClass> Response::peer_class() const {
  return exchange_->peer_class();
}

std::size_t Response::read(MutableBytes space) {
  return exchange_->read(space);
}

std::size_t Response::read_some(MutableBytes space) {
  return exchange_->read_some(space);
}

std::string Response::read_text(std::size_t most) {
  constexpr std::size_t step = std::size_t{64} * 1024;
  std::string text;
  while (text.size() < most) {
    const std::size_t before = text.size();
    const std::size_t wanted = std::min(step, most - before);
    text.resize(before + wanted);
    const std::size_t count = read(std::as_writable_bytes(std::span(text).subspan(before)));
    text.resize(before + count);
    if (count < wanted) break;
  }
  return text;
}

Client::Client(ClientSettings settings)
    : settings_(std::move(settings)), connections_(std::make_unique<Connections>()) {}
Client::~Client() = default;

std::unique_ptr<Response> Client::send(const Request& request) {
  auto exchange = std::make_unique<Exchange>(*connections_, settings_, request);
  exchange->await_head();
  return std::make_unique<Response>(std::move(exchange));
}

std::unique_ptr<Sending> Client::begin(const Request& request, std::optional<std::uint64_t> length) {
  auto exchange = std::make_unique<Exchange>(*connections_, settings_, request, PushedBody(length));
  exchange->await_body_wanted();
  return std::make_unique<Sending>(std::move(exchange), length);
}

}  // namespace vitrine::fetch
