#include "imports/sandboxed_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>

#include "base/error.h"
#include "base/fd.h"
#include "base/log.h"

namespace vitrine::imports {
namespace {

constexpr std::size_t most_output = std::size_t{1} << 20;
constexpr std::size_t most_complaint = 4096;
constexpr int status_descriptor = 3;  // in the child

/// What the child says of itself before it becomes the program.
struct Report {
  bool has_network = false;
  int start_error = 0;  // errno; 0: it was started
};

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error(errno, "make a pipe");
    out = UniqueFd(ends[0]);
    in = UniqueFd(ends[1]);
  }

  UniqueFd out;
  UniqueFd in;
};

/// All that the child needs. Made before fork(): after it, in a process of many threads, memory may not be
/// asked for any more.
struct Preparation {
  const char* program;
  std::vector<char*> arguments;
  ProcessLimits limits;
  int null;
  int output;
  int complaint;
  int report;
};

void limit(int resource, const std::optional<std::uint64_t>& value) {
  if (!value) return;
  const struct rlimit both { *value, *value };
  ::setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

bool leave_network() {
  return ::unshare(CLONE_NEWNET) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
}

/// Only system calls in here.
[[noreturn]] void become_program(const Preparation& prepared) {
  ::setpgid(0, 0);
  Report report;
  report.has_network = !leave_network();
  ::dup2(prepared.null, STDIN_FILENO);
  ::dup2(prepared.output, STDOUT_FILENO);
  ::dup2(prepared.complaint, STDERR_FILENO);
  ::dup2(prepared.report, status_descriptor);
  ::fcntl(status_descriptor, F_SETFD, FD_CLOEXEC);
  ::close_range(status_descriptor + 1, ~0u, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, static_cast<std::uint64_t>(prepared.limits.cpu.count()));
  limit(RLIMIT_FSIZE, prepared.limits.file_size);
  limit(RLIMIT_AS, prepared.limits.address_space);
  if (::write(status_descriptor, &report, sizeof report) != sizeof report) ::_exit(126);
  std::array<char*, 1> no_environment{nullptr};
  ::execve(prepared.program, prepared.arguments.data(), no_environment.data());
  report.start_error = errno;
  if (::write(status_descriptor, &report, sizeof report) != sizeof report) ::_exit(126);
  ::_exit(127);
}

/// A child process, which is gone when this is.
class Child {
 public:
  explicit Child(const Preparation& prepared) : id_(::fork()) {
    if (id_ < 0) throw system_error(errno, "start a process");
    if (id_ == 0) become_program(prepared);
    ::setpgid(id_, id_);  // whoever comes first
  }
  ~Child() {
    if (!is_gone_) {
      end();
      wait();
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void end() const { ::kill(-id_, SIGKILL); }

  int wait() {
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
    is_gone_ = true;
    ::kill(-id_, SIGKILL);  // what it may have left running
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  const pid_t id_;
  bool is_gone_ = false;
};

/// A pipe's end that is read as far as the text may get; the rest is thrown away.
struct Reader {
  UniqueFd pipe;
  std::string* text;
  std::size_t bound;

  void read_some() {
    std::array<char, 16384> block{};
    const ssize_t count = ::read(pipe.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) return;
    if (count <= 0) return pipe.reset();
    text->append(block.data(), std::min(static_cast<std::size_t>(count), bound - text->size()));
  }
};

void read_all(std::array<Reader, 3>& readers, const std::stop_token& stop) {
  constexpr int milliseconds = 100;  // until it is seen that stop was asked for
  const auto is_open = [](const Reader& reader) { return static_cast<bool>(reader.pipe); };
  while (std::ranges::any_of(readers, is_open)) {
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "The import was cancelled.");
    std::array<pollfd, 3> polled{};
    for (std::size_t i = 0; i < readers.size(); ++i) polled[i] = {readers[i].pipe.get(), POLLIN, 0};
    if (::poll(polled.data(), polled.size(), milliseconds) <= 0) continue;
    for (std::size_t i = 0; i < readers.size(); ++i) {
      if (polled[i].revents != 0) readers[i].read_some();
    }
  }
}

void heed(const std::string& reports, const std::filesystem::path& program) {
  Report report;
  for (std::size_t at = 0; at + sizeof report <= reports.size(); at += sizeof report) {
    std::copy_n(reports.data() + at, sizeof report, reinterpret_cast<char*>(&report));
  }
  if (report.start_error != 0) throw system_error(report.start_error, "run " + program.string());
  static std::atomic<bool> is_told = false;
  if (report.has_network && !is_told.exchange(true)) {
    log::warning("{} runs with the network at hand, as the kernel does not let it be taken away.",
                 program.string());
  }
}

}  // namespace

std::optional<std::filesystem::path> find_program(std::string_view name) {
  for (const char* directory : {"/usr/local/bin", "/usr/bin", "/bin"}) {
    std::filesystem::path path = std::filesystem::path(directory) / name;
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

ProcessOutcome run_sandboxed(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                             const ProcessLimits& limits, const std::stop_token& stop) {
  ProcessOutcome outcome;
  std::string reports;
  Pipe output;
  Pipe complaint;
  Pipe report;
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  std::vector<std::string> words = arguments;
  words.insert(words.begin(), program.string());
  Preparation prepared{.program = program.c_str(),
                       .arguments = {},
                       .limits = limits,
                       .null = null.get(),
                       .output = output.in.get(),
                       .complaint = complaint.in.get(),
                       .report = report.in.get()};
  for (std::string& word : words) prepared.arguments.push_back(word.data());
  prepared.arguments.push_back(nullptr);
  Child child(prepared);
  for (Pipe* pipe : {&output, &complaint, &report}) pipe->in.reset();
  std::array<Reader, 3> readers{Reader{std::move(output.out), &outcome.output, most_output},
                                Reader{std::move(complaint.out), &outcome.complaint, most_complaint},
                                Reader{std::move(report.out), &reports, 2 * sizeof(Report)}};
  read_all(readers, stop);
  outcome.exit_status = child.wait();
  heed(reports, program);
  return outcome;
}

}  // namespace vitrine::imports
