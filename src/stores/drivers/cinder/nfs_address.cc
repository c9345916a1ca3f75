#include <fmt/format.h>

#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/text.h"
#include "stores/drivers/cinder/cinder_documents.h"
#include "stores/drivers/cinder/nfs_volume.h"

namespace vitrine::stores {
namespace {

/// An option of mount(8), and the parameter that libnfs has for it.
struct MountOption {
  std::string_view name;
  std::string_view parameter;
};

constexpr MountOption mount_options[] = {{"port", "nfsport"}, {"mountport", "mountport"}};

void require_version_3(std::string_view name, std::string_view value) {
  if ((name != "vers" && name != "nfsvers") || value.starts_with('3')) return;
  throw Error(
      ErrorCode::not_supported,
      fmt::format("The volume is to be reached by version {} of NFS; this service writes over version "
                  "3 only. Let the back end's nfs_mount_options say vers=3.",
                  value));
}

/// `-o vers=3,port=2049,…`, of which only some mean anything outside the kernel.
std::string query_of(std::string_view text) {
  text = trim(text);
  if (text.starts_with("-o")) text = trim(text.substr(2));
  std::vector<std::string> query;
  for (const std::string& option : split(text, ',')) {
    const auto equals = option.find('=');
    if (equals == std::string::npos) continue;
    const std::string_view name(option.data(), equals);
    const std::string value = option.substr(equals + 1);
    require_version_3(name, value);
    for (const MountOption& known : mount_options) {
      if (name == known.name && parse_unsigned(value))
        query.push_back(fmt::format("{}={}", known.parameter, value));
    }
  }
  return join(query, "&");
}

}  // namespace

NfsAddress read_nfs_connection(const boost::json::object& connection) {
  if (const std::string format = text_of_member(connection, "format"); !format.empty() && format != "raw") {
    throw Error(
        ErrorCode::not_supported,
        fmt::format("The volume is a file of format {}, and this service writes raw volumes only. Unset "
                    "nfs_qcow2_volumes of the back end, or set cinder_volume_type to another type.",
                    format));
  }
  const std::string share = text_of_member(connection, "export");
  const auto colon = share.rfind(":/");
  const std::string name = text_of_member(connection, "name");
  if (colon == std::string::npos || colon == 0 || name.empty() || name.find('/') != std::string::npos) {
    throw Error(ErrorCode::unavailable, "Cinder's connection_info names no file of an NFS server");
  }
  std::string server = share.substr(0, colon);
  if (server.starts_with('[') && server.ends_with(']')) server = server.substr(1, server.size() - 2);
  return {.server = server,
          .folder = share.substr(colon + 1),
          .file = "/" + name,
          .query = query_of(text_of_member(connection, "options"))};
}

}  // namespace vitrine::stores
