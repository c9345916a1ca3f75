#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "config/config.h"
#include "fetch/client.h"
#include "stores/driver.h"
#include "stores/drivers/http_settings.h"

namespace vitrine::stores {

/// Reads what web servers hold, and writes and removes nothing there. Locations are
/// `http[s]://[user:password@]host[:port]/path[?query]`; whoever adds one is trusted with where it leads, but
/// the server there is not: redirects pass the settings' filter and lead to no address nearer than its own.
/// Ranges are read from every server, from one that knows none by reading and dropping what comes before.
class HttpDriver : public Driver {
 public:
  explicit HttpDriver(HttpSettings settings);

  Abilities abilities() const override { return {.can_write = false}; }
  /// Throws Error{gone}.
  std::unique_ptr<BlobWriter> create(const StoreCall& call, const BlobName& name,
                                     std::optional<std::uint64_t> size) override;
  /// Throws Error{unavailable} if the server cannot be reached, Error{invalid} for an answer that is none.
  std::unique_ptr<BlobReader> open(const StoreCall& call, const Location& location, ByteRange range) override;
  /// What the server says; 0 if it does not say. Throws Error{invalid} if it cannot be reached, too.
  std::uint64_t size(const StoreCall& call, const Location& location) override;
  /// Throws Error{not_supported}.
  void remove(const StoreCall& call, const Location& location) override;
  void discard(const StoreCall& call, const BlobName& name) override;

 private:
  std::unique_ptr<fetch::Response> ask(const StoreCall& call, const Location& location, fetch::Method method,
                                       std::optional<ByteRange> range);
  std::unique_ptr<BlobReader> open_refused(const StoreCall& call, const Location& location, ByteRange range,
                                           const fetch::Response& refusal);

  const fetch::UriFilter redirects_;
  fetch::Client client_;
};

/// The driver of a store that is configured in the group. Throws Error{configuration}.
std::unique_ptr<Driver> make_http_driver(const config::Config& config, std::string_view group);

}  // namespace vitrine::stores
