#include "keystone/login.h"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "keystone/options.h"

namespace vitrine::keystone {
namespace {

using config::Config;
using config::Finding;
using Options = AuthtokenLogin;  // read in whichever group is asked for
namespace json = boost::json;

json::object method(std::string_view name, json::object details) {
  return {{"methods", json::array{name}}, {name, std::move(details)}};
}

json::object in_json(const Domain& domain) {
  if (!domain.id.empty()) return {{"id", domain.id}};
  return {{"name", domain.name}};
}

/// The options of one login.
class LoginReader {
 public:
  LoginReader(const Config& config, std::string_view group, std::vector<Finding>& findings)
      : config_(config),
        section_(config.get(Options::auth_section, group).value_or(std::string(group))),
        findings_(findings) {
    if (section_.empty()) section_ = group;
  }

  fetch::Uri identity() {
    const std::string url = text(Options::auth_url);
    if (url.empty()) {
      miss(Options::auth_url.name, "the URL of Keystone");
      return {};
    }
    try {
      return identity_uri(url);
    } catch (const Error& error) {
      report(Options::auth_url.name, error.what());
      return {};
    }
  }

  json::object request() {
    const std::string type = text(Options::auth_type);
    if (type.empty()) miss(Options::auth_type.name, "password, for example");
    json::object auth;
    if (type == "password" || type == "v3password") {
      json::object user = this->user();
      user["password"] = need(Options::password);
      auth["identity"] = method("password", {{"user", std::move(user)}});
    } else if (type == "token" || type == "v3token") {
      auth["identity"] = method("token", {{"id", need(Options::token)}});
    } else if (type == "v3applicationcredential") {
      auth["identity"] = method("application_credential", application_credential());
      return {{"auth", std::move(auth)}};  // it has its scope
    } else if (!type.empty()) {
      report(Options::auth_type.name,
             fmt::format("'{}' is not supported. Use password, v3password, v3applicationcredential, token or "
                         "v3token.",
                         type));
    }
    if (auto scope = this->scope(); !scope.empty()) auth["scope"] = std::move(scope);
    return {{"auth", std::move(auth)}};
  }

 private:
  using Text = Options::Text;

  std::string text(const Text& option) const { return config_.get(option, section_).value_or(""); }

  std::string need(const Text& option) {
    std::string value = text(option);
    if (value.empty()) miss(option.name, "what auth_type asks for");
    return value;
  }

  json::object user() {
    if (const std::string id = text(Options::user_id); !id.empty()) return {{"id", id}};
    json::object user{{"name", need(Options::username)}};
    user["domain"] = domain(Options::user_domain_id, Options::user_domain_name);
    return user;
  }

  json::object application_credential() {
    json::object credential{{"secret", need(Options::application_credential_secret)}};
    if (const std::string id = text(Options::application_credential_id); !id.empty()) {
      credential["id"] = id;
    } else {
      credential["name"] = need(Options::application_credential_name);
      credential["user"] = user();
    }
    return credential;
  }

  /// By id or by name, else the default one.
  json::object domain(const Text& id, const Text& name) {
    for (const auto& [by_id, by_name] :
         {std::pair(&id, &name), std::pair(&Options::default_domain_id, &Options::default_domain_name)}) {
      if (const std::string value = text(*by_id); !value.empty()) return {{"id", value}};
      if (const std::string value = text(*by_name); !value.empty()) return {{"name", value}};
    }
    miss(name.name, fmt::format("it, {} or a default domain", id.name));
    return {};
  }

  json::object scope() {
    json::object scope;
    if (const std::string id = text(Options::domain_id); !id.empty()) {
      scope["domain"] = {{"id", id}};
    } else if (const std::string name = text(Options::domain_name); !name.empty()) {
      scope["domain"] = {{"name", name}};
    }
    if (const std::string id = text(Options::project_id); !id.empty()) {
      scope["project"] = {{"id", id}};
    } else if (const std::string name = text(Options::project_name); !name.empty()) {
      scope["project"] = {{"name", name},
                          {"domain", domain(Options::project_domain_id, Options::project_domain_name)}};
    }
    if (const std::string id = text(Options::trust_id); !id.empty()) scope["OS-TRUST:trust"] = {{"id", id}};
    if (scope.size() > 1) {
      report(Options::project_name.name,
             "a token is for one project, one domain or one trust. Remove the others.");
    }
    // Where there is another scope, keystoneauth takes that one and says nothing.
    if (scope.empty() && text(Options::system_scope) == "all") scope["system"] = {{"all", true}};
    return scope;
  }

