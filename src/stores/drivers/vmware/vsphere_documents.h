#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The SOAP that a vSphere server and its clients send each other, as far as stores need it.
namespace vitrine::stores {

/// Bytes; a document that is longer is cut off there.
inline constexpr std::size_t vsphere_document_limit = std::size_t{16} << 20;

/// A managed object. Its id means something to the server only.
struct VsphereObject {
  std::string type;
  std::string id;

  bool operator==(const VsphereObject&) const = default;
};

/// Where the server's services are.
struct VsphereServices {
  VsphereObject sessions;
  VsphereObject properties;
  VsphereObject search;
  VsphereObject files;
};

// What is asked for.

std::string ask_for_services();
std::string ask_to_log_in(const VsphereServices& services, std::string_view user, std::string_view password);
std::string ask_to_log_out(const VsphereServices& services);
std::string ask_for_object_at(const VsphereServices& services, std::string_view inventory_path);
/// All datastores of a datacenter.
std::string ask_for_datastores(const VsphereServices& services, const VsphereObject& datacenter);
/// The next page of an answer that had a token.
std::string ask_for_more(const VsphereServices& services, std::string_view token);
std::string ask_for_task(const VsphereServices& services, const VsphereObject& task);

/// A file on a datastore of a datacenter.
struct VsphereFile {
  VsphereObject datacenter;  ///< none: that of an ESX host
  std::string path;          ///< "[datastore] folder/name"
};
std::string ask_to_delete(const VsphereServices& services, const VsphereFile& file);
/// Replaces nothing.
std::string ask_to_move(const VsphereServices& services, const VsphereFile& file, std::string_view new_path);
/// The files of a folder, "[datastore] folder", whose names are like the pattern.
std::string ask_for_files(const VsphereObject& browser, std::string_view folder, std::string_view pattern);

// What is answered.

/// Why something was refused.
struct VsphereFault {
  std::string kind;  ///< "NotAuthenticated"
  std::string text;
};

/// Kind of the fault that says so.
inline constexpr std::string_view vsphere_session_over = "NotAuthenticated";

/// The fault that the document is, or that the session is over, which may be said in an answer's place of a
/// property; nothing if all is well.
std::optional<VsphereFault> parse_fault(std::string_view document);

/// Whether the document returns anything.
bool has_value(std::string_view document);

std::optional<VsphereServices> parse_services(std::string_view document);
std::optional<VsphereObject> parse_object(std::string_view document);

struct VsphereDatastore {
  std::string name;
  VsphereObject browser;
  bool is_accessible = true;
  std::uint64_t capacity = 0;  ///< bytes, as is the next
  std::uint64_t free = 0;
};
struct VsphereDatastoreList {
  std::vector<VsphereDatastore> datastores;
  std::string token;  ///< by which more is had; empty: this is all
};
VsphereDatastoreList parse_datastores(std::string_view document);

struct VsphereTask {
  std::string state;                  ///< "queued", "running", "success", "error"
  std::optional<VsphereFault> fault;  ///< of an error
  std::vector<std::string> files;     ///< that a search has found; folders are none
};
/// Nothing if the document is not about a task.
std::optional<VsphereTask> parse_task(std::string_view document);

}  // namespace vitrine::stores
