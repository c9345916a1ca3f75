#pragma once

#include <map>
#include <string>
#include <string_view>

namespace vitrine::stores {

/// This process among those that use Cinder: what it writes on attachments and unfinished volumes, so that a
/// later one can tell what a dead one of this host has left.
class CinderNode {
 public:
  explicit CinderNode(std::string host);

  const std::string& host() const { return host_; }
  /// What an attachment says that the volume is on its host.
  std::string device() const;
  /// Whether a process of this host that is not alive has named the device so.
  bool is_device_of_the_dead(std::string_view device) const;

  /// What the metadata of an unfinished volume says beside what is to stay.
  std::map<std::string, std::string> upload_marks(const std::string& upload) const;
  /// Whether it is one of a process of this host that is not alive.
  bool is_upload_of_the_dead(const std::map<std::string, std::string>& metadata) const;

 private:
  const std::string host_;
  const std::string process_;
};

/// The keys of the marks: host, process, and the upload's own id.
inline constexpr const char* upload_host_key = "vitrine_host";
inline constexpr const char* upload_process_key = "vitrine_process";
inline constexpr const char* upload_key = "vitrine_upload";

}  // namespace vitrine::stores
