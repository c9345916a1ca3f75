#include "base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <atomic>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <ctime>
#include <memory>
#include <mutex>

#include "base/error.h"

namespace vitrine::log {
namespace {

thread_local std::string request_id_of_thread;

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug:
      return "DEBUG";
    case Level::info:
      return "INFO";
    case Level::warning:
      return "WARNING";
    case Level::error:
      return "ERROR";
    case Level::critical:
      return "CRITICAL";
  }
  return "INFO";
}

std::string_view color_of(Level level) {
  switch (level) {
    case Level::debug:
      return "\x1b[36m";
    case Level::info:
      return "\x1b[32m";
    case Level::warning:
      return "\x1b[33m";
    default:
      return "\x1b[31m";
  }
}

std::shared_ptr<spdlog::sinks::sink> stderr_sink() {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink->set_pattern("%v");
  return sink;
}

std::shared_ptr<spdlog::sinks::sink> file_sink(const std::string& path) {
  auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
  sink->set_pattern("%v");
  return sink;
}

/// Where lines go and how they look. Lines are written under the sink's own lock; `mutex` guards only its
/// exchange.
class Output {
 public:
  void open(const Settings& settings) {
    auto sink = settings.file.empty() ? stderr_sink() : file_sink(settings.file);
    const std::lock_guard lock(mutex_);
    settings_ = std::make_shared<const Settings>(settings);
    sink_ = std::move(sink);
    is_debug = settings.is_debug;
  }

  void reopen() {
    const auto settings = current().settings;
    if (settings->file.empty()) return;
    auto sink = file_sink(settings->file);
    const std::lock_guard lock(mutex_);
    sink_ = std::move(sink);
  }

  struct Current {
    std::shared_ptr<const Settings> settings;
    std::shared_ptr<spdlog::sinks::sink> sink;
  };
  Current current() {
    const std::lock_guard lock(mutex_);
    return {settings_, sink_};
  }

  std::atomic<bool> is_debug{false};

 private:
  std::mutex mutex_;
  std::shared_ptr<const Settings> settings_ = std::make_shared<const Settings>();
  std::shared_ptr<spdlog::sinks::sink> sink_ = stderr_sink();
};

Output& output() {
  // Never destroyed: other threads may still write while the process ends.
  static auto* const the_output = new Output;
  return *the_output;
}

struct Time {
  std::string text;
  int milliseconds;
};

Time now(const std::string& date_format) {
  const auto point = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(point);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::string text(128, '\0');
  text.resize(std::strftime(text.data(), text.size(), date_format.c_str(), &parts));
  const auto part = std::chrono::duration_cast<std::chrono::milliseconds>(point.time_since_epoch()) % 1000;
  return {text, static_cast<int>(part.count())};
}

/// Line breaks and other control characters would let a client forge log lines.
std::string one_line(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      safe += fmt::format("\\x{:02x}", byte);
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string text_line(const Settings& settings, Level level, std::string_view logger,
                      std::string_view message) {
  const Time time = now(settings.date_format);
  const std::string& id = request_id_of_thread;
  const bool is_colored = settings.has_color && settings.file.empty() && ::isatty(STDERR_FILENO) == 1;
  return fmt::format("{}.{:03} {} {}{}{} {} [{}] {}", time.text, time.milliseconds, ::getpid(),
                     is_colored ? color_of(level) : "", name_of(level), is_colored ? "\x1b[0m" : "", logger,
                     id.empty() ? "-" : id, one_line(message));
}

boost::json::object json_line(const Settings& settings, Level level, std::string_view logger,
                              std::string_view message) {
  const Time time = now(settings.date_format);
  return {{"asctime", fmt::format("{}.{:03}", time.text, time.milliseconds)},
          {"process", ::getpid()},
          {"levelname", name_of(level)},
          {"name", logger},
          {"request_id", request_id_of_thread},
          {"message", message}};
}

void put(spdlog::sinks::sink& sink, const std::string& line) {
  sink.log(spdlog::details::log_msg("", spdlog::level::info, line));
  sink.flush();
}

std::string access_text(const Access& a) {
  return fmt::format(R"({} - {} "{} {} {}" status: {} in: {} len: {} time: {:.7f} {})", a.client, a.user,
                     a.method, a.target, a.protocol, a.status, a.bytes_in, a.bytes_out, a.seconds, a.outcome);
}

}  // namespace

void open(const Settings& settings) {
  try {
    output().open(settings);
  } catch (const spdlog::spdlog_ex& error) {
    throw Error(
        ErrorCode::configuration,
        fmt::format("Cannot open the log file {}: {}. Create its directory or correct log_file/log_dir.",
                    settings.file, error.what()));
  }
}

void reopen() {
  try {
    output().reopen();
  } catch (const spdlog::spdlog_ex& error) {
    log::error("Cannot reopen the log file, keeping the old one: {}", error.what());
  }
}

void set_debug(bool is_debug) {
  output().is_debug = is_debug;
}

bool is_enabled(Level level) {
  return level != Level::debug || output().is_debug;
}

void flush() {
  output().current().sink->flush();
}

Scope::Scope(std::string request_id) : previous_(std::move(request_id)) {
  previous_.swap(request_id_of_thread);
}
Scope::~Scope() {
  request_id_of_thread.swap(previous_);
}

void write(Level level, std::string_view text) {
  if (!is_enabled(level)) return;
  const auto [settings, sink] = output().current();
  if (settings->is_json) {
    put(*sink, boost::json::serialize(json_line(*settings, level, "vitrine", text)));
  } else {
    put(*sink, text_line(*settings, level, "vitrine", text));
  }
}

void access(const Access& line) {
  const Scope scope(line.request_id);
  const auto [settings, sink] = output().current();
  if (!settings->is_json) {
    put(*sink, text_line(*settings, Level::info, "vitrine.access", access_text(line)));
    return;
  }
  boost::json::object object = json_line(*settings, Level::info, "vitrine.access", access_text(line));
  object["client"] = line.client;
  object["user"] = line.user;
  object["method"] = line.method;
  object["target"] = line.target;
  object["status"] = line.status;
  object["bytes_in"] = line.bytes_in;
  object["bytes_out"] = line.bytes_out;
  object["seconds"] = line.seconds;
  object["outcome"] = line.outcome;
  put(*sink, boost::json::serialize(object));
}

}  // namespace vitrine::log
