#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <optional>

#include "apps/commands.h"
#include "apps/remote_file.h"
#include "base/error.h"
#include "base/log.h"

namespace {

using namespace vitrine;

/// Glance's own command names, and the words they stand for here.
struct Alias {
  std::string_view name;
  std::vector<std::string> words;
};

const std::vector<Alias>& aliases() {
  static const std::vector<Alias> table{
      {"glance-api", {"api"}},
      {"glance-manage", {}},  // its arguments start with `db`
      {"db_sync", {"db", "sync"}},
      {"db_version", {"db", "version"}},
      {"db_check", {"db", "check"}},
      {"db_upgrade", {"db", "upgrade"}},
      {"db_expand", {"db", "expand"}},
      {"db_migrate", {"db", "migrate"}},
      {"db_contract", {"db", "contract"}},
  };
  return table;
}

/// The words of the command line in our own terms: `glance-manage db_sync` is `db sync`, whether
/// glance-manage is the name of a link to this program or its first word.
std::vector<std::string> own_words(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  const std::string called = std::filesystem::path(argv[0]).filename();
  if (called.starts_with("glance-")) words.insert(words.begin(), called);
  std::vector<std::string> own;
  for (const std::string& word : words) {
    const auto alias =
        std::find_if(aliases().begin(), aliases().end(), [&](const Alias& a) { return a.name == word; });
    if (alias == aliases().end()) {
      if (&word == &words.front() && word.starts_with("glance-")) {
        throw Error(ErrorCode::configuration,
                    fmt::format("{} is not part of this version. Keep using Glance's for now.", word));
      }
      own.push_back(word);
    } else {
      own.insert(own.end(), alias->words.begin(), alias->words.end());
    }
  }
  return own;
}

/// --config-file and --config-dir in the order of the command line: a later value wins.
std::vector<config::Source> sources_in_order(const CLI::App& app, const CLI::Option* file,
                                             const CLI::Option* directory) {
  std::vector<config::Source> sources;
  std::size_t files = 0;
  std::size_t directories = 0;
  for (const CLI::Option* option : app.parse_order()) {
    if (option == file) {
      sources.push_back({config::Source::Kind::file, file->results().at(files++)});
    } else if (option == directory) {
      sources.push_back({config::Source::Kind::directory, directory->results().at(directories++)});
    }
  }
  return sources;
}

/// Adds the switches that override an option of the configuration.
void add_overrides(CLI::App& app, config::Search& search) {
  const auto set = [&search](const std::string& name) {
    return [&search, name](const std::string& value) { search.overrides.emplace_back(name, value); };
  };
  app.add_flag_callback(
      "-d,--debug", [&search] { search.overrides.emplace_back("debug", "true"); },
      "Write debug lines to the log");
  app.add_option_function<std::string>("--log-file", set("log_file"), "Log file");
  app.add_option_function<std::string>("--log-dir", set("log_dir"), "Directory of the log file");
  app.add_flag_callback(
      "--use-json", [&search] { search.overrides.emplace_back("use_json", "true"); },
      "Write the log as JSON");
}

class CommandLine {
 public:
  CommandLine() {
    app_.set_version_flag("--version", [] { return apps::version_text(VITRINE_VERSION); });
    app_.require_subcommand(1);
    app_.fallthrough();
    file_ = app_.add_option("--config-file", "Configuration file; may be repeated, a later one wins")
                ->allow_extra_args(false);
    directory_ = app_.add_option("--config-dir", "Directory of *.conf files; may be repeated")
                     ->allow_extra_args(false);
    for (CLI::Option* option : {file_, directory_})
      option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    add_overrides(app_, search_);
    search_.fetch_remote = apps::fetch_remote_file;
    add_commands();
  }

  int run(std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());  // as CLI11 wants them
    app_.parse(words);
    search_.sources = sources_in_order(app_, file_, directory_);
    return command_();
  }

  int explain(const CLI::ParseError& error) { return app_.exit(error); }

 private:
  void add(CLI::App& parent, const char* name, const char* help, const char* program,
           std::function<int()> command) {
    parent.add_subcommand(name, help)->fallthrough()->callback([this, program, command = std::move(command)] {
      search_.program = program;
      command_ = command;
    });
  }

  void add_commands() {
    add(app_, "api", "Serve the Image API", "glance-api", [this] { return apps::run_api(search_); });
    add_db_commands();
    CLI::App& config =
        *app_.add_subcommand("config", "Look after the configuration")->require_subcommand(1)->fallthrough();
    add(config, "check", "Print every fault of the configuration", "glance-api",
        [this] { return apps::run_config_check(search_); });
    add(config, "reference", "Print every option with its default and meaning", "glance-api",
        [this] { return apps::run_config_reference(format_); });
    config.get_subcommand("reference")
        ->add_option("--format", format_, "markdown or sample")
        ->check(CLI::IsMember({"markdown", "sample"}));
    add_store_commands();
    add_policy_commands();
  }

