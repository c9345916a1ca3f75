#pragma once

#include <string>
#include <string_view>

#include "config/config.h"

namespace vitrine::apps {

/// Runs the service until SIGTERM or SIGINT. SIGHUP reopens the log and re-reads what is reloadable.
int run_api(const config::Search& search);

/// The commands of glance-manage, with its exit codes.
int run_db_sync(const config::Search& search);
int run_db_version(const config::Search& search);
/// 0 if the schema is at the head revision, 3 if `db expand` is the next step, 5 if `db contract` is.
int run_db_check(const config::Search& search);
int run_db_expand(const config::Search& search);
int run_db_migrate(const config::Search& search);
int run_db_contract(const config::Search& search);
int run_db_upgrade(const config::Search& search, const std::string& revision);

/// As they stand on the command line.
struct PurgeWords {
  std::string age_in_days;
  std::string max_rows;
};

int run_db_purge(const config::Search& search, const PurgeWords& words);
int run_db_purge_images_table(const config::Search& search, const PurgeWords& words);

/// Copy all rows of the database that the URL names into the configured one, or the other way round. "-": the
/// URL is the first line of the standard input.
int run_db_import_from(const config::Search& search, const std::string& url);
int run_db_export_to(const config::Search& search, const std::string& url);

/// Prints every fault of the configuration; 1 if one of them would keep the service from starting.
int run_config_check(const config::Search& search);

/// Prints every option: "markdown" or "sample".
int run_config_reference(const std::string& format);

/// Prints how each store is, and what it holds; 1 if one of them is down.
int run_store_list(const config::Search& search, bool as_json);
int run_store_show(const config::Search& search, const std::string& id, bool as_json);

/// Tries a store with a blob of its own that is gone afterwards; 1 if the store does not work.
int run_store_check(const config::Search& search, const std::string& id);

/// Prints for each type of stores whether there is a driver, and which URIs it reads; 1 if one that is
/// installed cannot be loaded.
int run_store_drivers();

/// What `--version` prints: the version, and the types of stores that there are drivers for.
std::string version_text(std::string_view version);

/// Prints what is wrong with the policy files, and which rules let whom do what to an image of this
/// visibility; 1 if a service would not start with these files.
int run_policy_check(const config::Search& search, const std::string& visibility);

/// Prints every policy rule with its default.
int run_policy_reference();

}  // namespace vitrine::apps
