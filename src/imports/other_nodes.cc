#include "imports/other_nodes.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "imports/bookkeeping.h"

namespace vitrine::imports {
namespace {

constexpr std::chrono::seconds answer_time{60};  // Glance's own
constexpr std::size_t longest_answer = std::size_t{64} << 10;

constexpr std::string_view no_answer =
    "The node that holds this image's data does not answer. Try again later, or delete the image and stage "
    "the data again.";
constexpr std::string_view goes_round =
    "This request is on its way to the node that holds the image's data already. If you made it once, the "
    "nodes of this service do not find one another: tell its operator.";

std::optional<std::string> other_in(const model::Image& image, std::string_view property,
                                    const std::string& own_url) {
  const model::Property* node = image.find_property(property);
  const bool is_other = node != nullptr && !node->value.value_or("").empty() && node->value != own_url;
  return is_other ? node->value : std::nullopt;
}

fetch::Uri address_of(const std::string& node_url, const std::string& path) {
  fetch::Uri address = fetch::parse_uri(node_url);
  if (!fetch::is_web(address)) {
    throw Error(ErrorCode::invalid, "A node's URL has to begin with http:// or https://.");
  }
  while (address.target.ends_with('/')) address.target.pop_back();
  address.target += path;
  return address;
}

std::string text_of(const std::optional<std::string_view>& header) {
  return std::string(header.value_or(""));
}

}  // namespace

/// A request on its way; counted once.
class OtherNodes::Passage {
 public:
  Passage(OtherNodes& nodes, const ForwardedRequest& request)
      : nodes_(nodes), name_(fmt::format("{} {}", static_cast<int>(request.method), request.path)) {
    const std::lock_guard lock(nodes_.mutex_);
    is_first_ = nodes_.under_way_.insert(name_).second;
  }
  ~Passage() {
    const std::lock_guard lock(nodes_.mutex_);
    if (is_first_) nodes_.under_way_.erase(name_);
  }
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;

  bool is_first() const { return is_first_; }

 private:
  OtherNodes& nodes_;
  const std::string name_;
  bool is_first_ = false;
};

OtherNodes::OtherNodes(fetch::ClientSettings client, std::string own_url)
    : client_(std::move(client)), own_url_(std::move(own_url)) {}

std::optional<std::string> OtherNodes::holder_of_data(const model::Image& image) const {
  return other_in(image, stage_host, own_url_);
}

std::optional<std::string> OtherNodes::to_delete_at(const model::Image& image) const {
  const auto holder = holder_of_data(image);
  return holder ? holder : other_in(image, hash_host, own_url_);
}

NodeAnswer OtherNodes::forward(const std::string& node_url, const ForwardedRequest& request) {
  const Passage passage(*this, request);
  if (!passage.is_first()) {
    log::error(
        "{} went to the node {} and came back, or was made twice. Is worker_self_reference_url of each "
        "node an address of this node alone?",
        request.path, node_url);
    return {.status = 502, .request_id = {}, .content_type = {}, .body = std::string(goes_round)};
  }
  try {
    return ask(node_url, request);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    log::error("{} could not be forwarded to the node {}: {}", request.path, node_url, error.what());
    return {.status = 504, .request_id = {}, .content_type = {}, .body = std::string(no_answer)};
  }
}

NodeAnswer OtherNodes::ask(const std::string& node_url, const ForwardedRequest& request) {
  const auto response = client_.send({.method = request.method,
                                      .uri = address_of(node_url, request.path),
                                      .headers = request.headers,
                                      .body = request.body,
                                      .range = {},
                                      .if_range = {},
                                      .deadline = deadline_in(answer_time),
                                      .stop = request.stop});
  log::info("{} was forwarded to the node {}, which answers with {}.", request.path, node_url,
            response->status());
  return {.status = response->status(),
          .request_id = text_of(response->header("x-openstack-request-id")),
          .content_type = text_of(response->header("content-type")),
          .body = response->read_text(longest_answer)};
}

}  // namespace vitrine::imports
