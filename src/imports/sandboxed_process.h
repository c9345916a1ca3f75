#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::imports {

/// What a program may use before the kernel ends it.
struct ProcessLimits {
  std::chrono::seconds cpu;
  std::optional<std::uint64_t> address_space = {};  ///< bytes
  std::optional<std::uint64_t> file_size = {};      ///< bytes of each file that it writes
};

struct ProcessOutcome {
  int exit_status = 0;    ///< 128 + the signal if one ended it
  std::string output;     ///< what it printed, one MiB at most
  std::string complaint;  ///< what it wrote to standard error, 4 KiB at most
};

/// Where the program lies, looked for where distributions put programs, not in $PATH; nothing if it is not
/// installed.
std::optional<std::filesystem::path> find_program(std::string_view name);

/// Runs a program to its end: no shell, no environment, nothing to read, no open files, and no network where
/// the kernel allows to take it away. The program and its children are ended when stop is asked for. Throws
/// Error{cancelled} then, Error{internal} if it cannot be started. Blocks; may be called on any thread.
ProcessOutcome run_sandboxed(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                             const ProcessLimits& limits, const std::stop_token& stop);

}  // namespace vitrine::imports
