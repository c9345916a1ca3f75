#include "apps/service.h"

#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "access/policy.h"
#include "access/policy_server.h"
#include "access/property_protections.h"
#include "api/pipeline.h"
#include "apps/guard.h"
#include "apps/metrics_page.h"
#include "apps/options.h"
#include "apps/project_limits.h"
#include "apps/settings.h"
#include "catalog/catalog.h"
#include "catalog/options.h"
#include "fetch/options.h"
#include "http/server.h"
#include "images/options.h"
#include "images/recovery.h"
#include "imports/options.h"
#include "imports/recovery.h"
#include "imports/sweep.h"
#include "stores/store_config.h"
#include "threads/options.h"

namespace vitrine::apps {
namespace {

/// Every connection and every file under way is a descriptor; the usual soft limit of 1,024 is for older
/// programs.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// A quarter of the memory is for clients that take what they get.
threads::BufferPools download_buffers_of(const config::Config& config) {
  const std::int64_t small = config.get(threads::download_buffer_size);
  const std::int64_t large = config.get(threads::buffer_size);
  const std::int64_t memory = config.get(threads::download_buffer_memory);
  const std::int64_t for_large = large > small ? memory / 4 : 0;
  return {
      {.buffer_size = static_cast<std::size_t>(large), .count = static_cast<std::size_t>(for_large / large)},
      {.buffer_size = static_cast<std::size_t>(small),
       .count = threads::buffer_count(memory - for_large, small)}};
}

}  // namespace

struct Service::State {
  explicit State(const config::Config& config)
      : buffers(static_cast<std::size_t>(config.get(threads::buffer_size)),
                threads::buffer_count(config.get(threads::buffer_memory), config.get(threads::buffer_size))),
        download_buffers(download_buffers_of(config)),
        uploads(journal_directory(config, "uploads")),
        removals(journal_directory(config, "removals")),
        import_journal(journal_directory(config, "imports")),
        catalog(catalog::settings_of(config), clock),
        stores(stores::build_stores(config, metrics, own_staging_directory(config))),
        settings(api_settings(config)),
        schema(settings.container_formats, settings.disk_formats, api::read_operator_schema(config)),
        project_limits(make_project_limits(config, clock)),
        quotas(catalog, *project_limits.limits),
        admission(fetch::admission_of(config)),
        resources{.catalog = catalog,
                  .stores = *stores,
                  .uploads = uploads,
                  .removals = removals,
                  .quotas = quotas,
                  .digests = digests,
                  .buffers = buffers,
                  .download_buffers = download_buffers,
                  .admission = admission},
        limits(image_limits(config)),
        images(resources, limits),
        sharing(resources, config.get(images::image_member_quota)),
        tasks(catalog, clock, std::chrono::hours{config.get(images::task_time_to_live)}),
        staging(stores->reserved()),
        import_settings(apps::import_settings(config)),
        means{.resources = resources,
              .limits = limits,
              .tasks = tasks,
              .journal = import_journal,
              .unsettled = unsettled,
              .staging = staging,
              .settings = import_settings},
        downloader(fetch::download_settings_of(config, proxies_of_environment()), admission, buffers),
        guard(make_guard(config, clock, metrics)),
        imports(means, clock,
                {.downloader = downloader, .admission = admission, .keystone = guard.session.get()},
                task_runner),
        location_imports(means, clock, task_runner),
        client_tasks(means, {.downloader = downloader, .admission = admission}, task_runner),
        other_nodes(node_client_settings(config), import_settings.node_url),
        identity_headers(guard.identification->identifying_headers()),
        policy(config, access::ask_policy_servers(config)),
        protections(config),
        services{.images = images,
                 .sharing = sharing,
                 .tasks = tasks,
                 .imports = imports,
                 .location_imports = location_imports,
                 .client_tasks = client_tasks,
                 .other_nodes = other_nodes,
                 .identity_headers = identity_headers,
                 .stores = *stores,
                 .settings = settings,
                 .image_schema = schema,
                 .metrics = metrics},
        pipeline(services,
                 {.identification = *guard.identification, .policy = policy, .protections = protections},
                 {.requests = requests, .transfers = transfers}),
        metrics_page(metrics, requests),
        requests("requests", static_cast<std::size_t>(config.get(threads::request_threads))),
        transfers("transfers", static_cast<std::size_t>(config.get(threads::transfer_threads))),
        digests("digests", threads::digest_thread_count(config.get(threads::digest_threads))),
        task_runner(static_cast<std::size_t>(config.get(imports::task_pool_threads)),
                    import_settings.heartbeat) {
    images::recover(resources);
    imports::recover(means);
    sweeper.emplace(means, clock);
    if (const http::ServerSettings page = metrics_server_settings(config); !page.endpoints.empty()) {
      metrics_server = std::make_unique<http::Server>(page, metrics_page, buffers);
    }
    server = std::make_unique<http::Server>(server_settings(config), pipeline, buffers);
  }

  /// Where staged data goes if the configuration names no place. Glance would use one below /tmp, where
  /// anybody may have made it.
  static std::filesystem::path own_staging_directory(const config::Config& config) {
    return std::filesystem::path(config.get(state_dir)) / "staging";
  }

  static fetch::Proxies proxies_of_environment() {
    return fetch::proxies_of([](const std::string& name) -> std::optional<std::string> {
      const char* value = std::getenv(name.c_str());
      return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    });
  }

  static std::filesystem::path journal_directory(const config::Config& config, std::string_view name) {
    return std::filesystem::path(config.get(state_dir)) / name;
  }

  SystemClock clock;
  Metrics metrics;
  threads::BufferPool buffers;
  threads::BufferPools download_buffers;
  transfer::Journal uploads;
  transfer::Journal removals;
  transfer::Journal import_journal;
  imports::Unsettled unsettled;
  catalog::Catalog catalog;
  std::unique_ptr<stores::StoreSet> stores;
  api::ApiSettings settings;
  api::ImageSchema schema;
  ProjectLimiting project_limits;
  images::Quotas quotas;
  fetch::Admission admission;
  images::Resources resources;
  images::Limits limits;
  images::Images images;
  images::Sharing sharing;
  images::Tasks tasks;
  imports::Staging staging;
  imports::ImportSettings import_settings;
  imports::Means means;
  fetch::Downloader downloader;
  Guard guard;
  imports::Imports imports;
  imports::LocationImports location_imports;
  imports::ClientTasks client_tasks;
  imports::OtherNodes other_nodes;
  std::vector<std::string> identity_headers;
  access::Policy policy;
  access::LiveProtections protections;
  api::Services services;
  api::Pipeline pipeline;
  MetricsPage metrics_page;
  // Below everything that their tasks use, so that they are joined before it is gone.
  threads::WorkerPool requests;
  threads::WorkerPool transfers;
  threads::WorkerPool digests;
  imports::TaskRunner task_runner;
  std::optional<imports::Sweeper> sweeper;
  std::unique_ptr<http::Server> metrics_server;
  std::unique_ptr<http::Server> server;
};

Service::Service(const config::Config& config) {
  raise_descriptor_limit();
  state_ = std::make_unique<State>(config);
}

Service::~Service() = default;

std::vector<std::uint16_t> Service::ports() const {
  return state_->server->ports();
}

bool Service::drain(Deadline deadline) {
  return state_->server->drain(deadline) && state_->task_runner.drain(deadline);
}

}  // namespace vitrine::apps
