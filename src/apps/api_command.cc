#include <fmt/format.h>
#include <pthread.h>

#include <chrono>
#include <csignal>

#include "apps/commands.h"
#include "apps/configuration.h"
#include "apps/options.h"
#include "apps/service.h"
#include "base/error.h"
#include "base/log.h"
#include "config/reference.h"
#include "http/options.h"

namespace vitrine::apps {
namespace {

/// The signals that the main thread waits for. Blocked before any other thread exists, so that none of them
/// gets one.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    // Both are errors of a write to us: the client left, the file may not grow.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
  }

  int wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
    return signal;
  }

  /// The signal that comes within the time, or 0.
  int wait_for(std::chrono::milliseconds time) const {
    const timespec limit{.tv_sec = time.count() / 1000, .tv_nsec = (time.count() % 1000) * 1'000'000};
    const int signal = sigtimedwait(&set_, nullptr, &limit);
    return signal > 0 ? signal : 0;
  }

 private:
  sigset_t set_{};
};

void reload(const config::Search& search) {
  log::reopen();
  const auto fresh = read_configuration(search);
  try {
    fresh->require_valid();
    log::set_debug(fresh->get(debug));
    log::info("Log reopened; debug is {}. Other options count after a restart.",
              fresh->get(debug) ? "on" : "off");
  } catch (const Error& error) {
    log::error("Kept the old configuration: {}", error.what());
  }
}

/// Waits for the requests under way; a second signal ends the patience.
void drain(Service& service, const Signals& signals, std::chrono::seconds limit) {
  log::info("Stopping: no more requests are taken, those under way have {} s.", limit.count());
  constexpr std::chrono::milliseconds slice{100};
  const Deadline deadline = deadline_in(limit);
  while (!service.drain(deadline_in(slice))) {
    if (std::chrono::steady_clock::now() >= deadline || signals.wait_for(std::chrono::milliseconds{0}) != 0) {
      log::warning("Requests under way are cut off.");
      return;
    }
  }
}

void log_values(const config::Config& config) {
  if (!config.get(debug)) return;
  log::debug("Configuration files: {}", fmt::join(
                                            [&] {
                                              std::vector<std::string> names;
                                              for (const auto& file : config.files())
                                                names.push_back(file.string());
                                              return names;
                                            }(),
                                            ", "));
  for (const std::string& line : config::describe_values(config)) log::debug("{}", line);
}

}  // namespace

int run_api(const config::Search& search) {
  const Signals signals;
  const auto config = read_configuration(search);
  config->require_valid();
  open_log(*config, search.program);
  require_usable(*config);
  log_values(*config);
  Service service(*config);
  log::info("Serving the Image API on port {}.", fmt::join(service.ports(), ", "));
  for (;;) {
    if (signals.wait() != SIGHUP) break;
    reload(search);
  }
  drain(service, signals, std::chrono::seconds{config->get(http::drain_timeout)});
  return 0;
}

}  // namespace vitrine::apps
