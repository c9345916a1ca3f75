#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The log of the process. It is the one process-wide object (docs/decisions/0002): any thread may write at
/// any time; before open() lines go to standard error. Never pass tokens, keys or location URLs.
namespace vitrine::log {

enum class Level { debug, info, warning, error, critical };

struct Settings {
  std::string file;  ///< empty: standard error
  bool is_json = false;
  bool is_debug = false;
  bool has_color = false;                         ///< colour level names on a terminal
  std::string date_format = "%Y-%m-%d %H:%M:%S";  ///< strftime(3)
};

/// Starts writing as the settings say. Throws Error{configuration} if the file cannot be opened.
void open(const Settings& settings);

/// Opens the log file anew, after it was rotated away. Keeps the old one if that fails.
void reopen();

void set_debug(bool is_debug);
bool is_enabled(Level level);

/// Writes everything out; called before the process ends.
void flush();

/// Puts a request id into every line that this thread writes while the object lives.
class Scope {
 public:
  explicit Scope(std::string request_id);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  std::string previous_;
};

/// One answered request, for the access log.
struct Access {
  std::string request_id;
  std::string client;  ///< address
  std::string user;    ///< user and project id, or "-"
  std::string method;
  std::string target;    ///< path and query as sent
  std::string protocol;  ///< "HTTP/1.1"
  int status = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  double seconds = 0;
  std::string_view outcome = "complete";  ///< or "client left", "cut short", …
};
void access(const Access& line);

void write(Level level, std::string_view text);

template <class... Args>
void write_formatted(Level level, fmt::format_string<Args...> format, Args&&... args) {
  if (is_enabled(level)) write(level, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  write_formatted(Level::debug, format, std::forward<Args>(args)...);
}
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  write_formatted(Level::info, format, std::forward<Args>(args)...);
}
template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  write_formatted(Level::warning, format, std::forward<Args>(args)...);
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  write_formatted(Level::error, format, std::forward<Args>(args)...);
}

}  // namespace vitrine::log
