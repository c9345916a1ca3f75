#include "access/pipeline_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "access/options.h"
#include "access/paste_file.h"
#include "config/value.h"

namespace vitrine::access {
namespace {

using config::Finding;

/// What a filter of Glance's means to this service.
enum class Role { built_in, cache, tokens, headers, nobody };

struct FactoryRow {
  std::string_view factory;
  Role role;
};

constexpr FactoryRow factory_table[] = {
    {"glance.api.middleware.context:UnauthenticatedContextMiddleware.factory", Role::nobody},
    {"glance.api.middleware.context:ContextMiddleware.factory", Role::headers},
    {"keystonemiddleware.auth_token:filter_factory", Role::tokens},
    {"keystonemiddleware:auth_token", Role::tokens},
    {"glance.api.middleware.cache:CacheFilter.factory", Role::cache},
    {"glance.api.middleware.cache_manage:CacheManageFilter.factory", Role::cache},
    {"glance.api.middleware.version_negotiation:VersionNegotiationFilter.factory", Role::built_in},
    {"glance.api.middleware.gzip:GzipMiddleware.factory", Role::built_in},
    {"osprofiler.web:WsgiMiddleware.factory", Role::built_in},
    {"oslo_middleware.cors:filter_factory", Role::built_in},
    {"oslo.middleware:cors", Role::built_in},
    {"oslo_middleware:CORS.factory", Role::built_in},
    {"oslo_middleware:HTTPProxyToWSGI.factory", Role::built_in},
    {"oslo_middleware.http_proxy_to_wsgi:HTTPProxyToWSGI.factory", Role::built_in},
    {"oslo.middleware:http_proxy_to_wsgi", Role::built_in},
    {"oslo_middleware:Healthcheck.factory", Role::built_in},
    {"oslo_middleware.healthcheck:Healthcheck.factory", Role::built_in},
    {"oslo.middleware:healthcheck", Role::built_in},
    {"oslo_middleware:RequestId.factory", Role::built_in},
    {"oslo_middleware.request_id:RequestId.factory", Role::built_in},
    {"oslo.middleware:request_id", Role::built_in},
    {"oslo_middleware:CatchErrors.factory", Role::built_in},
    {"oslo.middleware:catch_errors", Role::built_in},
    {"oslo_middleware:RequestBodySizeLimiter.factory", Role::built_in},
    {"oslo_middleware.sizelimit:RequestBodySizeLimiter.factory", Role::built_in},
    {"oslo.middleware:sizelimit", Role::built_in},
};

struct FlavorRow {
  std::string_view flavor;
  Identity identity;
};

/// What Glance's paste file has under these names. Cache filters may follow each of them.
constexpr FlavorRow built_in_flavors[] = {
    {"", Identity::nobody},
    {"keystone", Identity::keystone},
    {"trusted-auth", Identity::request_headers},
};
constexpr std::string_view cache_flavors[] = {"caching", "cachemanagement"};

Finding finding(Finding where, Finding::Severity severity, std::string message) {
  where.severity = severity;
  where.message = std::move(message);
  return where;
}

Finding refusal(Finding where, std::string message) {
  return finding(std::move(where), Finding::Severity::error, std::move(message));
}

Finding warning(Finding where, std::string message) {
  return finding(std::move(where), Finding::Severity::warning, std::move(message));
}

Finding no_cache_yet(Finding where) {
  return warning(
      std::move(where),
      "The pipeline has an image cache, which this version does not have yet; it serves without one.");
}

std::optional<Role> role_of(const PasteFilter& filter) {
  const auto* row = std::find_if(std::begin(factory_table), std::end(factory_table),
                                 [&](const FactoryRow& known) { return known.factory == filter.factory; });
  if (row == std::end(factory_table)) return {};
  return row->role;
}

/// Reads a pipeline filter by filter, from the outermost.
class PipelineReader {
 public:
  explicit PipelineReader(std::string file) : file_(std::move(file)) {}

  PipelineChoice read(const PastePipeline& pipeline) {
    for (const PasteFilter& filter : pipeline.filters) visit(filter, pipeline.line);
    judge_unknown();
    const Finding place = at(pipeline.line);
    if (!says_who_) {
      report(refusal(place,
                     "The pipeline does not say who is calling. It needs the filter of Glance's "
                     "ContextMiddleware or UnauthenticatedContextMiddleware."));
    } else if (has_tokens_ && choice_.identity != Identity::keystone) {
      report(refusal(place,
                     "The pipeline checks tokens, and then does not look at what they say. Put the filter of "
                     "Glance's ContextMiddleware behind the one of keystonemiddleware."));
    }
    return std::move(choice_);
  }

 private:
  Finding at(int line) const { return {.severity = {}, .file = file_, .line = line, .message = {}}; }
  void report(Finding finding) { choice_.findings.push_back(std::move(finding)); }

  void visit(const PasteFilter& filter, int pipeline_line) {
    if (filter.line == 0) {
      report(
          refusal(at(pipeline_line),
                  fmt::format("The pipeline has the filter '{0}', and there is no [filter:{0}]. Add it, or "
                              "take it out of the pipeline.",
                              filter.name)));
      return;
    }
    const std::optional<Role> role = role_of(filter);
    if (!role) {
      unknown_.push_back(filter);
      return;
    }
    switch (*role) {
      case Role::built_in:
        break;
      case Role::cache:
        if (!has_cache_) report(no_cache_yet(at(filter.line)));
        has_cache_ = true;
        break;
      case Role::tokens:
        has_tokens_ = true;
        read_token_options(filter);
        break;
      case Role::headers:
        decide(has_tokens_ ? Identity::keystone : Identity::request_headers);
        break;
      case Role::nobody:
        decide(Identity::nobody);
        break;
    }
  }

