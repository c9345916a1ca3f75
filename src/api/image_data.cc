#include "api/image_data.h"

#include <fmt/format.h>

#include <memory>
#include <vector>

#include "api/data_request.h"
#include "api/range_header.h"
#include "api/replies.h"
#include "base/error.h"
#include "base/text.h"

namespace vitrine::api {
namespace {

/// The store that the client wants the data in; null: it does not say, or there is no choice.
stores::Store* chosen_store(const stores::StoreSet& stores, const Call& call) {
  const std::string* id = call.request.headers.find("X-Image-Meta-Store");
  return id == nullptr || !stores.has_several() ? nullptr : &stores.named(*id);
}

std::unique_ptr<http::BodySink> receive_image_data(Services& services, const Call& call) {
  require_octet_stream(call);
  images::UploadRequest request;
  request.announced_size = announced_size(call);
  request.store = chosen_store(services.stores, call);
  const model::Image image = services.images.visible(call.caller, call.image_id());
  call.require_to_change("upload_image", image);
  return std::make_unique<UploadSink<images::Upload>>(
      services.images.upload(call.caller, image, request, call.stop), services.metrics);
}

/// The stores that the client wants the data from, if they have it.
std::vector<stores::Store*> preferred_stores(const stores::StoreSet& stores, const Call& call) {
  const Parameters parameters = parse_query(call.request.query());
  const std::string_view ids = first_value(parameters, "prefer").value_or("");
  if (ids.empty()) return {};
  if (!stores.has_several()) {
    throw Error(ErrorCode::invalid, "This service has a single store; none can be preferred.");
  }
  std::vector<stores::Store*> preferred;
  for (const std::string& id : split(ids, ',')) {
    if (const std::string_view name = trim(id); !name.empty()) preferred.push_back(&stores.named(name));
  }
  return preferred;
}

std::optional<RangeRequest> range_request(const Call& call) {
  const http::Headers& headers = call.request.headers;
  if (const std::string* range = headers.find("Range")) return parse_range(*range);
  if (const std::string* range = headers.find("Content-Range")) return parse_request_content_range(*range);
  return {};
}

http::Reply no_data() {
  http::Reply reply;
  reply.status = 204;
  return reply;
}

http::Reply data_reply(Services& services, transfer::Download download) {
  http::Reply reply;
  reply.headers.add("Content-Type", std::string(octet_stream));
  reply.body_pool = &download.store->pool();
  reply.body_size = download.length;
  const auto active = std::make_shared<ActiveTransfer>(services.metrics, "download");
  if (auto* file = std::get_if<FileRange>(&download.body)) {
    // sendfile goes past the driver, so its bytes are counted here.
    reply.done = [active, counter = services.metrics.counter(
                              "vitrine_store_read_bytes_total", "Bytes read from a store.",
                              {{"store", download.store->id()}})](const http::Sent& sent) mutable {
      counter.add(static_cast<double>(sent.file_bytes));
    };
    reply.body = std::move(*file);
    reply.fallback = std::move(download.fallback);
  } else {
    reply.done = [active](const http::Sent&) {};
    reply.body = std::move(std::get<std::unique_ptr<ByteSource>>(download.body));
  }
  return reply;
}

http::Reply download_image_data(Services& services, const Call& call) {
  const model::Image image = services.images.downloadable(call.caller, call.image_id());
  call.require("download_image", image);
  const std::vector<stores::Store*> preferred = preferred_stores(services.stores, call);
  if (!preferred.empty()) call.require("download_from_store", image);
  const std::optional<RangeRequest> asked = range_request(call);  // wrong even where there is no data
  if (image.locations.empty()) return no_data();
  const std::uint64_t size = image.size.value_or(0);
  const std::optional<DataRange> range = asked ? stretch_of(*asked, size) : std::nullopt;
  const ByteRange wanted = range ? ByteRange{range->first, range->length} : ByteRange{};
  http::Reply reply;
  try {
    reply = data_reply(services, services.images.download(call.caller, image, wanted, preferred));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return no_data();
    throw;
  }
  if (image.checksum) reply.headers.add("Content-MD5", *image.checksum);
  if (range) {
    reply.status = 206;
    reply.headers.add("Content-Range",
                      fmt::format("bytes {}-{}/{}", range->first, range->first + range->length - 1, size));
  }
  return reply;
}

}  // namespace

std::span<const Route> image_data_routes() {
  static constexpr Route routes[] = {
      {"GET", "/v2/images/{image_id}/file", download_image_data, BodyRule::refused, Pool::transfers},
      {"PUT", "/v2/images/{image_id}/file", Streaming{receive_image_data}, BodyRule::ignored,
       Pool::transfers},
  };
  return routes;
}

}  // namespace vitrine::api
