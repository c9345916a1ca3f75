#pragma once

#include <memory>
#include <vector>

#include "config/config.h"

namespace vitrine::apps {

/// Everything that is wrong or worth knowing with a configuration, of all rooms, in the order of its files;
/// nothing is opened or created for it but directories and files that are looked at.
std::vector<config::Finding> check_configuration(const config::Config& config);

/// The configuration as every command reads it. Faults are findings, not exceptions.
std::unique_ptr<config::Config> read_configuration(const config::Search& search);

/// Throws Error{configuration} that lists every error; logs the warnings.
void require_usable(const config::Config& config);

/// Opens the log as the configuration says; `program` names the file when only a directory is given.
void open_log(const config::Config& config, const std::string& program);

}  // namespace vitrine::apps