  void decide(Identity identity) {
    choice_.identity = identity;
    says_who_ = true;
  }

  /// Options of the filter overrule those of the configuration. What is not understood might be what makes
  /// the guard a strict one.
  void read_token_options(const PasteFilter& filter) {
    for (const config::IniEntry& option : filter.options) {
      if (option.key.starts_with("oslo_config_")) continue;
      if (option.key == "delay_auth_decision") {
        const auto value = config::parse_value({.type = config::Type::boolean}, option.value);
        choice_.delays_decision = value == config::Value(true);
        continue;
      }
      report(refusal(at(option.line),
                     fmt::format("[filter:{}] {} is not read here. Move it into [keystone_authtoken] of the "
                                 "configuration.",
                                 filter.name, option.key)));
    }
  }

  /// Behind Keystone a filter less is no hole; elsewhere it may be the guard.
  void judge_unknown() {
    for (const PasteFilter& filter : unknown_) {
      if (choice_.identity == Identity::keystone) {
        report(warning(at(filter.line),
                       fmt::format("This service does not know the filter '{}' ({}) and serves without it.",
                                   filter.name, filter.factory)));
      } else {
        report(
            refusal(at(filter.line),
                    fmt::format("This service does not know the filter '{}' ({}), which might be what guards "
                                "the pipeline. Take it out, or keep serving this pipeline with Glance.",
                                filter.name, filter.factory)));
      }
    }
  }

  const std::string file_;
  PipelineChoice choice_;
  std::vector<PasteFilter> unknown_;
  bool has_tokens_ = false;
  bool has_cache_ = false;
  bool says_who_ = false;
};

PipelineChoice refused(Finding where, std::string message) {
  PipelineChoice choice;
  choice.findings.push_back(refusal(std::move(where), std::move(message)));
  return choice;
}

PipelineChoice choose_from_file(const std::filesystem::path& path, const std::string& flavor_name) {
  const Finding place{.severity = {}, .file = path.string(), .line = 0, .message = {}};
  std::ifstream file(path);
  if (!file) return refused(place, "The paste file cannot be read. Correct its permissions.");
  const config::IniFile paste = config::parse_ini(std::string(std::istreambuf_iterator<char>(file), {}));
  if (!paste.faults.empty()) {
    PipelineChoice choice;
    for (const config::IniFault& fault : paste.faults) {
      Finding where = place;
      where.line = fault.line;
      choice.findings.push_back(refusal(std::move(where), fault.message));
    }
    return choice;
  }
  const std::string application = flavor_name.empty() ? "glance-api" : "glance-api-" + flavor_name;
  const std::optional<PastePipeline> pipeline = find_pipeline(paste, application);
  if (!pipeline) {
    return refused(place,
                   fmt::format("There is no pipeline '{}'. Correct [paste_deploy] flavor.", application));
  }
  return PipelineReader(path.string()).read(*pipeline);
}

/// "keystone+caching" → "keystone", true; "caching" → "", true
std::pair<std::string, bool> without_cache(const std::string& flavor_name) {
  for (const std::string_view cache : cache_flavors) {
    if (flavor_name == cache) return {"", true};
    if (flavor_name.ends_with(fmt::format("+{}", cache)))
      return {flavor_name.substr(0, flavor_name.size() - cache.size() - 1), true};
  }
  return {flavor_name, false};
}

PipelineChoice choose_built_in(const config::Config& config, const std::string& flavor_name) {
  const auto [name, has_cache] = without_cache(flavor_name);
  const auto* row =
      std::find_if(std::begin(built_in_flavors), std::end(built_in_flavors),
                   [&, &wanted = name](const FlavorRow& known) { return known.flavor == wanted; });
  const Finding place = config.where(flavor.group, flavor.name);
  if (row == std::end(built_in_flavors)) {
    return refused(
        place,
        fmt::format("[paste_deploy] flavor '{}' is not known, and there is no paste file to define it. "
                    "Correct it or remove it.",
                    flavor_name));
  }
  PipelineChoice choice;
  choice.identity = row->identity;
  if (row->identity == Identity::keystone) choice.delays_decision = true;
  if (has_cache) choice.findings.push_back(no_cache_yet(place));
  return choice;
}

/// "glance-api.conf" → "glance-api-paste.ini"
std::filesystem::path default_paste_name(const config::Config& config) {
  const std::filesystem::path last = config.files().empty() ? "glance-api.conf" : config.files().back();
  return last.stem().string() + "-paste.ini";
}

}  // namespace

PipelineChoice choose_pipeline(const config::Config& config) {
  const std::string flavor_name = config.get(flavor).value_or("");
  const std::optional<std::string> named = config.get(paste_config_file);
  const auto path = config.find_file(named ? std::filesystem::path(*named) : default_paste_name(config));
  if (path) return choose_from_file(*path, flavor_name);
  if (named) {
    return refused(
        config.where(paste_config_file.group, paste_config_file.name),
        fmt::format("The paste file {} does not exist. Correct [paste_deploy] config_file or remove it.",
                    *named));
  }
  return choose_built_in(config, flavor_name);
}

}  // namespace vitrine::access
