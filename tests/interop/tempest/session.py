"""tempest's tests of the image API against one server and one Keystone, and what came of them."""

import contextlib
import dataclasses
import json
import pathlib
import subprocess

from services.keystone import PASSWORD, REGION
from support.debian_glance import DebianGlance
from support.origin import Origin
from support.stores import RESERVED

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"

# Who tempest may be. It takes two who are no administrators, and one who is.
ACCOUNTS = {
    "tempest_one": ("tempest_one", ["member", "reader"]),
    "tempest_two": ("tempest_two", ["member", "reader"]),
    "tempest_admin": ("tempest_admin", ["admin"]),
}
# Alphabetical: tempest compares an image's stores with a sorted list.
STORES = ("alpha", "beta")

CONFIGURATION = """[DEFAULT]
log_dir = {home}
[oslo_concurrency]
lock_path = {home}/locks
[auth]
use_dynamic_credentials = false
test_accounts_file = {home}/accounts.yaml
create_isolated_networks = false
[identity]
auth_version = v3
uri_v3 = {keystone}
region = {region}
default_domain_id = default
[service_available]
glance = true
cinder = false
horizon = false
neutron = false
nova = false
swift = false
[enforce_scope]
glance = true
[image]
build_interval = 0
http_image = {http_image}
image_caching_enabled = {caching}
disk_formats = ami,ari,aki,vhd,vmdk,raw,qcow2,vdi,iso,vhdx,ploop
container_formats = ami,ari,aki,bare,ovf,ova,docker
[image-feature-enabled]
import_image = true
os_glance_reserved = true
manage_locations = true
"""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a test, or of all tests of a class: "passed", "failed" or "skipped"."""
    test: str
    outcome: str
    detail: str


class Subject:
    """A server as tempest finds it: set up so that as much of tempest as possible applies, and somewhere to import
    from. `kind` is Server or DebianGlance."""

    def __init__(self, home, keystone, kind):
        self.home = home
        self.keystone = keystone
        self.is_glance = kind is DebianGlance
        self.origin = Origin()
        self.http_image = self.origin.put("/image.raw", bytes(100_000))
        self.server = kind(home / "server", self._settings(home / "server"))

    def __enter__(self):
        with contextlib.ExitStack() as started:
            started.enter_context(self.origin)
            started.callback(self.server.stop)
            self.server.start()
            self._prepare()
            started.pop_all()
        return self

    def __exit__(self, *error):
        try:
            self.server.stop()
        finally:
            self.origin.__exit__(*error)

    def run(self, parts=(), timeout=1500):
        """Runs the tests, or those with one of the parts in their names, and returns all outcomes."""
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.home), "LANG": "C.UTF-8",
                       "TEMPEST_CONFIG_DIR": str(self.home), "PYTHONWARNINGS": "ignore"}
        result = subprocess.run([PYTHON, str(HERE / "outcomes.py"), *parts], env=environment, cwd=self.home,
                                timeout=timeout, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        return [Outcome(**json.loads(line)) for line in result.stdout.splitlines() if line.startswith("{")]

    def _settings(self, home):
        port = self.http_image.split("/")[2].split(":")[1]
        directories = {store: {"filesystem_store_datadir": home / store} for store in (*STORES, *RESERVED)}
        common = {
            "DEFAULT": {"enabled_backends": ", ".join(f"{store}:file" for store in STORES) + ", web:http",
                        "show_multiple_locations": True, "enforce_secure_rbac": True,
                        "enabled_import_methods": "[glance-direct,web-download,copy-image]"},
            "glance_store": {"stores": None, "default_store": None, "filesystem_store_datadir": None,
                             "default_backend": STORES[0]},
            "web": {},
            "paste_deploy": {"flavor": "keystone"},
            "keystone_authtoken": self.keystone.authtoken(),
            "oslo_policy": {"enforce_new_defaults": True, "enforce_scope": True},
            "import_filtering_opts": {"allowed_hosts": "[127.0.0.1,does-not.exist]", "allowed_ports": f"[80,{port}]"},
        }
        if self.is_glance:  # what is not built here yet; see expected.py
            common["DEFAULT"]["image_cache_dir"] = home / "cache"
            common["paste_deploy"]["flavor"] = "keystone+cachemanagement"
        return common | directories

    def _prepare(self):
        """Makes tempest's users and configuration."""
        for user, (project, roles) in ACCOUNTS.items():
            self.keystone.add_user(user, project, roles)
        self.keystone.publish("image", self.server.url(""))
        (self.home / "accounts.yaml").write_text("".join(
            f"- username: {user}\n  password: {PASSWORD}\n  project_name: {project}\n  domain_name: Default\n"
            f"  roles: [{', '.join(roles)}]\n" + ("  types: [admin]\n" if "admin" in roles else "")
            for user, (project, roles) in ACCOUNTS.items()))
        (self.home / "tempest.conf").write_text(CONFIGURATION.format(
            home=self.home, keystone=self.keystone.url, region=REGION, http_image=self.http_image,
            caching=self.is_glance))
        if self.is_glance:
            self._add_resource_type()

    def _add_resource_type(self):
        """Some tests take it for granted that there is one."""
        answer = self.server.request("POST", "/v2/metadefs/namespaces", json={
            "namespace": "tempest", "resource_type_associations": [{"name": "OS::Glance::Image"}]},
            headers={"X-Auth-Token": self.keystone.token("tempest_admin", "tempest_admin")})
        assert answer.status_code == 201, answer.text
