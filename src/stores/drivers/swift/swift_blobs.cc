#include "stores/drivers/swift/swift_blobs.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/log.h"
#include "base/text.h"
#include "stores/driver_rules.h"
#include "stores/drivers/http_statuses.h"

namespace vitrine::stores {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_list = std::size_t{16} << 20;  // 10,000 names
constexpr std::size_t segment_ending = 6;                    // "-00001"
constexpr std::string_view upload_header = "X-Object-Meta-Vitrine-Upload";
const fetch::Header if_absent{"If-None-Match", "*"};

Error other_data_arrived() {
  return Error(ErrorCode::unavailable, "Swift got other data than was sent to it");
}

SwiftObject swift_object_of(const fetch::Response& response) {
  SwiftObject object{.size = response.content_length().value_or(0),
                     .etag = bare_etag(response.header("ETag").value_or(""))};
  object.is_static = equals_ignoring_case(response.header("X-Static-Large-Object").value_or(""), "true");
  if (const auto manifest = response.header("X-Object-Manifest")) {
    object.manifest = percent_decode(*manifest).value_or(std::string(*manifest));
  }
  return object;
}

std::string static_manifest(const SwiftPlace& place, const std::vector<SwiftSegment>& segments) {
  json::array list;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string name = swift_segment_name(place.object, i + 1);
    list.push_back(json::object{{"path", fmt::format("/{}/{}", place.container.name, name)},
                                {"etag", segments[i].etag},
                                {"size_bytes", segments[i].size}});
  }
  return json::serialize(list);
}

SwiftRequest segment_request(const SwiftUpload& upload, std::size_t number) {
  return {.method = fetch::Method::put,
          .object = swift_segment_name(upload.place.object, number),
          .headers = {{std::string(upload_header), upload.id}}};
}

/// Of objects or containers; nothing if the text is no list of them.
std::optional<std::vector<std::string>> names_in(std::string_view text) {
  boost::system::error_code fault;
  const json::value list = json::parse(text, fault);
  if (fault || !list.is_array()) return {};
  std::vector<std::string> names;
  for (const json::value& entry : list.get_array()) {
    const json::object* fields = entry.if_object();
    const json::value* name = fields != nullptr ? fields->if_contains("name") : nullptr;
    if (name == nullptr || !name->is_string()) return {};
    names.emplace_back(name->get_string());
  }
  return names;
}

/// Whether the name is that of a segment of the blob.
bool is_segment_of(std::string_view blob, std::string_view name) {
  return is_swift_segment(name) && name.substr(0, name.size() - segment_ending) == blob;
}

}  // namespace

Error swift_name_is_taken() {
  return Error(ErrorCode::duplicate, "There is data of this name already");
}

std::string swift_segment_name(std::string_view blob, std::size_t number) {
  return fmt::format("{}-{:05}", blob, number);
}

bool is_swift_segment(std::string_view name) {
  if (name.size() <= segment_ending) return false;
  const std::string_view ending = name.substr(name.size() - segment_ending);
  return ending.front() == '-' && ending.find_first_not_of("0123456789", 1) == ending.npos;
}

std::optional<SwiftObject> SwiftBlobs::find(const StoreCall& call, const SwiftPlace& place) {
  const SwiftAnswer answer =
      client_.ask(call, place.container, {.method = fetch::Method::head, .object = place.object});
  if (answer.is_good()) return swift_object_of(*answer.response);
  if (answer.status == http_status::not_found) return {};
  throw SwiftClient::error_of(answer, place.container, "look for data");
}

void SwiftBlobs::put(const StoreCall& call, const SwiftPlace& place, Bytes content) {
  const auto claim = claims_.claim(place.object, call);
  const SwiftObject expected{.size = content.size(), .etag = md5_hex(content)};
  put_if_absent(call, place,
                {.method = fetch::Method::put,
                 .object = place.object,
                 .headers = {{"ETag", expected.etag}},
                 .body = content},
                expected);
}

