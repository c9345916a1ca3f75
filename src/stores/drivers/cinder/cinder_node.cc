#include "stores/drivers/cinder/cinder_node.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "base/text.h"

namespace vitrine::stores {
namespace {

/// glance_store says no more than this.
constexpr std::string_view device_start = "glance_store/";
/// Of proc(5)'s stat, counted behind the name in parentheses, which may hold anything.
constexpr std::size_t start_time_field = 19;

/// `PID-TIME`, which no two processes share as long as the machine runs; empty if there is no such process.
std::string mark_of(std::int64_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto end = text.rfind(')');
  if (end == std::string::npos) return {};
  const std::vector<std::string> fields = split(std::string_view(text).substr(end + 2), ' ');
  if (fields.size() <= start_time_field || fields[0] == "Z") return {};
  return fmt::format("{}-{}", process, fields[start_time_field]);
}

bool is_alive(std::string_view mark) {
  const auto process = parse_integer(mark.substr(0, mark.find('-')));
  return process && mark_of(*process) == mark;
}

}  // namespace

CinderNode::CinderNode(std::string host) : host_(std::move(host)), process_(mark_of(::getpid())) {}

std::string CinderNode::device() const {
  return fmt::format("{}{}/{}", device_start, host_, process_);
}

bool CinderNode::is_device_of_the_dead(std::string_view device) const {
  const std::string start = fmt::format("{}{}/", device_start, host_);
  return device.starts_with(start) && !is_alive(device.substr(start.size()));
}

std::map<std::string, std::string> CinderNode::upload_marks(const std::string& upload) const {
  return {{upload_host_key, host_}, {upload_process_key, process_}, {upload_key, upload}};
}

bool CinderNode::is_upload_of_the_dead(const std::map<std::string, std::string>& metadata) const {
  const auto host = metadata.find(upload_host_key);
  const auto process = metadata.find(upload_process_key);
  return host != metadata.end() && process != metadata.end() && host->second == host_ &&
         !is_alive(process->second);
}

}  // namespace vitrine::stores
