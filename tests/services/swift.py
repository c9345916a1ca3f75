"""A real Swift, Debian's, with everything that it keeps below one folder."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess

import requests

from services.keystone import PASSWORD, USERS
from support.server import free_port, free_ports, is_alive, wait_until

PACKAGES = "python3-swift python3-keystonemiddleware memcached"
NEEDED = ["/usr/lib/python3/dist-packages/swift/proxy/server.py", "/usr/bin/memcached",
          "/usr/lib/python3/dist-packages/keystonemiddleware/auth_token/__init__.py"]
LAUNCHER = pathlib.Path(__file__).with_name("swift_servers.py")

# Of the proxy that has users of its own.
USER, KEY = "test:tester", "testing"
ACCOUNT = "AUTH_test"

BACKEND = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {home}/etc
devices = {home}/node
mount_check = false
fallocate_reserve = 0
log_name = {name}
[pipeline:main]
pipeline = {name}-server
[app:{name}-server]
use = egg:swift#{name}
"""

# There is no second replica to turn to after an error of the first, so errors are not remembered. A memcached that is
# slow on a busy machine loses TempAuth's tokens, so it is given time. Readers of large objects are not slowed down to a
# segment a second, as they are by default from the tenth on.
PROXY = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {home}/etc
log_name = {name}
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck proxy-logging cache listing_formats bulk {login} copy container-quotas \
account-quotas slo dlo versioned_writes symlink proxy-logging proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
node_timeout = 60
recoverable_node_timeout = 60
conn_timeout = 10
error_suppression_interval = 0
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{cache_port}
connect_timeout = 5
pool_timeout = 5
io_timeout = 10
error_suppression_interval = 0
[filter:tempauth]
use = egg:swift#tempauth
user_admin_admin = admin .admin .reseller_admin
user_test_tester = testing .admin
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
www_authenticate_uri = {keystone}
auth_url = {keystone}
auth_type = password
username = glance
password = {password}
project_name = service
user_domain_id = default
project_domain_id = default
delay_auth_decision = true
include_service_catalog = false
token_cache_time = 0
[filter:keystoneauth]
use = egg:swift#keystoneauth
operator_roles = admin, member
project_reader_roles = reader
reseller_admin_role = ResellerAdmin
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
""" + "".join(f"[filter:{name}]\nuse = egg:swift#{name.replace('-', '_')}\n" for name in (
    "catch_errors", "gatekeeper", "healthcheck", "proxy-logging", "listing_formats", "bulk", "copy",
    "container-quotas", "account-quotas", "symlink")) + "".join(f"""[filter:{name}]
