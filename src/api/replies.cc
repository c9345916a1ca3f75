#include "api/replies.h"

#include "api/json_text.h"

namespace vitrine::api {

http::Reply json_text_reply(std::string json, unsigned status) {
  http::Reply reply;
  reply.status = status;
  reply.headers.add("Content-Type", "application/json");
  reply.body = std::move(json);
  return reply;
}

http::Reply json_reply(const boost::json::value& document, unsigned status) {
  return json_text_reply(to_json_text(document), status);
}

http::Reply empty_reply(unsigned status) {
  http::Reply reply;
  reply.status = status;
  reply.headers.add("Content-Type", "text/html; charset=UTF-8");
  return reply;
}

}  // namespace vitrine::api
