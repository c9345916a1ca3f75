#include "tests/support/fake_swift.h"

#include <fmt/format.h>

#include "base/text.h"
#include "stores/driver_rules.h"

namespace vitrine::tests {
namespace {

constexpr std::string_view account = "/v1/AUTH_test/";

std::string value_in(const std::string& query, const std::string& name) {
  for (const std::string& part : split(query, '&')) {
    if (part.starts_with(name + "=")) return percent_decode(part.substr(name.size() + 1)).value();
  }
  return {};
}

Page with_bare_etag(std::string_view content) {
  return {.headers = fmt::format("ETag: {}\r\n", stores::md5_hex(bytes_of(content)))};
}

}  // namespace

FakeSwift::FakeSwift() {
  origin_.answer_with([this](const SeenRequest& request) { return answer(request); });
}

stores::SwiftSettings FakeSwift::settings() const {
  stores::SwiftSettings settings;
  settings.reference = "ref1";
  settings.accounts["ref1"] = {.login = stores::SwiftAccount::Login::at_swift,
                               .auth_address = origin_.url("/auth/v1.0"),
                               .user = "test:tester",
                               .key = "testing"};
  settings.client.read_timeout = std::chrono::seconds(10);
  settings.patience = short_patience;
  return settings;
}

void FakeSwift::accept_token(const std::string& token) {
  const std::lock_guard lock(mutex_);
  tokens_.insert(token);
}

void FakeSwift::forget_tokens() {
  const std::lock_guard lock(mutex_);
  tokens_.clear();
}

std::vector<std::string> FakeSwift::everything() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, object] : objects_) names.push_back(name);
  return names;
}

void FakeSwift::put_object(const std::string& name, std::string content) {
  const std::lock_guard lock(mutex_);
  objects_[name] = {std::move(content)};
}

unsigned FakeSwift::logins() const {
  const std::lock_guard lock(mutex_);
  return logins_;
}

Page FakeSwift::answer(const SeenRequest& request) {
  const std::lock_guard lock(mutex_);
  if (request.target == "/auth/v1.0") return log_in(request);
  if (!tokens_.contains(request.header("X-Auth-Token"))) return {.status = 401};
  return answer_as_planned(request, [this](const SeenRequest& planned) { return carry_out(planned); });
}

Page FakeSwift::log_in(const SeenRequest& request) {
  if (request.header("X-Auth-User") != "test:tester" || request.header("X-Auth-Key") != "testing") {
    return {.status = 401};
  }
  const std::string token = fmt::format("token-{}", ++logins_);
  tokens_.insert(token);
  return {.headers =
              fmt::format("X-Auth-Token: {}\r\nX-Storage-Url: {}\r\n", token, origin_.url("/v1/AUTH_test"))};
}

Page FakeSwift::carry_out(const SeenRequest& request) {
  // A client that left midway has asked for nothing.
  const std::uint64_t length = parse_unsigned(request.header("Content-Length")).value_or(0);
  if (request.body.size() < length) return {.status = 499};
  const auto question = request.target.find('?');
  const std::string query = question == request.target.npos ? "" : request.target.substr(question + 1);
  const std::string path = request.target.substr(0, question);
  if (!path.starts_with(account)) return {.status = 404};
  const std::string name = path.substr(account.size());
  const auto slash = name.find('/');
  if (slash != name.npos) {
    return object(request, name.substr(0, slash + 1) + percent_decode(name.substr(slash + 1)).value());
  }
  return request.method == "GET" ? list(name, query) : Page{.status = 204};
}

Page FakeSwift::object(const SeenRequest& request, const std::string& name) {
  if (request.method == "PUT") return put(request, name);
  const auto found = objects_.find(name);
  if (found == objects_.end()) return {.status = 404};
  if (request.method == "DELETE") {
    objects_.erase(found);
    return {.status = 204};
  }
  const Object& object = found->second;
  Page page = with_bare_etag(content_of(object));
  page.content = content_of(object);
  if (!object.manifest.empty()) page.headers += fmt::format("X-Object-Manifest: {}\r\n", object.manifest);
  if (!object.upload.empty()) {
    page.headers += fmt::format("X-Object-Meta-Vitrine-Upload: {}\r\n", object.upload);
  }
  const std::string wanted = request.header("If-Match");
  if (!wanted.empty() && page.headers.find(wanted) == std::string::npos) return {.status = 412};
  return page;
}

Page FakeSwift::put(const SeenRequest& request, const std::string& name) {
  if (request.header("If-None-Match") == "*" && objects_.contains(name)) return {.status = 412};
  Page page = with_bare_etag(request.body);
  page.status = 201;
  const std::string etag = request.header("ETag");
  if (!etag.empty() && page.headers.find(etag) == std::string::npos) return {.status = 422};
  objects_[name] = {request.body, request.header("X-Object-Manifest"),
                    request.header("X-Object-Meta-Vitrine-Upload")};
  return page;
}

Page FakeSwift::list(const std::string& container, const std::string& query) const {
  std::vector<std::string> entries;
  const std::string start = container + "/" + value_in(query, "prefix");
  const std::string marker = value_in(query, "marker");
  for (const auto& [name, object] : objects_) {
    const std::string own = name.substr(container.size() + 1);
    if (name.starts_with(start) && own > marker) entries.push_back(fmt::format("{{\"name\":\"{}\"}}", own));
  }
  return {.content = "[" + join(entries, ",") + "]"};
}

std::string FakeSwift::content_of(const Object& object) const {
  if (object.manifest.empty()) return object.content;
  std::string content;
  for (const auto& [name, segment] : objects_) {
    if (name.starts_with(object.manifest)) content += segment.content;
  }
  return content;
}

}  // namespace vitrine::tests
