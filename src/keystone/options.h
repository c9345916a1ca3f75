#pragma once

#include "base/option.h"

namespace vitrine::keystone {

inline constexpr std::string_view authtoken_group = "keystone_authtoken";
inline constexpr std::string_view limit_group = "oslo_limit";

/// How this service logs in and whom it trusts: the options of keystoneauth, the same in every group that has
/// them. They may be read in the section that auth_section names, too.
template <const std::string_view& owner>
struct LoginOptions {
  using Text = Option<std::optional<std::string>>;

  static constexpr Text auth_type{
      .name = "auth_type",
      .group = owner,
      .help =
          "How this service proves to Keystone who it is: password, v3password, v3applicationcredential, "
          "token or v3token.",
      .former = "auth_plugin",
  };
  static constexpr Text auth_section{
      .name = "auth_section",
      .group = owner,
      .help = "Another section that holds the options about logging in, from auth_type to token.",
  };
  static constexpr Text auth_url{
      .name = "auth_url",
      .group = owner,
      .help = "URL of Keystone.",
  };
  static constexpr Text username{
      .name = "username",
      .group = owner,
      .help = "Name of this service's user.",
      .former = "user_name",
  };
  static constexpr Text user_id{
      .name = "user_id",
      .group = owner,
      .help = "Id of that user.",
  };
  static constexpr Text password{
      .name = "password",
      .group = owner,
      .help = "Password of that user.",
      .is_secret = true,
  };
  static constexpr Text user_domain_name{
      .name = "user_domain_name",
      .group = owner,
      .help = "Name of that user's domain.",
  };
  static constexpr Text user_domain_id{
      .name = "user_domain_id",
      .group = owner,
      .help = "Id of that user's domain.",
  };
  static constexpr Text project_name{
      .name = "project_name",
      .group = owner,
      .help = "Name of the project the token is for.",
      .former = "tenant_name",
  };
  static constexpr Text project_id{
      .name = "project_id",
      .group = owner,
      .help = "Id of the project the token is for.",
      .former = "tenant_id",
  };
  static constexpr Text project_domain_name{
      .name = "project_domain_name",
      .group = owner,
      .help = "Name of that project's domain.",
  };
  static constexpr Text project_domain_id{
      .name = "project_domain_id",
      .group = owner,
      .help = "Id of that project's domain.",
  };
  static constexpr Text domain_id{
      .name = "domain_id",
      .group = owner,
      .help = "Id of the domain the token is for.",
  };
  static constexpr Text domain_name{
      .name = "domain_name",
      .group = owner,
      .help = "Name of the domain the token is for.",
  };
  static constexpr Text system_scope{
      .name = "system_scope",
      .group = owner,
      .help = "\"all\" for a token for the whole system, where no project, domain or trust is given.",
  };
  static constexpr Text trust_id{
      .name = "trust_id",
      .group = owner,
      .help = "Trust the token is for.",
  };
  static constexpr Text default_domain_id{
      .name = "default_domain_id",
      .group = owner,
      .help = "Id of the domain of user and project, where none is given for them.",
  };
  static constexpr Text default_domain_name{
      .name = "default_domain_name",
      .group = owner,
      .help = "Name of the domain of user and project, where none is given for them.",
  };
  static constexpr Text application_credential_id{
      .name = "application_credential_id",
      .group = owner,
      .help = "Id of an application credential.",
  };
  static constexpr Text application_credential_name{
      .name = "application_credential_name",
      .group = owner,
      .help = "Name of an application credential of that user.",
  };
  static constexpr Text application_credential_secret{
      .name = "application_credential_secret",
      .group = owner,
      .help = "Secret of the application credential.",
      .is_secret = true,
  };
  static constexpr Text token{
      .name = "token",
      .group = owner,
      .help = "Token to be exchanged for another one.",
      .is_secret = true,
  };
  static constexpr Text cafile{
      .name = "cafile",
      .group = owner,
      .help = "Certificates of the authorities that Keystone is checked against. Unset: those of the system.",
  };
  static constexpr Text certfile{
      .name = "certfile",
      .group = owner,
      .help = "Certificate shown to Keystone.",
  };
  static constexpr Text keyfile{
      .name = "keyfile",
      .group = owner,
      .help = "Key of that certificate.",
  };
  static constexpr Option<bool> insecure{
      .name = "insecure",
      .group = owner,
      .fallback = false,
      .help = "Trusts any certificate of Keystone.",
  };