use = egg:swift#{name}
rate_limit_segments_per_sec = 0
""" for name in ("slo", "dlo"))


class Swift:
    """One replica on one device. The proxy `url` has users of its own (version 1 of the login); where a Keystone is
    given, `keystone_url` is a second proxy to the same data that knows its users."""

    def __init__(self, home, keystone=None):
        self.home = pathlib.Path(home)
        self.keystone = keystone
        self.ports = {name: free_port() for name in ("proxy-own", "proxy-keystone", "memcached")}
        self.backend_port = free_ports(3)
        self.session = requests.Session()
        self.session.trust_env = False
        self._token = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.ports['proxy-own']}"

    @property
    def auth_url(self):
        return f"{self.url}/auth/v1.0"

    @property
    def storage_url(self):
        return f"{self.url}/v1/{ACCOUNT}"

    @property
    def keystone_url(self):
        return f"http://127.0.0.1:{self.ports['proxy-keystone']}"

    def start(self):
        missing = [path for path in NEEDED if not pathlib.Path(path).exists()]
        assert not missing, f"{missing} missing; install {PACKAGES}"
        for folder in ("etc", "run", "log", "node/sda1"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        self._configure()
        subprocess.run(["memcached", "-d", "-u", _user(), "-l", "127.0.0.1", "-p", str(self.ports["memcached"]), "-U", "0",
                        "-m", "32", "-P", self.home / "run/memcached.pid"], check=True, timeout=30)
        self._launch(*self.servers())
        if self.keystone:
            self.keystone.publish("object-store", f"{self.keystone_url}/v1/AUTH_$(project_id)s")
        return self

    def servers(self):
        return ["object", "container", "account", "proxy-own"] + (["proxy-keystone"] if self.keystone else [])

    def stop(self):
        for file in (self.home / "run").glob("*.pid"):
            self._end(file.stem, signal.SIGTERM)

    # The proxies alone.

    def kill_proxies(self):
        """Ends them at once; what Swift holds stays."""
        for name in self.servers():
            if name.startswith("proxy"):
                self._end(name, signal.SIGKILL)

    def start_proxies(self):
        self._launch(*[name for name in self.servers() if name.startswith("proxy")])

    def hold_proxies(self):
        """Lets them do nothing until they are let go."""
        self._signal_proxies(signal.SIGSTOP)

    def let_proxies_go(self):
        self._signal_proxies(signal.SIGCONT)

    def forget_tokens(self):
        """Of users of its own: the cache that remembers them is emptied."""
        with contextlib.closing(_connection(self.ports["memcached"])) as cache:
            cache.sendall(b"flush_all\r\n")
            assert cache.recv(100) == b"OK\r\n"
        self._token = None

    # What a store is told.

    def options(self, container, **more):
        """Of a store that logs in at Swift itself."""
        return {"swift_store_auth_version": "1", "swift_store_auth_address": self.auth_url, "swift_store_user": USER,
                "swift_store_key": KEY, "swift_store_container": container} | more

    def keystone_options(self, container, user="demo", **more):
        return {"swift_store_auth_version": "3", "swift_store_auth_address": self.keystone.url,
                "swift_store_user": f"{USERS[user][0]}:{user}", "swift_store_key": PASSWORD,
                "swift_store_container": container} | more

    # What its containers hold, looked at with requests of its own.

    def call(self, method, path, **options):
        """Asks as the user of its own; any answer is one."""
        for _ in range(2):
            headers = {"X-Auth-Token": self._login()} | options.pop("headers", {})
            answer = self.session.request(method, f"{self.storage_url}/{path}", timeout=60, headers=headers, **options)
            if answer.status_code != 401:
                break
            self._token = None
        return answer

    def create_container(self, name, **headers):
        assert self.call("PUT", name, headers=headers).status_code in (201, 202)
        return name

    def objects(self, container):
        return sorted(self.call("GET", container).text.split())

    def _login(self):
        if not self._token:
            answer = self.session.get(self.auth_url, timeout=60, headers={"X-Auth-User": USER, "X-Auth-Key": KEY})
            assert answer.status_code == 200, answer.text
            self._token = answer.headers["X-Auth-Token"]
        return self._token

    # Its processes.

    def _configure(self):
        values = {"home": self.home, "user": _user(), "password": PASSWORD, "cache_port": self.ports["memcached"],
                  "keystone": self.keystone.url if self.keystone else ""}
        etc = self.home / "etc"
        (etc / "swift.conf").write_text("[swift-hash]\nswift_hash_path_prefix = before\nswift_hash_path_suffix = after\n"
                                        "[storage-policy:0]\nname = Policy-0\ndefault = yes\n")
        for number, name in enumerate(("object", "container", "account")):
            (etc / f"{name}-server.conf").write_text(BACKEND.format(name=name, port=self.backend_port + number, **values))
        for name, login in (("proxy-own", "tempauth"), ("proxy-keystone", "authtoken keystoneauth")):
            (etc / f"{name}.conf").write_text(PROXY.format(name=name, port=self.ports[name], login=login, **values))

    def _launch(self, *names):
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8",
                       "SWIFT_BACKEND_PORT": str(self.backend_port)}
        with (self.home / "log/launch.log").open("ab") as log:
            result = subprocess.run(["/usr/bin/python3", "-I", LAUNCHER, self.home, *names], env=environment, timeout=120,
                                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
        assert result.returncode == 0, (self.home / "log/launch.log").read_text()[-2000:]
        for name in names:
            wait_until(lambda name=name: self._answers(name), f"{name} to answer", seconds=60)

    def _answers(self, name):
        port = self.ports.get(name) or self.backend_port + ("object", "container", "account").index(name)
        with contextlib.suppress(requests.RequestException):
            return self.session.get(f"http://127.0.0.1:{port}/healthcheck", timeout=5).status_code < 500
        return False

    def _pid(self, name):
        return int((self.home / "run" / f"{name}.pid").read_text())

    def _signal_proxies(self, number):
        for name in self.servers():
            if name.startswith("proxy"):
                os.kill(self._pid(name), number)

    def _end(self, name, number):
        pid = self._pid(name)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        wait_until(lambda: not is_alive(pid), f"{name} to end")
        (self.home / "run" / f"{name}.pid").unlink(missing_ok=True)


def _user():
    return "root" if os.getuid() == 0 else os.environ.get("USER", "nobody")


def _connection(port):
    return socket.create_connection(("127.0.0.1", port), timeout=10)
