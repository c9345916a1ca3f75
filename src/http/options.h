#pragma once

#include "base/option.h"

/// The options that say how the HTTP server listens and what it puts up with. apps/ makes ServerSettings of
/// them.
namespace vitrine::http {

inline const Option<std::string> bind_host{
    .name = "bind_host",
    .fallback = "0.0.0.0",
    .help = "Address to listen on: IPv4, IPv6 or a name. \"::\" listens on both families.",
};

inline const Option<std::int64_t> bind_port{
    .name = "bind_port",
    .fallback = 9292,
    .help = "Port to listen on.",
    .min = 0,
    .max = 65535,
};

inline const Option<std::int64_t> backlog{
    .name = "backlog",
    .fallback = 4096,
    .help = "How many connections may wait to be accepted.",
    .min = 1,
    .max = 1 << 20,
};

inline const Option<std::optional<std::int64_t>> workers{
    .name = "workers",
    .help = "Accepted and ignored: one process serves with threads, see [vitrine] io_threads.",
    .min = 0,
};

inline const Option<std::int64_t> tcp_keepidle{
    .name = "tcp_keepidle",
    .fallback = 600,
    .help = "Seconds of silence after which TCP probes whether a client is still there.",
    .min = 1,
    .max = 32767,
};

inline const Option<std::int64_t> client_socket_timeout{
    .name = "client_socket_timeout",
    .fallback = 900,
    .help = "Seconds without any progress after which a body under way is given up. 0 means a day.",
    .min = 0,
    .max = 86400,
};

inline const Option<bool> http_keepalive{
    .name = "http_keepalive",
    .fallback = true,
    .help = "Whether a connection may carry more than one request.",
};

inline const Option<std::int64_t> max_header_line{
    .name = "max_header_line",
    .fallback = 16384,
    .help = "Accepted and ignored: the limit is [vitrine] max_header_size, for all headers together.",
    .min = 0,
};

inline const Option<std::optional<std::string>> cert_file{
    .name = "cert_file",
    .help = "Certificate of this server with its chain, in PEM. Together with key_file it turns TLS on.",
};

inline const Option<std::optional<std::string>> key_file{
    .name = "key_file",
    .help = "Private key of the certificate, in PEM.",
};

inline const Option<std::optional<std::string>> ca_file{
    .name = "ca_file",
    .help = "Authorities in PEM, one of which must have signed the client's certificate. Needs cert_file.",
};

inline const Option<std::optional<std::int64_t>> io_threads{
    .name = "io_threads",
    .group = "vitrine",
    .help = "Threads that serve sockets. Unset: half the processor cores, at least one.",
    .min = 1,
    .max = 256,
};

inline const Option<std::int64_t> max_header_size{
    .name = "max_header_size",
    .group = "vitrine",
    .fallback = 65536,
    .help = "Largest request line and headers together, in bytes. More is answered with 431.",
    .min = 1024,
    .max = 1 << 20,
};

inline const Option<std::int64_t> max_json_body{
    .name = "max_json_body",
    .group = "vitrine",
    .fallback = 16777216,
    .help = "Largest request body that is not image data, in bytes. More is answered with 413.",
    .min = 1024,
    .max = 1 << 30,
};

inline const Option<std::int64_t> header_timeout{
    .name = "header_timeout",
    .group = "vitrine",
    .fallback = 60,
    .help = "Seconds that a client may take to send a request's headers once it began.",
    .min = 1,
    .max = 86400,
};

inline const Option<std::int64_t> idle_timeout{
    .name = "idle_timeout",
    .group = "vitrine",
    .fallback = 75,
    .help = "Seconds that a connection is kept open between two requests.",
    .min = 1,
    .max = 86400,
};

inline const Option<std::int64_t> drain_timeout{
    .name = "drain_timeout",
    .group = "vitrine",
    .fallback = 60,
    .help = "Seconds that requests under way get to end when the service is told to stop.",
    .min = 0,
    .max = 86400,
};

inline const Option<std::int64_t> min_body_rate{
    .name = "min_body_rate",
    .group = "vitrine",
    .fallback = 64,
    .help =
        "Bytes per second, on average over client_socket_timeout, below which a body is given up as too "
        "slow.",
    .min = 0,
};

OptionList options();

}  // namespace vitrine::http