  void add_db_commands() {
    CLI::App& db =
        *app_.add_subcommand("db", "Look after the database")->require_subcommand(1)->fallthrough();
    const auto add_db = [&](const char* name, const char* help, std::function<int()> command) {
      add(db, name, help, "glance-manage", std::move(command));
    };
    add_db("sync", "Create the schema, or bring it to the newest revision",
           [this] { return apps::run_db_sync(search_); });
    add_db("version", "Print the schema's revision", [this] { return apps::run_db_version(search_); });
    add_db("check", "Say what the schema needs: nothing (0), expand (3) or contract (5)",
           [this] { return apps::run_db_check(search_); });
    add_db("upgrade", "Bring the schema to a revision",
           [this] { return apps::run_db_upgrade(search_, revision_); });
    add_db("expand", "Add what the newest revision has more, while older services run",
           [this] { return apps::run_db_expand(search_); });
    add_db("migrate", "Change rows that the newest revision wants otherwise; there are none",
           [this] { return apps::run_db_migrate(search_); });
    add_db("online_data_migrations", "The same as migrate", [this] { return apps::run_db_migrate(search_); });
    add_db("contract", "Take away what the newest revision has no more, when no older service runs",
           [this] { return apps::run_db_contract(search_); });
    // Of sync Glance takes a revision too, and brings the schema to the newest all the same.
    for (const char* name : {"sync", "upgrade"}) {
      db.get_subcommand(name)->add_option("--version,version", revision_,
                                          "Revision; the newest unless given");
    }
    add_purge_commands(db);
    add_copy_commands(db);
  }

  void add_purge_commands(CLI::App& db) {
    add(db, "purge", "Remove for good what was deleted, except images", "glance-manage", [this] {
      return apps::run_db_purge(search_, {age_in_days_.value_or("30"), max_rows_});
    });
    add(db, "purge_images_table", "Remove deleted images for good", "glance-manage", [this] {
      return apps::run_db_purge_images_table(search_, {age_in_days_.value_or("180"), max_rows_});
    });
    for (const char* name : {"purge", "purge_images_table"}) {
      CLI::App& command = *db.get_subcommand(name);
      command.add_option("--age_in_days", age_in_days_, "Days since it was deleted; 30, or 180 for images");
      command.add_option("--max_rows", max_rows_, "Most rows of each table; -1: all")->capture_default_str();
    }
  }

  void add_copy_commands(CLI::App& db) {
    add(db, "import-from", "Copy all rows of another database into this one, which must be empty",
        "glance-manage", [this] { return apps::run_db_import_from(search_, url_); });
    add(db, "export-to", "Copy all rows into another database, which must be empty", "glance-manage",
        [this] { return apps::run_db_export_to(search_, url_); });
    for (const char* name : {"import-from", "export-to"}) {
      db.get_subcommand(name)
          ->add_option("url", url_, "The other one, as in [database] connection; -: read from standard input")
          ->required();
    }
  }

  void add_store_commands() {
    CLI::App& store =
        *app_.add_subcommand("store", "Look after the stores")->require_subcommand(1)->fallthrough();
    add(store, "list", "Print how every store is, and what it holds", "glance-api",
        [this] { return apps::run_store_list(search_, as_json_); });
    add(store, "show", "Print everything about a store", "glance-api",
        [this] { return apps::run_store_show(search_, store_id_, as_json_); });
    add(store, "check", "Write, read and remove a probe in a store", "glance-api",
        [this] { return apps::run_store_check(search_, store_id_); });
    add(store, "drivers", "Print for which types of stores this installation has a driver", "glance-api",
        [] { return apps::run_store_drivers(); });
    for (const char* name : {"show", "check"})
      store.get_subcommand(name)->add_option("id", store_id_, "Id of the store")->required();
    for (const char* name : {"list", "show"})
      store.get_subcommand(name)->add_flag("--json", as_json_, "Print JSON, amounts in bytes");
  }

  void add_policy_commands() {
    CLI::App& policy =
        *app_.add_subcommand("policy", "Look after the policy")->require_subcommand(1)->fallthrough();
    add(policy, "check", "Print every fault of the policy files, and who may do what", "glance-api",
        [this] { return apps::run_policy_check(search_, visibility_); });
    policy.get_subcommand("check")
        ->add_option("--visibility", visibility_, "Of the image that is asked about; private unless given")
        ->check(CLI::IsMember({"private", "shared", "community", "public"}));
    add(policy, "reference", "Print every policy rule with its default and meaning", "glance-api",
        [] { return apps::run_policy_reference(); });
  }

  CLI::App app_{"Vitrine, an image service for OpenStack"};
  config::Search search_;
  CLI::Option* file_ = nullptr;
  CLI::Option* directory_ = nullptr;
  std::string format_ = "markdown";
  std::string store_id_;
  std::string url_;
  std::string visibility_ = "private";
  std::string revision_ = "heads";
  std::optional<std::string> age_in_days_;
  std::string max_rows_ = "100";
  bool as_json_ = false;
  std::function<int()> command_;
};

}  // namespace

int main(int argc, char** argv) {
  CommandLine command_line;
  try {
    return command_line.run(own_words(argc, argv));
  } catch (const CLI::ParseError& error) {
    return command_line.explain(error);
  } catch (const std::exception& error) {
    log::flush();
    fmt::print(stderr, "vitrine: {}\n", error.what());
    return 1;
  }
}
