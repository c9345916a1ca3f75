#pragma once

#include <fmt/format.h>

#include <atomic>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/text.h"
#include "tests/support/origin_server.h"

namespace vitrine::tests {

/// As much of Keystone as validates tokens and lets callers trust its service's user. May be used from all
/// threads.
class FakeKeystone {
 public:
  /// Tokens that it gives live for an hour of this clock.
  explicit FakeKeystone(const Clock& clock) : clock_(clock) {
    server_.answer_with([this](const SeenRequest& request) { return answer(request); });
  }

  std::string url() const { return server_.url(""); }
  const OriginServer& server() const { return server_; }

  /// A token of a project with this role, whose user and project are named after it.
  boost::json::object token_for(const std::string& name, const std::string& role = "member") const {
    const boost::json::object domain{{"id", "default"}, {"name", "Default"}};
    return {{"user", {{"id", name + "-user"}, {"name", name}, {"domain", domain}}},
            {"project", {{"id", name + "-project"}, {"name", name}, {"domain", domain}}},
            {"roles", {{{"id", "1"}, {"name", role}}}},
            {"audit_ids", {name + "-audit"}},
            {"expires_at", to_iso8601(clock_.now() + std::chrono::hours(1))}};
  }

  void put(const std::string& token, boost::json::object body) {
    const std::lock_guard lock(mutex_);
    tokens_[token] = std::move(body);
  }
  void revoke(const std::string& token) {
    const std::lock_guard lock(mutex_);
    tokens_.erase(token);
  }
  /// The token that this service got; Keystone knows it no more.
  void forget_logins() {
    const std::lock_guard lock(mutex_);
    own_.clear();
  }
  /// Answered in place of everything, until it is given up with nothing.
  void answer_only(std::optional<Page> page) {
    const std::lock_guard lock(mutex_);
    only_ = std::move(page);
  }
  /// Answered to every validation likewise.
  void answer_validations(std::optional<Page> page) {
    const std::lock_guard lock(mutex_);
    validation_ = std::move(page);
  }
  /// Answered to every login likewise.
  void answer_logins(std::optional<Page> page) {
    const std::lock_guard lock(mutex_);
    login_ = std::move(page);
  }
  /// What a GET of this target answers to whoever has logged in.
  void put_page(const std::string& target, std::string content) {
    const std::lock_guard lock(mutex_);
    pages_[target] = std::move(content);
  }
  void set_catalog(boost::json::array catalog) {
    const std::lock_guard lock(mutex_);
    catalog_ = std::move(catalog);
  }

  /// Validations wait until resume().
  void pause() {
    const std::lock_guard lock(mutex_);
    is_paused_ = true;
  }
  void resume() {
    const std::lock_guard lock(mutex_);
    is_paused_ = false;
    resumed_.notify_all();
  }

  /// The trusts that there are, by their ids.
  std::map<std::string, boost::json::object> trusts() const {
    const std::lock_guard lock(mutex_);
    return trusts_;
  }
  unsigned given_trusts() const { return given_trusts_; }
  unsigned logins() const { return logins_; }
  unsigned validations() const { return validations_; }

 private:
  Page answer(const SeenRequest& request) {
    if (request.target.starts_with("/v3/OS-TRUST/trusts")) return answer_about_trusts(request);
    const bool is_login = request.method == "POST";
    ++(is_login ? logins_ : validations_);
    std::unique_lock lock(mutex_);
    if (!is_login) resumed_.wait(lock, [this] { return !is_paused_; });
    if (only_) return *only_;
    if (is_login) return login_ ? *login_ : log_in(request);
    const std::string asking = request.header("X-Auth-Token");
    const bool asks_about_itself = tokens_.contains(asking) && asking == request.header("X-Subject-Token");
    if (!own_.contains(asking) && !asks_about_itself) return {.status = 401};
    if (validation_) return *validation_;
    if (const auto page = pages_.find(request.target); page != pages_.end()) return {.content = page->second};
    return validate(request);
  }

  Page log_in(const SeenRequest& request) {
    if (request.target != "/v3/auth/tokens") return {.status = 404};
    boost::system::error_code none;
    const boost::json::value login = boost::json::parse(request.body);
    const auto* trust = login.find_pointer("/auth/scope/OS-TRUST:trust/id", none);
    if (trust != nullptr && !trusts_.contains(std::string(trust->as_string()))) return {.status = 403};
    const std::string token = fmt::format("{}-{}", trust != nullptr ? "trusted" : "own", logins_.load());
    own_[token] = true;
    boost::json::object body = token_for("service", "service");
    body["catalog"] = catalog_;
    return {.status = 201,
            .content = boost::json::serialize(boost::json::object{{"token", std::move(body)}}),
            .headers = "X-Subject-Token: " + token + "\r\n"};
  }

  /// The holder of a token gives one; who is trusted by it may take it back.
  Page answer_about_trusts(const SeenRequest& request) {
    const std::lock_guard lock(mutex_);
    if (only_) return *only_;
    const std::string asking = request.header("X-Auth-Token");
    if (request.method == "POST") {
      if (!tokens_.contains(asking)) return {.status = 401};
      const std::string id = fmt::format("trust-{}", ++given_trusts_);
      boost::json::object trust = boost::json::parse(request.body).at("trust").as_object();
      trust["id"] = id;
      trusts_[id] = trust;
      return {.status = 201,
              .content = boost::json::serialize(boost::json::object{{"trust", std::move(trust)}})};
    }
    if (!own_.contains(asking)) return {.status = 401};
    const bool was_there = trusts_.erase(request.target.substr(request.target.rfind('/') + 1)) > 0;
    return {.status = was_there ? 204u : 404u};
  }

  Page validate(const SeenRequest& request) {
    const auto query = request.target.find('?');
    if (!request.target.substr(0, query).ends_with("/v3/auth/tokens")) return {.status = 404};
    const auto found = tokens_.find(request.header("X-Subject-Token"));
    if (found == tokens_.end()) return {.status = 404};
    boost::json::object body = found->second;
    const bool is_restricted = body.contains("application_credential");
    if (is_restricted && request.header("OpenStack-Identity-Access-Rules").empty()) return {.status = 404};
    const auto expiry = parse_time(std::string(body["expires_at"].as_string()));
    const bool may_be_expired = request.target.find("allow_expired=1") != std::string::npos;
    if (expiry && *expiry <= clock_.now() && !may_be_expired) return {.status = 404};
    const bool wants_catalog = request.target.find("nocatalog") == std::string::npos;
    if (wants_catalog) body["catalog"] = catalog_;
    return {.content = boost::json::serialize(boost::json::object{{"token", std::move(body)}})};
  }

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable resumed_;
  std::map<std::string, boost::json::object> tokens_;
  std::map<std::string, bool> own_;
  std::map<std::string, std::string> pages_;
  std::map<std::string, boost::json::object> trusts_;
  unsigned given_trusts_ = 0;
  boost::json::array catalog_;
  std::optional<Page> only_;
  std::optional<Page> validation_;
  std::optional<Page> login_;
  bool is_paused_ = false;
  std::atomic<unsigned> logins_ = 0;
  std::atomic<unsigned> validations_ = 0;
  OriginServer server_;  ///< last, so that its threads end before what they use
};

}  // namespace vitrine::tests
