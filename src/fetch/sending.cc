#include "fetch/sending.h"

#include <fmt/format.h>

#include "base/error.h"
#include "fetch/exchange.h"

namespace vitrine::fetch {

Sending::Sending(std::unique_ptr<Exchange> exchange, std::optional<std::uint64_t> length)
    : exchange_(std::move(exchange)), length_(length) {}
Sending::~Sending() = default;

void Sending::write(Bytes bytes) {
  if (length_ && bytes.size() > *length_ - written_) {
    throw Error(ErrorCode::invalid, fmt::format("There is more data than the {} bytes announced", *length_));
  }
  written_ += bytes.size();
  exchange_->send(bytes);
}

bool Sending::is_answered() const {
  return exchange_->is_refused();
}

std::uint64_t Sending::accepted() const {
  return exchange_->body_accepted();
}

std::unique_ptr<Response> Sending::finish() {
  if (length_ && written_ < *length_ && !is_answered()) {
    throw Error(ErrorCode::invalid,
                fmt::format("There are only {} of the {} bytes announced", written_, *length_));
  }
  exchange_->end_body();
  exchange_->await_head();
  return std::make_unique<Response>(std::move(exchange_));
}

}  // namespace vitrine::fetch