  void miss(std::string_view name, std::string_view what) {
    report(name, fmt::format("is not set. Logging in to Keystone needs {}.", what));
  }

  void report(std::string_view name, std::string_view what) {
    Finding finding = config_.is_set(section_, name) ? config_.where(section_, name)
                                                     : config_.find_group(section_).value_or(Finding{});
    finding.severity = Finding::Severity::error;
    finding.message = fmt::format("[{}] {}: {}", section_, name, what);
    findings_.push_back(std::move(finding));
  }

  const Config& config_;
  std::string section_;
  std::vector<Finding>& findings_;
};

std::string without_ending(std::string text, std::string_view ending) {
  if (text.ends_with(ending)) text.resize(text.size() - ending.size());
  return text;
}

}  // namespace

Login read_login(const Config& config, std::string_view group, std::vector<Finding>& findings) {
  LoginReader reader(config, group, findings);
  fetch::Uri identity = reader.identity();
  return {std::move(identity), json::serialize(reader.request())};
}

std::string login_request(const Account& account) {
  json::object auth;
  if (!account.credential_id.empty()) {
    auth["identity"] = method("application_credential",
                              {{"id", account.credential_id}, {"secret", account.credential_secret}});
  } else {
    json::object user{
        {"name", account.user}, {"domain", in_json(account.user_domain)}, {"password", account.password}};
    auth["identity"] = method("password", {{"user", std::move(user)}});
    if (account.trust_id.empty()) {
      json::object project{{"name", account.project}, {"domain", in_json(account.project_domain)}};
      auth["scope"] = json::object{{"project", std::move(project)}};
    } else {
      auth["scope"] = json::object{{"OS-TRUST:trust", {{"id", account.trust_id}}}};
    }
  }
  return json::serialize(json::object{{"auth", std::move(auth)}});
}

fetch::ClientSettings client_settings(const Config& config, std::string_view group) {
  return {.ca_file = config.get(Options::cafile, group).value_or(""),
          .verifies_peers = !config.get(Options::insecure, group),
          .certificate_file = config.get(Options::certfile, group).value_or(""),
          .key_file = config.get(Options::keyfile, group).value_or("")};
}

SessionSettings authtoken_settings(const Config& config, std::vector<Finding>& findings) {
  SessionSettings settings{.login = read_login(config, authtoken_group, findings),
                           .client = client_settings(config, authtoken_group),
                           .interface = without_ending(config.get(interface), "URL"),
                           .region = config.get(region_name).value_or(""),
                           .retries = static_cast<unsigned>(config.get(http_request_max_retries))};
  settings.client.read_timeout = std::chrono::seconds(30);
  if (const auto seconds = config.get(http_connect_timeout)) {
    settings.client.connect_timeout = settings.client.read_timeout = std::chrono::seconds(*seconds);
  }
  return settings;
}

std::string authtoken_address(const Config& config) {
  std::vector<Finding> reported_elsewhere;
  const fetch::Uri identity = read_login(config, authtoken_group, reported_elsewhere).identity;
  return reported_elsewhere.empty() ? fetch::origin_of(identity) + identity.target : "";
}

fetch::Uri identity_uri(std::string_view url) {
  fetch::Uri uri = fetch::parse_uri(url);
  if (!fetch::is_web(uri)) {
    throw Error(ErrorCode::invalid, "The URL of Keystone begins with http:// or https://.");
  }
  if (uri.target.find('?') != std::string::npos) {
    throw Error(ErrorCode::invalid, "The URL of Keystone has no query.");
  }
  while (uri.target.ends_with('/')) uri.target.pop_back();
  for (const std::string_view version : {"/v3", "/v2.0"}) uri.target = without_ending(uri.target, version);
  uri.target += "/v3";
  return uri;
}

}  // namespace vitrine::keystone