/// Asked with the name claimed: Swift looks only at the beginning of a request whether there is such a blob.
void SwiftBlobs::put_if_absent(const StoreCall& call, const SwiftPlace& place, SwiftRequest request,
                               const SwiftObject& expected) {
  request.headers.push_back(if_absent);
  try {
    const SwiftAnswer answer = client_.ask(call, place.container, request);
    if (answer.is_good()) return;
    const bool may_be_done = answer.status == http_status::precondition_failed && answer.is_repeated;
    if (may_be_done && has_arrived(call, place, expected)) return;
    if (answer.status == http_status::not_found)
      throw Error(ErrorCode::storage_denied, "The container is gone");
    throw SwiftClient::error_of(answer, place.container, "write data");
  } catch (const Error& error) {
    if (!can_retry(error.code()) || !has_arrived(call, place, expected)) throw;
  }
}

/// Whether something that was not answered was carried out all the same. False if nobody knows.
bool SwiftBlobs::has_arrived(const StoreCall& call, const SwiftPlace& place, const SwiftObject& expected) {
  try {
    const auto found = find(call, place);
    return found && found->is_same(expected);
  } catch (const Error& error) {
    log::info("swift store: nobody knows whether {} arrived: {}", place.object, error.what());
    return false;
  }
}

std::unique_ptr<fetch::Sending> SwiftBlobs::begin_put(const StoreCall& call, const SwiftPlace& place,
                                                      std::uint64_t length) {
  return client_.begin(call, place.container,
                       {.method = fetch::Method::put, .object = place.object, .headers = {if_absent}},
                       length);
}

void SwiftBlobs::finish_put(const StoreCall& call, const SwiftPlace& place, HeldBody& body,
                            const SwiftObject& expected) {
  const auto claim = claims_.claim(place.object, call);
  if (!body.is_refused() && find(call, place)) throw swift_name_is_taken();
  std::string etag;
  try {
    const SwiftAnswer answer = SwiftClient::answer_of(body.finish().finish());
    if (!answer.is_good()) throw SwiftClient::error_of(answer, place.container, "write data");
    etag = bare_etag(answer.response->header("ETag").value_or(""));
  } catch (const Error& error) {
    if (!can_retry(error.code()) || !has_arrived(call, place, expected)) throw;
  }
  if (!is_md5(etag) || etag == expected.etag) return;
  remove_object(call, place.container, place.object);
  throw other_data_arrived();
}

void SwiftBlobs::begin_segments(const StoreCall& call, const SwiftPlace& place) {
  const auto claim = claims_.claim(place.object, call);
  {
    const std::lock_guard lock(mutex_);
    if (!live_.insert({place.container.name, place.object}).second) throw swift_name_is_taken();
  }
  try {
    if (find(call, place)) throw swift_name_is_taken();
    // They would become a part of the blob.
    remove_segments(call, place);
  } catch (...) {
    end_segments(place);
    throw;
  }
}

void SwiftBlobs::end_segments(const SwiftPlace& place) {
  const std::lock_guard lock(mutex_);
  live_.erase({place.container.name, place.object});
}

bool SwiftBlobs::is_live(const SwiftPlace& place) {
  const std::lock_guard lock(mutex_);
  return live_.contains({place.container.name, place.object});
}

void SwiftBlobs::put_segment(const StoreCall& call, const SwiftUpload& upload, std::size_t number,
                             Bytes content) {
  const SwiftContainer& container = upload.place.container;
  SwiftRequest request = segment_request(upload, number);
  request.headers.push_back({"ETag", md5_hex(content)});
  request.body = content;
  const SwiftAnswer answer = client_.ask(call, container, request);
  if (!answer.is_good()) throw SwiftClient::error_of(answer, container, "write data");
}

std::unique_ptr<fetch::Sending> SwiftBlobs::begin_segment(const StoreCall& call, const SwiftUpload& upload,
                                                          std::size_t number,
                                                          std::optional<std::uint64_t> length) {
  return client_.begin(call, upload.place.container, segment_request(upload, number), length);
}

void SwiftBlobs::finish_segment(const SwiftPlace& place, fetch::Sending& sending, const std::string& md5) {
  const SwiftAnswer answer = SwiftClient::answer_of(sending.finish());
  if (!answer.is_good()) throw SwiftClient::error_of(answer, place.container, "write data");
  const std::string etag = bare_etag(answer.response->header("ETag").value_or(""));
  if (is_md5(etag) && etag != md5) throw other_data_arrived();
}

