#include "api/health.h"

#include <fmt/format.h>

#include <filesystem>

#include "api/accept.h"

namespace vitrine::api {
namespace {

std::string html(std::string_view reason) {
  return fmt::format(
      "<!DOCTYPE html>\n<html>\n<head><title>Healthcheck Status</title></head>\n<body>\n<table>\n<tbody>\n"
      "<tr><td>{}</td></tr>\n</tbody>\n</table>\n</body>\n</html>\n",
      reason);
}

std::string json(std::string_view reason) {
  return fmt::format("{{\n    \"detailed\": false,\n    \"reasons\": [\n        \"{}\"\n    ]\n}}", reason);
}

}  // namespace

bool is_health_path(std::string_view path) {
  constexpr std::string_view health = "/healthcheck";
  return path.starts_with(health) && (path.size() == health.size() || path[health.size()] == '/');
}

http::Reply health_reply(const ApiSettings& settings, const http::Request& request) {
  std::error_code ignored;
  const bool is_disabled = !settings.disable_by_file_path.empty() &&
                           std::filesystem::exists(settings.disable_by_file_path, ignored);
  const std::string_view reason = is_disabled ? "DISABLED BY FILE" : "OK";
  http::Reply reply;
  reply.status = is_disabled ? 503 : request.method == "HEAD" ? 204 : 200;
  const std::string* accept = request.headers.find("Accept");
  const std::string_view type =
      best_media_type(accept ? *accept : "", {"text/plain", "text/html", "application/json"});
  if (type == "application/json") {
    reply.headers.add("Content-Type", "application/json");
    reply.body = json(reason);
  } else if (type == "text/html") {
    reply.headers.add("Content-Type", "text/html; charset=UTF-8");
    reply.body = html(reason);
  } else {
    reply.headers.add("Content-Type", "text/plain; charset=UTF-8");
    reply.body = std::string(reason);
  }
  return reply;
}

}  // namespace vitrine::api
