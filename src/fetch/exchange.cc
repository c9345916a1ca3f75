#include "fetch/exchange.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/text.h"
#include "fetch/pinned_certificate.h"
#include "fetch/proxies.h"
#include "fetch/request_lines.h"

namespace vitrine::fetch {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t head_limit = std::size_t{64} * 1024;
constexpr long receive_size = 256L * 1024;
constexpr long send_size = 512L * 1024;

template <class Value>
void set(const Easy& easy, CURLoption option, Value value) {
  const CURLcode result = curl_easy_setopt(easy.get(), option, value);
  if (result == CURLE_OK) return;
  throw Error(ErrorCode::internal, fmt::format("libcurl does not take option {}: {}",
                                               static_cast<int>(option), curl_easy_strerror(result)));
}

void set_text(const Easy& easy, CURLoption option, const std::string& text) {
  set(easy, option, text.c_str());
}

HeaderList header_list(const std::vector<std::string>& lines) {
  HeaderList list;
  for (const std::string& line : lines) {
    curl_slist* longer = curl_slist_append(static_cast<curl_slist*>(list.get()), line.c_str());
    if (!longer) throw Error(ErrorCode::internal, "libcurl takes no header");
    list.release();  // it is a part of the longer one
    list.reset(longer);
  }
  return list;
}

double in_seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

struct Exchange::Callbacks {
  static Exchange& self(void* pointer) { return *static_cast<Exchange*>(pointer); }

  static std::size_t header(char* data, std::size_t size, std::size_t count, void* pointer) noexcept {
    Exchange& exchange = self(pointer);
    exchange.last_progress_ = Clock::now();
    exchange.head_size_ += size * count;
    if (exchange.has_head_) return size * count;  // a trailer
    if (exchange.head_size_ > head_limit) {
      exchange.refusal_ = fmt::format("{} sends a head of more than {} bytes", exchange.origin_, head_limit);
      return 0;
    }
    exchange.take_header({data, size * count});
    return size * count;
  }

  static CURLcode pin(CURL*, void* context, void* fingerprint) noexcept {
    trust_only(context, *static_cast<const std::string*>(fingerprint));
    return CURLE_OK;
  }

  static std::size_t body(char* data, std::size_t size, std::size_t count, void* pointer) noexcept {
    Exchange& exchange = self(pointer);
    exchange.last_progress_ = Clock::now();
    const Bytes bytes = bytes_of({data, size * count});
    if (!bytes.empty() && exchange.space_.empty()) return CURL_WRITEFUNC_PAUSE;
    const std::size_t fitting = std::min(bytes.size(), exchange.space_.size());
    std::copy_n(bytes.begin(), fitting, exchange.space_.begin());
    exchange.space_ = exchange.space_.subspan(fitting);
    exchange.surplus_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(fitting), bytes.end());
    exchange.surplus_taken_ = 0;
    return bytes.size();
  }

  static std::size_t give_body(char* space, std::size_t size, std::size_t count, void* pointer) noexcept {
    Exchange& exchange = self(pointer);
    const auto taken = exchange.body_->take(std::as_writable_bytes(std::span(space, size * count)));
    return taken.value_or(CURL_READFUNC_PAUSE);
  }

  /// Asked when a kept connection breaks: what was taken is gone.
  static int rewind_body(void* pointer, curl_off_t, int) noexcept {
    return self(pointer).body_->taken() == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
  }

