#pragma once

#include <sys/types.h>

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "stores/drivers/bounded_calls.h"
#include "stores/drivers/mount_metadata.h"
#include "stores/place.h"

namespace vitrine::stores {

struct DataDirectory {
  std::string path;           ///< absolute, without a slash at the end
  std::int64_t priority = 0;  ///< higher ones are filled first

  bool operator==(const DataDirectory&) const = default;
};

/// How a file that is being written exists: without any name until it is complete, where the file system can
/// do that, or always under a hidden name.
enum class Unfinished { nameless_if_possible, hidden };

/// A file store's configuration, checked as far as that is possible without the file system.
struct FileSettings {
  std::vector<DataDirectory> directories;  ///< at least one, each once
  mode_t file_mode = 0;                    ///< 0: what the umask leaves
  std::size_t block_size = 65536;          ///< bytes
  bool is_thin = false;
  MountMetadata mounts;
  BoundedCalls::Limits limits;
  Unfinished unfinished = Unfinished::nameless_if_possible;
};

/// Reads a store's options from its group. Throws Error{configuration} that says which option is wrong.
FileSettings read_file_settings(const config::Config& config, std::string_view group);

/// Every option of the store that is wrong in itself. Touches no directory.
std::vector<config::Finding> check_file_settings(const config::Config& config, std::string_view group);

/// The options of a store of type `file`.
OptionList file_options();

/// Its directories.
std::vector<Place> file_places(const config::Config& config, std::string_view group);
std::vector<std::string> file_uri_prefixes(const config::Config& config, std::string_view group);
boost::json::object file_properties(const config::Config& config, std::string_view group);

/// The directories that the two options name, of which exactly one may be set. Throws Error{configuration}.
std::vector<DataDirectory> parse_data_directories(std::string_view one,
                                                  const std::vector<std::string>& several);

/// 640 is rw-r-----; 0 and less leave the mode to the umask. Throws Error{configuration}.
mode_t parse_file_mode(std::int64_t decimal_digits);

}  // namespace vitrine::stores
