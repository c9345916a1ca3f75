#include "api/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/actions.h"
#include "api/discovery.h"
#include "api/error_reply.h"
#include "api/health.h"
#include "api/image_data.h"
#include "api/images.h"
#include "api/imports.h"
#include "api/json_text.h"
#include "api/locations.h"
#include "api/members.h"
#include "api/replies.h"
#include "api/request_record.h"
#include "api/schemas.h"
#include "api/tags.h"
#include "api/tasks.h"
#include "api/versions.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/log.h"

namespace vitrine::api {
namespace {

using Record = std::shared_ptr<RequestRecord>;

/// An exception that is already an answer: what a sink threw, made a reply while its request was still known.
class ReadyReply : public std::exception {
 public:
  explicit ReadyReply(http::Reply reply) : reply_(std::make_shared<http::Reply>(std::move(reply))) {}
  const char* what() const noexcept override { return "an answer before the end of the body"; }
  http::Reply take() const { return std::move(*reply_); }

 private:
  std::shared_ptr<http::Reply> reply_;  // exceptions are copied
};

bool changes_something(std::string_view method) {
  return method != "GET" && method != "HEAD";
}

bool is_known_method(std::string_view method) {
  constexpr std::array<std::string_view, 6> known{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"};
  return std::find(known.begin(), known.end(), method) != known.end();
}

/// The id that the client chose, or a new one.
std::string choose_request_id(const http::Request& request, std::size_t max_length) {
  const std::string* given = request.headers.find("X-OpenStack-Request-ID");
  if (given == nullptr || given->empty()) return "req-" + new_uuid();
  if (max_length > 0 && given->size() > max_length) {
    throw Error(ErrorCode::headers_too_large,
                fmt::format("X-OpenStack-Request-ID has {} characters; at most {} are accepted.",
                            given->size(), max_length));
  }
  return given->starts_with("req-") ? *given : "req-" + *given;
}

/// Passes a body on to a handler's sink and turns what it throws into the request's answer.
class RecordedSink : public http::BodySink {
 public:
  RecordedSink(std::unique_ptr<http::BodySink> sink, const http::Request& request, Record record)
      : sink_(std::move(sink)), request_(request), record_(std::move(record)) {}

  void write(Chunk chunk) override {
    const log::Scope scope(record_->request_id());
    record_->add_bytes_in(chunk.size());
    try {
      sink_->write(std::move(chunk));
    } catch (...) {
      throw ReadyReply(fail());
    }
  }

  http::Reply finish() override {
    const log::Scope scope(record_->request_id());
    http::Reply reply;
    try {
      reply = sink_->finish();
    } catch (...) {
      return fail();
    }
    RequestRecord::complete(record_, reply);
    return reply;
  }

  void abandon(http::Reason reason) noexcept override {
    const log::Scope scope(record_->request_id());
    sink_->abandon(reason);
    // A client that is still there gets an answer from failure(), which is told of then.
    const bool is_answered = reason == http::Reason::too_slow || reason == http::Reason::malformed;
    if (!is_answered) record_->abandon(to_string(reason));
  }

 private:
  /// Undoes before it answers: a client that sees the error may try again at once.
  http::Reply fail() {
    http::Reply reply = error_reply(std::current_exception(), request_);
    sink_.reset();
    RequestRecord::complete(record_, reply);
    return reply;
  }

  std::unique_ptr<http::BodySink> sink_;
  const http::Request& request_;
  Record record_;
};

http::Reply redirect_to_slash(const Origin& origin) {
  http::Reply reply;
  reply.status = 302;
  reply.headers.add("Location", origin.base_url() + "/v2/");
  reply.headers.add("Content-Type", "text/plain");
  return reply;
}

/// The answer when no row of the table fits.
http::Reply no_route(const http::Request& request, const Match& match, const std::string& body) {
  if (match.allow.empty()) {
    if (is_known_method(request.method)) return error_reply(404, "The resource could not be found.", request);
    return error_reply(501, fmt::format("Method {} is not known here.", request.method), request);
  }
  if (!body.empty()) parse_json(body);  // Glance parses the body before it refuses the method.
  // Glance announces no body to HEAD, not even the one that a GET would bring.
  http::Reply reply = request.method == "HEAD" ? empty_reply(405) : error_reply(405, "", request);
  reply.headers.add("Allow", match.allow);
  return reply;
}

}  // namespace

struct Pipeline::State {
  State(Services& used_services, const Guards& used_guards, const Pools& used_pools)
      : services(used_services),
        guards(used_guards),
        pools(used_pools),
        router({image_routes(), image_data_routes(), location_routes(), member_routes(), tag_routes(),
                action_routes(), import_routes(), task_routes(), schema_routes(), discovery_routes()}),
        metrics(used_services.metrics) {}