void SwiftBlobs::put_manifest(const StoreCall& call, const SwiftPlace& place,
                              const std::vector<SwiftSegment>& segments, SwiftManifest kind) {
  const auto claim = claims_.claim(place.object, call);
  const SwiftObject expected = whole_of(segments);
  if (kind == SwiftManifest::dynamic_one) {
    const std::string beginning = fmt::format("{}/{}-", place.container.name, place.object);
    put_if_absent(call, place,
                  {.method = fetch::Method::put,
                   .object = place.object,
                   .headers = {{"X-Object-Manifest", percent_encode(beginning, "/")}}},
                  expected);
    return;
  }
  const std::string document = static_manifest(place, segments);
  put_if_absent(call, place,
                {.method = fetch::Method::put,
                 .object = place.object,
                 .query = "multipart-manifest=put",
                 .body = bytes_of(document)},
                expected);
}

void SwiftBlobs::remove(const StoreCall& call, const SwiftPlace& place, const SwiftObject& object) {
  if (object.is_static) return remove_static(call, place);
  if (object.manifest) remove_dynamic(call, place, *object.manifest);
  remove_object(call, place.container, place.object);
}

void SwiftBlobs::remove_object(const StoreCall& call, const SwiftContainer& container,
                               const std::string& object) {
  const SwiftAnswer answer =
      client_.ask(call, container, {.method = fetch::Method::remove, .object = object});
  if (!answer.is_good() && answer.status != http_status::not_found) {
    throw SwiftClient::error_of(answer, container, "remove data");
  }
}

/// Swift removes the segments, too, and says in the body of a success whether it could.
void SwiftBlobs::remove_static(const StoreCall& call, const SwiftPlace& place) {
  const SwiftAnswer answer = client_.ask(call, place.container,
                                         {.method = fetch::Method::remove,
                                          .object = place.object,
                                          .query = "multipart-manifest=delete",
                                          .headers = {{"Accept", "application/json"}}});
  if (answer.status == http_status::not_found) return;
  if (!answer.is_good()) throw SwiftClient::error_of(answer, place.container, "remove data");
  boost::system::error_code fault;
  const json::value report = json::parse(answer.response->read_text(longest_list), fault);
  const json::object* fields = fault ? nullptr : report.if_object();
  const json::value* status = fields != nullptr ? fields->if_contains("Response Status") : nullptr;
  const std::string_view text = status != nullptr && status->is_string()
                                    ? std::string_view(status->get_string())
                                    : std::string_view("no report");
  if (text.starts_with("200") || text.starts_with("404")) return;
  throw Error(ErrorCode::unavailable,
              fmt::format("Swift could not remove all segments of {}: {}", place.object, text));
}

/// What the manifest names, wherever that is. A manifest that names a whole container names too much.
void SwiftBlobs::remove_dynamic(const StoreCall& call, const SwiftPlace& place, const std::string& manifest) {
  const auto slash = manifest.find('/');
  const std::string beginning = slash == manifest.npos ? "" : manifest.substr(slash + 1);
  if (beginning.empty()) {
    log::warning("swift store: the segments of {} are left, its manifest does not tell them from others",
                 place.object);
    return;
  }
  const SwiftContainer container{place.container.access, manifest.substr(0, slash)};
  const bool is_usual = container.name == place.container.name && beginning == place.object + "-";
  if (is_usual) return remove_segments(call, place);
  for (const std::string& name : list(call, container, beginning)) remove_object(call, container, name);
}

void SwiftBlobs::remove_segments(const StoreCall& call, const SwiftPlace& place) {
  for (const std::string& name : list(call, place.container, place.object + "-")) {
    if (is_segment_of(place.object, name)) remove_object(call, place.container, name);
  }
}

std::vector<std::string> SwiftBlobs::list(const StoreCall& call, const SwiftContainer& container,
                                          std::string_view beginning) {
  std::vector<std::string> names;
  while (true) {
    const auto page = list_page(call, container, beginning, names.empty() ? "" : names.back());
    if (page.empty()) return names;
    names.insert(names.end(), page.begin(), page.end());
  }
}

