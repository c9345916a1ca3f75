#include "api/error_reply.h"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <string>

#include "api/accept.h"
#include "api/error_table.h"
#include "api/html.h"
#include "api/json_text.h"
#include "base/error.h"
#include "base/log.h"

namespace vitrine::api {
namespace {

constexpr std::string_view generic_500 =
    "The server has either erred or is incapable of performing the requested operation.";

std::string_view title_of(unsigned status) {
  switch (status) {
    case 300:
      return "Multiple Choices";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Request Entity Too Large";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Requested Range Not Satisfiable";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Error";
  }
}

std::string html_body(unsigned status, std::string_view message) {
  return fmt::format(
      "<html>\n <head>\n  <title>{0}</title>\n </head>\n <body>\n  <h1>{0}</h1>\n  {1}<br /><br />\n\n\n\n "
      "</body>\n</html>",
      status_line(status), escape_html(message));
}

std::string json_body(unsigned status, std::string_view message) {
  return to_json_text(boost::json::object{{"message", fmt::format("{}<br /><br />\n\n\n", message)},
                                          {"code", status_line(status)},
                                          {"title", title_of(status)}});
}

}  // namespace

std::string status_line(unsigned status) {
  return fmt::format("{} {}", status, title_of(status));
}

http::Reply error_reply(unsigned status, std::string_view message, const http::Request& request) {
  http::Reply reply;
  reply.status = status;
  const std::string* accept = request.headers.find("Accept");
  const std::string_view type = best_media_type(accept ? *accept : "", {"text/html", "application/json"});
  if (type == "text/html") {
    reply.headers.add("Content-Type", "text/html; charset=UTF-8");
    reply.body = html_body(status, message);
  } else if (type == "application/json") {
    reply.headers.add("Content-Type", "application/json");
    reply.body = json_body(status, message);
  } else {
    reply.headers.add("Content-Type", "text/plain; charset=UTF-8");
    reply.body = fmt::format("{}\n\n{}\n\n   ", status_line(status), message);
  }
  return reply;
}

http::Reply error_reply(std::exception_ptr error, const http::Request& request) {
  try {
    std::rethrow_exception(std::move(error));
  } catch (const Error& known) {
    const unsigned status = http_status(known.code());
    if (status != 500) return error_reply(status, known.what(), request);
    log::error("{} {}: {}", request.method, request.path(), known.what());
  } catch (const std::exception& unknown) {
    log::error("{} {}: {}", request.method, request.path(), unknown.what());
  }
  return error_reply(500, generic_500, request);
}

}  // namespace vitrine::api