  Match find(const http::Request& request) const {
    const Negotiated version = negotiate_version(request, services.stores);
    return version.outcome == Negotiated::Outcome::api ? router.match(request.method, version.path) : Match{};
  }

  model::Caller identify(const http::Request& request) const {
    const access::Presented presented{
        .method = request.method, .path = request.path(), .find_header = [&](std::string_view name) {
          return request.headers.find(name);
        }};
    return guards.identification.identify(presented);
  }

  /// Whoever he is, and also where nobody is asked who he is: what is closed is closed.
  access::PropertyPermissions property_permissions(
      const model::Caller& caller, const std::shared_ptr<const access::PolicyRules>& rules) const {
    std::shared_ptr<const access::PropertyProtections> protections = guards.protections.current();
    if (protections->is_empty()) return {};
    const auto credentials = std::make_shared<const access::Credentials>(caller);
    return {std::move(protections), caller, [rules, credentials](std::string_view rule) {
              return rules->allow(rule, *credentials, access::TextTarget());
            }};
  }

  Call make_call(const http::Request& request, model::Caller caller, const Match& match,
                 std::string request_id, std::string body, std::stop_token stop) const {
    if (caller.may_only_read && changes_something(request.method)) {
      throw Error(ErrorCode::forbidden, "Callers without an identity may only read.");
    }
    const std::shared_ptr<const access::PolicyRules> rules = guards.policy.snapshot();
    access::Permissions permissions(rules, caller);
    access::PropertyPermissions properties = property_permissions(caller, rules);
    caller.is_admin = caller.is_admin || permissions.is_admin();
    return {.request = request,
            .caller = std::move(caller),
            .permissions = std::move(permissions),
            .properties = std::move(properties),
            .request_id = std::move(request_id),
            .path = match.parameters,
            .body = std::move(body),
            .stop = std::move(stop)};
  }

  http::Reply handle(const http::Request& request, const std::string& request_id, std::string body,
                     std::stop_token stop, RequestRecord& record) const {
    model::Caller caller = identify(request);
    const Match match = find(request);
    if (match.route == nullptr) {
      if (negotiate_version(request, services.stores).path == "/v2")
        return redirect_to_slash(origin_of(request, services.settings.proxy_headers));
      return no_route(request, match, body);
    }
    record.set_route(match.route->path);
    if (match.route->body == BodyRule::refused && request.has_body) {
      throw Error(ErrorCode::invalid, "This request takes no body.");
    }
    const Call call =
        make_call(request, std::move(caller), match, request_id, std::move(body), std::move(stop));
    return std::get<Handler>(match.route->handler)(services, call);
  }