  static OptionList all() {
    return {&auth_type,
            &auth_section,
            &auth_url,
            &username,
            &user_id,
            &password,
            &user_domain_name,
            &user_domain_id,
            &project_name,
            &project_id,
            &project_domain_name,
            &project_domain_id,
            &domain_id,
            &domain_name,
            &system_scope,
            &trust_id,
            &default_domain_id,
            &default_domain_name,
            &application_credential_id,
            &application_credential_name,
            &application_credential_secret,
            &token,
            &cafile,
            &certfile,
            &keyfile,
            &insecure};
  }
};

using AuthtokenLogin = LoginOptions<authtoken_group>;

inline constexpr Option<std::string> interface {
  .name = "interface", .group = authtoken_group, .fallback = "internal",
  .help = "Interface of Keystone in the catalog.",
};

inline constexpr Option<std::optional<std::string>> region_name{
    .name = "region_name",
    .group = authtoken_group,
    .help = "Region of Keystone in the catalog. Unset: any.",
};

inline constexpr Option<std::optional<std::int64_t>> http_connect_timeout{
    .name = "http_connect_timeout",
    .group = authtoken_group,
    .help = "Seconds to wait for a connection to Keystone, and again for its answer. Unset: 10 and 30.",
    .min = 1,
    .max = 3600,
};

inline constexpr Option<std::int64_t> http_request_max_retries{
    .name = "http_request_max_retries",
    .group = authtoken_group,
    .fallback = 3,
    .help =
        "How often a request is tried again that Keystone did not answer, or only with a fault of its own.",
    .min = 0,
    .max = 100,
};

inline constexpr Option<std::int64_t> token_cache_time{
    .name = "token_cache_time",
    .group = authtoken_group,
    .fallback = 300,
    .help =
        "Seconds for which what Keystone said of a token counts, so also how long a revoked one works; "
        "-1 or 0: it is asked for each request.",
    .min = -1,
    .max = 100'000'000,
};

inline constexpr Option<std::int64_t> token_cache_size{
    .name = "token_cache_size",
    .group = "vitrine",
    .fallback = 10'000,
    .help = "Most tokens remembered; the one unused for longest gives way.",
    .min = 0,
    .max = 10'000'000,
};

using LimitLogin = LoginOptions<limit_group>;

/// How Keystone is asked for the limits of projects, beside the login.
struct LimitOptions {
  using Text = Option<std::optional<std::string>>;

  static constexpr Text endpoint_id{
      .name = "endpoint_id",
      .group = limit_group,
      .help = "Id of the endpoint whose limits count.",
  };
  static constexpr Text endpoint_service_type{
      .name = "endpoint_service_type",
      .group = limit_group,
      .help = "Type of the service whose endpoint it is, where endpoint_id is not set.",
  };
  static constexpr Text endpoint_service_name{
      .name = "endpoint_service_name",
      .group = limit_group,
      .help = "Name of that service.",
  };
  static constexpr Text endpoint_region_name{
      .name = "endpoint_region_name",
      .group = limit_group,
      .help = "Region of that endpoint. Unset: any.",
  };
  static constexpr Option<std::string> endpoint_interface{
      .name = "endpoint_interface",
      .group = limit_group,
      .fallback = "public",
      .help = "Interface of that endpoint.",
      .choices = "public,publicURL,internal,internalURL,admin,adminURL",
  };
  static constexpr Option<TextList> valid_interfaces{
      .name = "valid_interfaces",
      .group = limit_group,
      .help = "Interface of Keystone in the catalog: the first one counts. Unset: public.",
  };
  static constexpr Text region_name{
      .name = "region_name",
      .group = limit_group,
      .help = "Region of Keystone in the catalog. Unset: any.",
  };
  static constexpr Option<std::optional<double>> timeout{
      .name = "timeout",
      .group = limit_group,
      .help = "Seconds to wait for a connection to Keystone, and again for its answer. Unset: 10 and 30.",
      .min = 0.001,
      .max = 3600,
  };
  static constexpr Option<std::optional<std::int64_t>> connect_retries{
      .name = "connect_retries",
      .group = limit_group,
      .help =
          "How often a question is tried again that Keystone did not answer, or only with a fault of its "
          "own. "
          "Unset: 3.",
      .min = 0,
      .max = 100,
  };

  static OptionList all() {
    return {&endpoint_id,        &endpoint_service_type, &endpoint_service_name, &endpoint_region_name,
            &endpoint_interface, &valid_interfaces,      &region_name,           &timeout,
            &connect_retries};
  }
};

/// Every option of this room.
OptionList options();

}  // namespace vitrine::keystone
