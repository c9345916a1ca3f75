#include "access/policy_server.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "access/options.h"
#include "fetch/client.h"

namespace vitrine::access {
namespace {

constexpr std::size_t longest_answer = 1024;  // bytes; "True" is all that counts

std::chrono::milliseconds patience(const config::Config& config) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(config.get(remote_timeout)));
}

fetch::ClientSettings settings_of(const config::Config& config) {
  return {.connect_timeout = patience(config),
          .read_timeout = patience(config),
          .ca_file = config.get(remote_ssl_ca_crt_file).value_or(""),
          .verifies_peers = config.get(remote_ssl_verify_server_crt),
          .certificate_file = config.get(remote_ssl_client_crt_file).value_or(""),
          .key_file = config.get(remote_ssl_client_key_file).value_or("")};
}

std::string ask(fetch::Client& client, const RemoteQuestion& question, std::chrono::milliseconds time) {
  fetch::Request request;
  request.method = fetch::Method::post;
  request.uri = fetch::parse_uri(question.url);
  request.headers = {{.name = "Content-Type", .value = question.content_type}};
  request.body = question.body;
  request.deadline = deadline_in(time);
  const auto response = client.send(request);
  return response->read_text(longest_answer);
}

}  // namespace

AskRemote ask_policy_servers(const config::Config& config) {
  const auto client = std::make_shared<fetch::Client>(settings_of(config));
  return [client, time = patience(config)](const RemoteQuestion& question) {
    return ask(*client, question, time);
  };
}

}  // namespace vitrine::access
