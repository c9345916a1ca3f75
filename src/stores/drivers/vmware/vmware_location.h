#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vitrine::stores {

/// A file on a datastore, and the server that knows it: `vsphere://host/folder/path?dsName=…&dcPath=…`. As
/// with Glance the path is written as it is, but for those characters that would end it.
struct VmwareLocation {
  std::string host;                       ///< with its port, if that is written
  std::string path;                       ///< on the datastore: "openstack_glance/id"
  std::string datastore = {};             ///< its name
  std::optional<std::string> datacenter;  ///< its inventory path; ESX needs none

  bool operator==(const VmwareLocation&) const = default;
};

/// Throws Error{invalid} for what is not one.
VmwareLocation parse_vmware_location(std::string_view uri);

std::string to_uri(const VmwareLocation& location);

/// What is asked for at the server: path and query of a URI.
std::string request_target(const VmwareLocation& location);

/// Whether the text names a file or folder: names between single slashes, none of them "." or "..".
bool is_datastore_path(std::string_view path);

}  // namespace vitrine::stores
