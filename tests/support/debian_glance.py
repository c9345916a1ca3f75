"""Debian's own Glance, as a peer on the same database and store."""

import contextlib
import pathlib
import socket
import subprocess

from support.server import Server, wait_until

PYTHON = "/usr/bin/python3"
# Glance's own order of filters. The flavor "trusted-auth" believes the identity that a request's headers claim;
# "keystone" asks Keystone; "keystone+cachemanagement" has an image cache besides.
PASTE = """[composite:glance-api]
paste.composite_factory = glance.api:root_app_factory
/: api
/healthcheck: healthcheck

[composite:glance-api-trusted-auth]
paste.composite_factory = glance.api:root_app_factory
/: trustful-api
/healthcheck: healthcheck

[composite:glance-api-keystone]
paste.composite_factory = glance.api:root_app_factory
/: keystone-api
/healthcheck: healthcheck

[composite:glance-api-keystone+cachemanagement]
paste.composite_factory = glance.api:root_app_factory
/: keystone-caching-api
/healthcheck: healthcheck

[pipeline:api]
pipeline = cors http_proxy_to_wsgi versionnegotiation unauthenticated-context rootapp

[pipeline:trustful-api]
pipeline = cors http_proxy_to_wsgi versionnegotiation context rootapp

[pipeline:keystone-api]
pipeline = cors http_proxy_to_wsgi versionnegotiation authtoken context rootapp

[pipeline:keystone-caching-api]
pipeline = cors http_proxy_to_wsgi versionnegotiation authtoken context cache cachemanage rootapp

[composite:rootapp]
paste.composite_factory = glance.api:root_app_factory
/: versions
/v2: v2

[app:versions]
paste.app_factory = glance.api.versions:create_resource

[app:v2]
paste.app_factory = glance.api.v2.router:API.factory

[app:healthcheck]
paste.app_factory = oslo_middleware:Healthcheck.app_factory
backends = disable_by_file
disable_by_file_path = /nonexistent/disabled

[filter:cors]
paste.filter_factory = oslo_middleware.cors:filter_factory
oslo_config_project = glance
oslo_config_program = glance-api
oslo_config_file = {config}

[filter:http_proxy_to_wsgi]
paste.filter_factory = oslo_middleware:HTTPProxyToWSGI.factory

[filter:versionnegotiation]
paste.filter_factory = glance.api.middleware.version_negotiation:VersionNegotiationFilter.factory

[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
delay_auth_decision = true

[filter:cache]
paste.filter_factory = glance.api.middleware.cache:CacheFilter.factory

[filter:cachemanage]
paste.filter_factory = glance.api.middleware.cache_manage:CacheManageFilter.factory

[filter:context]
paste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory

[filter:unauthenticated-context]
paste.filter_factory = glance.api.middleware.context:UnauthenticatedContextMiddleware.factory
"""


def glance_command(program, config, *words):
    """A command line for a program of Glance ("api", "manage"), which the package python3-glance has without a script:
    the packages with scripts would start a daemon."""
    start = f"import sys; sys.argv[0] = 'glance-{program}'; from glance.cmd.{program} import main; sys.exit(main())"
    return [PYTHON, "-c", start, "--config-file", str(config), *words]


class DebianGlance(Server):
    """Glance with the folder layout of Server: what one of them leaves behind, the other can serve."""

    def write_config(self, settings):
        settings = {group: dict(options) for group, options in settings.items()}
        settings["DEFAULT"] = {"workers": 0, "enabled_import_methods": "[]"} | settings.get("DEFAULT", {})
        settings.setdefault("paste_deploy", {})["config_file"] = self.home / "glance-api-paste.ini"
        super().write_config(settings)
        pathlib.Path(self.home / "glance-api-paste.ini").write_text(PASTE.format(config=self.config))
        self.images.mkdir(exist_ok=True)

    def sync(self):
        subprocess.run(glance_command("manage", self.config, "db_sync"), check=True, capture_output=True, timeout=120)
        return self

    def launch(self, prefix=(), **options):
        with self.log.open("ab") as log:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen([*prefix, *glance_command("api", self.config)],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options)
        return self

    def stop(self):
        """Ends it; its exit status means nothing to us."""
        self.session.close()
        if self.is_running():
            self.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.wait(20)
        if self.is_running():
            self.kill()
        wait_until(self._is_port_free, "Glance to give its port back")

    def _is_port_free(self):
        with socket.socket() as probe:
            return probe.connect_ex((self.host, self.port)) != 0