  static curl_socket_t open_socket(void* pointer, curlsocktype, curl_sockaddr* address) noexcept {
    Exchange& exchange = self(pointer);
    if (!exchange.may_reach(ip_text(address->addr))) return CURL_SOCKET_BAD;
    exchange.has_tried_ = true;
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  /// A connection that is used again was opened for another request, which may have been allowed more.
  static int before_request(void* pointer, char* peer, char*, int, int) noexcept {
    Exchange& exchange = self(pointer);
    const bool is_second = std::exchange(exchange.is_connected_, true);
    if (is_second && exchange.body_ && exchange.body_->may_be_complete()) {
      exchange.refusal_ = exchange.origin_ + " closed a kept connection without an answer";
      return CURL_PREREQFUNC_ABORT;  // it may have done what the caller wants done once
    }
    exchange.last_progress_ = Clock::now();
    if (!exchange.is_proxied_) exchange.peer_class_ = class_of_ip(peer).value_or(AddressClass::local);
    exchange.has_tried_ = false;
    exchange.refusal_.reset();  // of other addresses of the same name
    return exchange.may_reach(peer) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
  }
};

Exchange::Exchange(Connections& connections, const ClientSettings& settings, const Request& request,
                   std::optional<PushedBody> body)
    : connections_(connections),
      origin_(origin_of(request.uri)),
      read_timeout_(settings.read_timeout),
      reach_(request.reach),
      deadline_(request.deadline),
      stop_(request.stop),
      settling_time_(request.settling_time),
      is_proxied_(settings.proxies.contains(request.uri.scheme) &&
                  !is_exempt(request.uri, settings.unproxied)),
      body_(std::move(body)),
      asks_before_body_(request.asks_before_body && body_ && body_->length() != 0),
      multi_(connections.take(origin_)),
      easy_(curl_easy_init()) {
  if (!easy_) throw Error(ErrorCode::internal, "libcurl gives no easy handle");
  ask(request);
  connect_as(settings, request.uri);
  listen();
  if (curl_multi_add_handle(multi_.get(), easy_.get()) != CURLM_OK) {
    throw Error(ErrorCode::internal, "libcurl does not take a request");
  }
}

Exchange::~Exchange() {
  curl_multi_remove_handle(multi_.get(), easy_.get());
  easy_.reset();
  connections_.give_back(origin_, std::move(multi_));
}

void Exchange::ask(const Request& request) {
  set_text(easy_, CURLOPT_URL, origin_ + request.uri.target);
  set_text(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy_, CURLOPT_PATH_AS_IS, 1L);
  set(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  ask_with(request);
  headers_ = header_list(header_lines(request, asks_before_body_ ? GoAhead::awaited : GoAhead::not_awaited));
  set(easy_, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(headers_.get()));
  set(easy_, CURLOPT_HEADEROPT,
      static_cast<long>(CURLHEADER_SEPARATE));  // none of them for a proxy's CONNECT
  set_text(easy_, CURLOPT_USERAGENT, "Vitrine");
  if (request.range) set_text(easy_, CURLOPT_RANGE, range_text(*request.range));
  if (const auto& credentials = request.uri.credentials) {
    set(easy_, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    set_text(easy_, CURLOPT_USERNAME, credentials->user);
    set_text(easy_, CURLOPT_PASSWORD, credentials->password);
  }
}

void Exchange::ask_with(const Request& request) {
  const std::string& body = request.body;
  if (request.method == Method::head) set(easy_, CURLOPT_NOBODY, 1L);
  if (body_) {
    push_body();
  } else if (request.method == Method::post || request.method == Method::put) {
    set(easy_, CURLOPT_POST, 1L);
    set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(easy_, CURLOPT_COPYPOSTFIELDS, body.data());
  }
  // Otherwise it follows from what was set.
  const bool is_odd = body_ || request.method == Method::put || request.method == Method::remove;
  if (is_odd) set_text(easy_, CURLOPT_CUSTOMREQUEST, method_name(request.method));
}

void Exchange::push_body() {
  set(easy_, CURLOPT_UPLOAD, 1L);
  if (const auto length = body_->length()) {
    set(easy_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(*length));
  }
  set(easy_, CURLOPT_UPLOAD_BUFFERSIZE, send_size);
  set(easy_, CURLOPT_READFUNCTION, &Callbacks::give_body);
  set(easy_, CURLOPT_READDATA, this);
  set(easy_, CURLOPT_SEEKFUNCTION, &Callbacks::rewind_body);
  set(easy_, CURLOPT_SEEKDATA, this);
}

void Exchange::connect_as(const ClientSettings& settings, const Uri& uri) {
  set(easy_, CURLOPT_NOSIGNAL, 1L);
  set(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_timeout.count()));
  // Otherwise a request that is given up waits until the resolver has given up, too.
  set(easy_, CURLOPT_QUICK_EXIT, 1L);
  set(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  const long verifies_peer = settings.verifies_peers ? 1 : 0;
  const long verifies_name = settings.verifies_peers ? 2 : 0;
  set(easy_, CURLOPT_SSL_VERIFYPEER, verifies_peer);
  set(easy_, CURLOPT_SSL_VERIFYHOST, verifies_name);
  set(easy_, CURLOPT_PROXY_SSL_VERIFYPEER, verifies_peer);
  set(easy_, CURLOPT_PROXY_SSL_VERIFYHOST, verifies_name);
  if (!settings.ca_file.empty()) {
    set_text(easy_, CURLOPT_CAINFO, settings.ca_file);
    set_text(easy_, CURLOPT_PROXY_CAINFO, settings.ca_file);
  }
  if (!settings.fingerprint.empty()) {
    set(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
    set(easy_, CURLOPT_SSL_VERIFYHOST, 0L);  // the certificate says who it is
    set(easy_, CURLOPT_SSL_CTX_FUNCTION, &Callbacks::pin);
    set(easy_, CURLOPT_SSL_CTX_DATA, &settings.fingerprint);  // the client keeps it as long as the connection
  }
  if (!settings.certificate_file.empty()) set_text(easy_, CURLOPT_SSLCERT, settings.certificate_file);
  if (!settings.key_file.empty()) set_text(easy_, CURLOPT_SSLKEY, settings.key_file);
  // Set even to nothing, for otherwise the environment's proxies count.
  const auto proxy = settings.proxies.find(uri.scheme);
  set_text(easy_, CURLOPT_PROXY, is_proxied_ ? proxy_text(proxy->second) : "");
  set_text(easy_, CURLOPT_NOPROXY, "");
  if (is_proxied_ && proxy->second.credentials) {
    set(easy_, CURLOPT_PROXYAUTH, CURLAUTH_BASIC);
    set_text(easy_, CURLOPT_PROXYUSERNAME, proxy->second.credentials->user);
    set_text(easy_, CURLOPT_PROXYPASSWORD, proxy->second.credentials->password);
  }
}

void Exchange::listen() {
  static_assert(std::tuple_size_v<decltype(error_text_)> >= CURL_ERROR_SIZE);
  set(easy_, CURLOPT_ERRORBUFFER, error_text_.data());
  set(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(easy_, CURLOPT_BUFFERSIZE, receive_size);
  set(easy_, CURLOPT_HEADERFUNCTION, &Callbacks::header);
  set(easy_, CURLOPT_HEADERDATA, this);
  set(easy_, CURLOPT_WRITEFUNCTION, &Callbacks::body);
  set(easy_, CURLOPT_WRITEDATA, this);
  set(easy_, CURLOPT_OPENSOCKETFUNCTION, &Callbacks::open_socket);
  set(easy_, CURLOPT_OPENSOCKETDATA, this);
  set(easy_, CURLOPT_PREREQFUNCTION, &Callbacks::before_request);
  set(easy_, CURLOPT_PREREQDATA, this);
}

void Exchange::take_header(std::string_view line) {
  line = trim(line);
  const auto colon = line.find(':');
  if (line.empty()) {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    // What comes before is on the way only, as 103 is. After this 417 libcurl sends the request once more
    // without the question.
    const bool is_asked_again = status == 417 && asks_before_body_ && body_->taken() == 0;
    has_head_ = status >= 200 && !is_asked_again;
    head_.status = static_cast<unsigned>(status);
  } else if (line.starts_with("HTTP/")) {
    head_.headers.clear();
  } else if (colon != std::string_view::npos) {
    head_.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  }
}

bool Exchange::may_reach(std::string_view address) {
  if (is_proxied_) return true;
  const auto objection = reach_.objection(address);
  if (!objection) return true;
  if (has_tried_) return false;  // what that address says is the reason, if it fails
  refusal_ = fmt::format("{} {}", origin_, *objection);
  refusal_code_ = ErrorCode::invalid;
  return false;
}

void Exchange::await_body_wanted() {
  drive([this] { return has_head_ || body_->is_wanted(); });
  if (is_over_ && !has_head_) throw Error(ErrorCode::unavailable, origin_ + " sends no answer");
}

void Exchange::send(Bytes bytes) {
  if (bytes.empty() || is_refused()) return;
  body_->offer(bytes);
  try {
    curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
    drive([this] { return body_->is_drained() || is_refused(); });
  } catch (...) {
    body_->drop();
    throw;
  }
  body_->drop();
}

void Exchange::await_head() {
  if (body_ && !is_over_) curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
  // An answer that comes early does not keep the rest of the body from being sent.
  drive([this] { return has_head_ && (!body_ || is_refused() || body_->is_sent()); });
  if (!has_head_) throw Error(ErrorCode::unavailable, origin_ + " sends no answer");
}

std::optional<std::uint64_t> Exchange::content_length() const {
  curl_off_t length = -1;
  curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  if (length < 0) return {};
  return static_cast<std::uint64_t>(length);
}

std::size_t Exchange::read(MutableBytes space) {
  return read_until(space, [this] { return space_.empty(); });
}

std::size_t Exchange::read_some(MutableBytes space) {
  return read_until(space, [this, size = space.size()] { return space_.size() < size; });
}

std::size_t Exchange::read_until(MutableBytes space, const std::function<bool()>& is_enough) {
  space_ = space;
  try {
    take_surplus();
    if (!space_.empty() && !(is_over_ && is_enough())) {
      if (!is_over_) curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
      // Even if that has filled the space: libcurl has yet to see whether it was the end.
      drive(is_enough);
    }
  } catch (...) {
    space_ = {};
    throw;
  }
  return space.size() - std::exchange(space_, {}).size();
}

void Exchange::take_surplus() {
  const Bytes rest = Bytes(surplus_).subspan(surplus_taken_);
  const std::size_t count = std::min(rest.size(), space_.size());
  std::copy_n(rest.begin(), count, space_.begin());
  space_ = space_.subspan(count);
  surplus_taken_ += count;
}

void Exchange::drive(const std::function<bool()>& is_enough) {
  const std::stop_callback wake(stop_, [this] { curl_multi_wakeup(multi_.get()); });
  last_progress_ = Clock::now();
  while (!is_over_) {
    require_time();
    perform();
    if (is_enough()) return;
    if (!is_over_) wait();
  }
  if (result_ != CURLE_OK) throw failure();
}

void Exchange::require_time() {
  const Instant now = Clock::now();
  if (stop_.stop_requested() && !may_settle(now)) {
    throw Error(ErrorCode::cancelled, "Stopped while waiting for " + origin_);
  }
  if (now >= deadline_) throw Error(ErrorCode::timed_out, origin_ + " takes too long");
  if (body_) note_sent();
  if (!is_connected_) last_progress_ = now;  // libcurl counts the time that connecting takes
  if (now - last_progress_ >= read_timeout_) {
    throw Error(ErrorCode::timed_out,
                fmt::format("{} {} nothing for {} seconds", origin_,
                            body_ && !body_->is_sent() ? "takes" : "sends", in_seconds(read_timeout_)));
  }
}

/// Whether the server may be carrying out what was stopped, and there is time left to hear of it.
bool Exchange::may_settle(Instant now) {
  if (!body_ || !body_->is_whole()) return false;
  settled_by_ = std::min(settled_by_, now + settling_time_);
  return now < settled_by_;
}

/// What libcurl took from us may wait in its buffer, so that alone would be no progress.
void Exchange::note_sent() {
  curl_off_t sent = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_SIZE_UPLOAD_T, &sent);
  if (std::exchange(sent_, sent) != sent) last_progress_ = Clock::now();
}

void Exchange::perform() {
  int running = 0;
  const CURLMcode fault = curl_multi_perform(multi_.get(), &running);
  if (fault != CURLM_OK) throw Error(ErrorCode::internal, curl_multi_strerror(fault));
  int queued = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &queued)) {
    if (message->msg != CURLMSG_DONE) continue;
    result_ = message->data.result;
    is_over_ = true;
  }
}

void Exchange::wait() {
  using std::chrono::milliseconds;
  constexpr milliseconds most{60'000};
  const Clock::duration left =
      std::min({deadline_, last_progress_ + read_timeout_, settled_by_}) - Clock::now();
  const auto time = std::clamp(std::chrono::ceil<milliseconds>(left), milliseconds{0}, most);
  const CURLMcode fault = curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(time.count()), nullptr);
  if (fault != CURLM_OK) throw Error(ErrorCode::internal, curl_multi_strerror(fault));
}

Error Exchange::failure() const {
  if (refusal_) return Error(refusal_code_, *refusal_);
  if (result_ == CURLE_OPERATION_TIMEDOUT) {
    return Error(ErrorCode::timed_out, origin_ + " cannot be connected to in time");
  }
  if (result_ == CURLE_SEND_FAIL_REWIND) {
    return Error(ErrorCode::unavailable, origin_ + " closed a kept connection while data was sent over it");
  }
  const char* why = error_text_[0] ? error_text_.data() : curl_easy_strerror(static_cast<CURLcode>(result_));
  return Error(ErrorCode::unavailable, fmt::format("{}: {}", origin_, why));
}

}  // namespace vitrine::fetch