  /// The documents outside the API's pipeline: no identity, no request id.
  std::optional<http::Reply> outside_reply(const http::Request& request, RequestRecord& record) const {
    if (is_health_path(request.path())) {
      record.set_route("/healthcheck");
      return health_reply(services.settings.health, services.stores, request);
    }
    const Negotiated version = negotiate_version(request, services.stores);
    const bool is_list = version.outcome == Negotiated::Outcome::versions;
    // Browsers ask with OPTIONS what a page may do. What else would be refused is an empty 200.
    if (request.method == "OPTIONS" && !is_list) return http::Reply();
    if (version.outcome == Negotiated::Outcome::api) return {};
    record.set_route("/versions");
    return versions_reply(is_list ? 200 : 300, services.settings, services.stores, request);
  }

  /// The answer for what was thrown before or instead of a handler's own answer.
  http::Reply refusal(std::exception_ptr error, const http::Request& request) const {
    http::Reply reply = error_reply(std::move(error), request);
    if (const std::string challenge = guards.identification.challenge();
        reply.status == 401 && !challenge.empty()) {
      reply.headers.add("WWW-Authenticate", challenge);
    }
    return reply;
  }

  Record record_for(const http::Request& request) {
    return std::make_shared<RequestRecord>(request, services.settings, metrics);
  }

  Services& services;
  Guards guards;
  Pools pools;
  Router router;
  RequestMetrics metrics;
};

Pipeline::Pipeline(Services& services, const Guards& guards, const Pools& pools)
    : state_(std::make_unique<State>(services, guards, pools)) {}
Pipeline::~Pipeline() = default;

http::Plan Pipeline::plan(const http::Request& request) noexcept {
  http::Plan plan{.pool = &state_->pools.requests, .body = http::Plan::BodyMode::text};
  const Match match = state_->find(request);
  if (match.route == nullptr) return plan;
  if (match.route->pool == Pool::transfers) plan.pool = &state_->pools.transfers;
  if (std::holds_alternative<Streaming>(match.route->handler)) plan.body = http::Plan::BodyMode::stream;
  return plan;
}

http::Reply Pipeline::answer(const http::Request& request, std::string body, std::stop_token stop) noexcept {
  const Record record = state_->record_for(request);
  http::Reply reply;
  try {
    if (std::optional<http::Reply> outside = state_->outside_reply(request, *record)) {
      reply = std::move(*outside);
    } else {
      const std::string id = choose_request_id(request, state_->services.settings.max_request_id_length);
      record->set_request_id(id);
      const log::Scope scope(id);
      record->add_bytes_in(body.size());
      try {
        reply = state_->handle(request, id, std::move(body), std::move(stop), *record);
      } catch (...) {
        reply = state_->refusal(std::current_exception(), request);
      }
    }
  } catch (...) {
    reply = state_->refusal(std::current_exception(), request);
  }
  RequestRecord::complete(record, reply);
  return reply;
}

std::variant<http::Reply, std::unique_ptr<http::BodySink>> Pipeline::receive(const http::Request& request,
                                                                             std::stop_token stop) noexcept {
  const Record record = state_->record_for(request);
  try {
    const std::string id = choose_request_id(request, state_->services.settings.max_request_id_length);
    record->set_request_id(id);
    const log::Scope scope(id);
    const Match match = state_->find(request);
    record->set_route(match.route->path);
    const Call call = state_->make_call(request, state_->identify(request), match, id, {}, std::move(stop));
    std::unique_ptr<http::BodySink> sink =
        std::get<Streaming>(match.route->handler).receive(state_->services, call);
    return std::make_unique<RecordedSink>(std::move(sink), request, record);
  } catch (...) {
    http::Reply reply = state_->refusal(std::current_exception(), request);
    RequestRecord::complete(record, reply);
    return reply;
  }
}

http::Reply Pipeline::failure(const http::Request& request, std::exception_ptr error) noexcept {
  try {
    std::rethrow_exception(error);
  } catch (const ReadyReply& ready) {
    return ready.take();
  } catch (...) {
    http::Reply reply = error_reply(error, request);
    const Record record = state_->record_for(request);
    record->set_request_id("req-" + new_uuid());
    RequestRecord::complete(record, reply);
    return reply;
  }
}

}  // namespace vitrine::api