std::vector<std::string> SwiftBlobs::list_page(const StoreCall& call, const SwiftContainer& container,
                                               std::string_view beginning, const std::string& after) {
  std::vector<std::pair<std::string, std::string>> query = {{"format", "json"}};
  if (!beginning.empty()) query.emplace_back("prefix", beginning);
  if (!after.empty()) query.emplace_back("marker", after);
  const SwiftAnswer answer = client_.ask(call, container, {.query = swift_query(query)});
  if (answer.status == http_status::not_found) return {};  // no container
  if (!answer.is_good()) throw SwiftClient::error_of(answer, container, "list data");
  if (answer.status == http_status::no_content) return {};
  const auto names = names_in(answer.response->read_text(longest_list));
  if (!names) throw Error(ErrorCode::unavailable, "Swift lists a container in no known form");
  return *names;
}

void SwiftBlobs::clean_up(const Leftover& leftover) noexcept {
  try {
    take_away({.deadline = deadline_in(clean_up_time)}, leftover);
  } catch (const Error& error) {
    remember(leftover, error);
  }
}

void SwiftBlobs::take_away(const StoreCall& call, const Leftover& leftover) {
  const SwiftPlace& place = leftover.upload.place;
  // Another one may have taken its place.
  const auto found = leftover.object ? find(call, place) : std::nullopt;
  if (found && found->is_same(*leftover.object)) remove_object(call, place.container, place.object);
  for (std::size_t number = 1; number <= leftover.segments; ++number) {
    remove_object(call, place.container, swift_segment_name(place.object, number));
  }
}

void SwiftBlobs::remember(const Leftover& leftover, const Error& reason) {
  log::warning("swift store: data of {} may be left in the container {} until Swift can be reached: {}",
               leftover.upload.place.object, leftover.upload.place.container.name, reason.what());
  const std::lock_guard lock(mutex_);
  unremoved_.push_back(leftover);
}

void SwiftBlobs::retry_clean_up() {
  while (const auto leftover = take_leftover()) {
    try {
      take_away_later({.deadline = deadline_in(clean_up_time)}, *leftover);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::storage_denied) {
        log::warning("swift store: data of {} may be left for good in the container {}: {}",
                     leftover->upload.place.object, leftover->upload.place.container.name, error.what());
        continue;
      }
      remember(*leftover, error);
      return;
    }
  }
}

/// By now somebody, on whichever node, may have put other segments under the names, or be doing so.
void SwiftBlobs::take_away_later(const StoreCall& call, const Leftover& leftover) {
  const SwiftPlace& place = leftover.upload.place;
  const auto claim = claims_.claim(place.object, call);
  if (is_live(place)) return;
  take_away(call, {.upload = leftover.upload, .segments = 0, .object = leftover.object});
  for (std::size_t number = 1; number <= leftover.segments; ++number) {
    const std::string name = swift_segment_name(place.object, number);
    const SwiftAnswer answer =
        client_.ask(call, place.container, {.method = fetch::Method::head, .object = name});
    const bool is_ours =
        answer.is_good() && answer.response->header(upload_header) == std::string_view(leftover.upload.id);
    if (!answer.is_good() && answer.status != http_status::not_found) {
      throw SwiftClient::error_of(answer, place.container, "look for data");
    }
    if (is_ours) remove_object(call, place.container, name);
  }
}

std::optional<SwiftBlobs::Leftover> SwiftBlobs::take_leftover() {
  const std::lock_guard lock(mutex_);
  if (unremoved_.empty()) return {};
  Leftover leftover = std::move(unremoved_.back());
  unremoved_.pop_back();
  return leftover;
}

SwiftObject whole_of(const std::vector<SwiftSegment>& segments) {
  SwiftObject whole;
  std::string etags;
  for (const SwiftSegment& segment : segments) {
    etags += segment.etag;
    whole.size += segment.size;
  }
  whole.etag = md5_hex(bytes_of(etags));
  return whole;
}

}  // namespace vitrine::stores
