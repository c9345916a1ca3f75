#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "fetch/client.h"
#include "model/image.h"

namespace vitrine::imports {

/// A client's request as another node gets it.
struct ForwardedRequest {
  fetch::Method method = fetch::Method::get;
  std::string path;                    ///< as the client wrote it, without the query
  std::vector<fetch::Header> headers;  ///< among them what identifies the client: secrets
  std::string body;
  std::stop_token stop;
};

/// What the client is answered with.
struct NodeAnswer {
  unsigned status = 0;
  std::string request_id;    ///< by which the other node logs the request; empty: it did not say
  std::string content_type;  ///< of the body; empty: it did not say
  std::string body;
};

/// The nodes that share the database with this one, Python Glance's among them, where the file of staged data
/// lies on one of them only. Their URLs stand in properties of images that only services write, since no
/// client may set a property whose name begins with `os_glance`: so what they are may be connected to, and
/// may be shown tokens. May be shared between threads.
class OtherNodes {
 public:
  /// `own_url`: what this node writes into the property; may be empty.
  OtherNodes(fetch::ClientSettings client, std::string own_url);

  /// The URL of the node that alone can import the image's staged data; nothing: this node can.
  std::optional<std::string> holder_of_data(const model::Image& image) const;

  /// The URL of the node that has something to clean up or to stop when the image is deleted; likewise.
  std::optional<std::string> to_delete_at(const model::Image& image) const;

  /// Lets the node at the URL answer the request, within a minute. No redirect is followed. Without an answer
  /// the status is 504, as Glance has it; 502 if this very request is on its way already, which ends a circle
  /// of nodes that all take one another for the holder. Throws Error{cancelled}.
  NodeAnswer forward(const std::string& node_url, const ForwardedRequest& request);

 private:
  class Passage;

  NodeAnswer ask(const std::string& node_url, const ForwardedRequest& request);

  fetch::Client client_;
  const std::string own_url_;
  std::mutex mutex_;
  std::set<std::string> under_way_;
};

}  // namespace vitrine::imports
