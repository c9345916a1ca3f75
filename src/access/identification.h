#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "model/caller.h"

namespace vitrine::access {

/// What a request presents of itself. Borrows from it.
struct Presented {
  std::string_view method;
  std::string_view path;                                                 ///< without the query
  std::function<const std::string*(std::string_view name)> find_header;  ///< null: there is none
};

/// Finds out who is calling. Shared between threads.
class Identification {
 public:
  virtual ~Identification() = default;

  /// Whether it is an administrator is left to the policy. May block. Throws Error{unauthenticated}, and
  /// Error{unavailable} if that cannot be found out now.
  virtual model::Caller identify(const Presented& presented) = 0;

  /// What the header WWW-Authenticate says to somebody who is not identified; empty: there is none.
  virtual std::string challenge() const = 0;

  /// The headers by which somebody is identified; another node of this service would ask for the same ones.
  virtual std::vector<std::string> identifying_headers() const = 0;
};

/// Whoever can connect is an administrator without a project.
class NoIdentification : public Identification {
 public:
  model::Caller identify(const Presented& presented) override;
  std::string challenge() const override { return {}; }
  std::vector<std::string> identifying_headers() const override { return {}; }
};

enum class Anonymous { refused, may_read };

/// As the option allow_anonymous_access says.
Anonymous anonymous_callers(const config::Config& config);

/// Believes the headers `X-Project-Id`, `X-Roles` and their like, which a guard in front of the service sets
/// and which nobody else may send. Names and meaning are those of keystonemiddleware and oslo.context.
class HeaderIdentification : public Identification {
 public:
  explicit HeaderIdentification(Anonymous anonymous) : anonymous_(anonymous) {}

  model::Caller identify(const Presented& presented) override;
  std::string challenge() const override { return {}; }
  std::vector<std::string> identifying_headers() const override;

 private:
  const Anonymous anonymous_;
};

/// Somebody whom nobody vouches for, if such callers may read; else throws Error{unauthenticated}.
model::Caller anonymous_caller(Anonymous anonymous);

}  // namespace vitrine::access
