#include "http/options.h"

namespace vitrine::http {

OptionList options() {
  return {&bind_host,       &bind_port,       &backlog,
          &workers,         &tcp_keepidle,    &client_socket_timeout,
          &http_keepalive,  &max_header_line, &cert_file,
          &key_file,        &ca_file,         &io_threads,
          &max_header_size, &max_json_body,   &header_timeout,
          &idle_timeout,    &drain_timeout,   &min_body_rate};
}

}  // namespace vitrine::http
