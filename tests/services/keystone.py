"""A real Keystone, Debian's, with everything that it keeps below one folder."""

import base64
import contextlib
import os
import pathlib
import signal
import sqlite3
import subprocess

import requests

from support.server import free_port, wait_until

PACKAGES = "python3-keystone uwsgi-core uwsgi-plugin-python3"
MANAGE = "/usr/bin/keystone-manage"
APPLICATION = "/usr/bin/keystone-wsgi-public"
UWSGI = "/usr/bin/uwsgi-core"
PLUGINS = "/usr/lib/uwsgi/plugins"

PASSWORD = "secret"  # everybody's
REGION = "RegionOne"
SYSTEM = "system"  # the project of those whose token is for the whole installation

# Who there is: the project and the roles in it. Keystone adds what a role implies: admin is a member, a member reads.
USERS = {
    "admin": ("admin", ["admin"]),
    "glance": ("service", ["admin", "service"]),
    "demo": ("demo", ["member", "reader"]),
    "demo_reader": ("demo", ["reader"]),
    "alt_demo": ("alt_demo", ["member", "reader"]),
}
# What an image service may ask for under unified limits; sizes in MiB.
LIMITS = {"image_size_total": 1000, "image_stage_total": 1000, "image_count_total": 100, "image_count_uploading": 100}

# The write-ahead log is set in prepare(). max_token_size refuses what is no token before it is taken apart.
CONFIGURATION = """[DEFAULT]
log_file = {home}/keystone.log
max_token_size = 512
public_endpoint = {url}
[database]
connection = sqlite:///{home}/keystone.db
sqlite_synchronous = false
[token]
provider = fernet
expiration = {token_life}
allow_expired_window = 172800
[fernet_tokens]
key_repository = {home}/fernet
[fernet_receipts]
key_repository = {home}/fernet
[credential]
key_repository = {home}/credential
[identity]
password_hash_rounds = 4
[oslo_policy]
policy_file = {home}/policy.yaml
policy_dirs = {home}/policy.d
"""


class Keystone:
    """Users, projects, roles and tokens for tests; see USERS. One starts in about eight seconds. After stop() or kill()
    start() goes on with the same users and keys, so tokens stay good; `token_life` is for those made from then on."""

    def __init__(self, home, token_life=86400):
        self.home = pathlib.Path(home)
        self.token_life = token_life
        self.port = free_port()
        self.process = None
        self.ids = {}  # of "projects", "users", "roles", "services" by name, of "endpoints" by type and interface
        self._admin_token = None
        self.session = requests.Session()
        self.session.trust_env = False  # neither proxies nor authorities of the machine

    @property
    def root(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self):
        """What clients call the authentication URL."""
        return f"{self.root}/v3"

    # Life and death.

    def start(self, token_life=None):
        """Starts it and waits until it answers; the first time it is also filled."""
        self.token_life = token_life or self.token_life
        is_new = not (self.home / "keystone.db").exists()
        if is_new:
            self._prepare()
        self._configure()
        if is_new:
            self._manage("db_sync")
            self._use_write_ahead_log()
        self._launch()
        try:
            if is_new:  # the application loads meanwhile
                self._manage("bootstrap", "--bootstrap-password", PASSWORD, "--bootstrap-region-id", REGION,
                             *[word for interface in ("public", "internal", "admin")
                               for word in (f"--bootstrap-{interface}-url", self.url)])
            wait_until(self._answers, f"Keystone to answer at {self.url}", seconds=90)
            if is_new:
                self._fill()
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self):
        """Ends it and leaves what it keeps."""
        self._end(signal.SIGTERM)

    def kill(self):
        """Takes its life at once, with that of its workers."""
        self._end(signal.SIGKILL)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def _end(self, number):
        self.session.close()
        if self.is_running():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def _prepare(self):
        missing = [path for path in (MANAGE, APPLICATION, UWSGI, f"{PLUGINS}/python3_plugin.so")
                   if not pathlib.Path(path).exists()]
        assert not missing, f"{missing} missing; install {PACKAGES}"
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "policy.d").mkdir()
        (self.home / "policy.yaml").touch()
        # What keystone-manage's fernet_setup and credential_setup leave behind, in less time: 0 is the next key, 1 the
        # one in use.
        for repository in ("fernet", "credential"):
            (self.home / repository).mkdir(mode=0o700)
            for key in "01":
                file = self.home / repository / key
                file.touch(mode=0o600)
                file.write_bytes(base64.urlsafe_b64encode(os.urandom(32)))

    def _configure(self):
        (self.home / "keystone.conf").write_text(
            CONFIGURATION.format(home=self.home, url=self.root, token_life=self.token_life))

    def _use_write_ahead_log(self):
        """Else a request that reads on a second connection makes its own commit fail with "database is locked"."""
        with contextlib.closing(sqlite3.connect(self.home / "keystone.db")) as database:
            database.execute("PRAGMA journal_mode=WAL")

    def _manage(self, *words):
        result = subprocess.run([MANAGE, "--config-file", str(self.home / "keystone.conf"), *words],
                                env=_environment(), capture_output=True, text=True, timeout=180, check=False)
        assert result.returncode == 0, f"keystone-manage {words[0]}: {result.stdout}\n{result.stderr}"

    def _launch(self):
        """Workers have no threads, as Keystone hands SQLite's objects from one thread to another. The router in front
        keeps clients' connections alive without holding a worker for each."""
        command = [UWSGI, "--plugins-dir", PLUGINS, "--plugin", "http,python3",
                   "--http", f"127.0.0.1:{self.port}", "--http-keepalive=75", "--http-timeout", "120",
                   "--socket", str(self.home / "uwsgi.sock"), "--chmod-socket=600", "--listen", "100",
                   "--buffer-size", "65535", "--master", "--die-on-term", "--no-orphans", "--need-app",
                   "--processes", "2", "--skip-atexit-teardown", "--disable-logging", "--chdir", str(self.home),
                   "--wsgi-file", APPLICATION]
        with (self.home / "uwsgi.log").open("ab") as log:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen(
                command, env=_environment(OS_KEYSTONE_CONFIG_FILES=str(self.home / "keystone.conf")),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def _answers(self):
        assert self.is_running(), f"Keystone ended:\n{(self.home / 'uwsgi.log').read_text(errors='replace')}"
        with contextlib.suppress(requests.RequestException):
            return self.session.get(self.url, timeout=5).status_code == 200
        return False

    # What is in it.

    def _fill(self):
        self.ids = {"projects": {"admin": self._find("projects", "admin")},
                    "users": {"admin": self._find("users", "admin")}, "roles": {}, "services": {}, "endpoints": {}}
        for role in ("admin", "member", "reader", "service"):
            self.ids["roles"][role] = self._find("roles", role) or self.add("roles", name=role)
        for user, (project, roles) in USERS.items():
            self.add_user(user, project, roles)
        # What a service needs to read everybody's limits.
        self.call("PUT", f"/system/users/{self.ids['users']['glance']}/roles/{self.ids['roles']['reader']}")
        self.publish("image", "http://127.0.0.1:9")
        self.call("POST", "/registered_limits", {"registered_limits": [
            {"service_id": self.ids["services"]["image"], "region_id": REGION, "resource_name": name,
             "default_limit": limit} for name, limit in LIMITS.items()]})

    def _find(self, kind, name):
        found = self.call("GET", f"/{kind}?name={name}").json()[kind]
        return found[0]["id"] if found else None

    def add(self, kind, **fields):
        """Makes one of "users", "projects", "roles", "services"… and returns its id."""
        one = kind[:-1]
        return self.call("POST", f"/{kind}", {one: fields}).json()[one]["id"]

    def add_user(self, name, project, roles):
        """Makes whichever of the user and the project does not exist yet, and gives the user these roles in it."""
        projects, users = self.ids["projects"], self.ids["users"]
        if project not in projects:
            projects[project] = self.add("projects", name=project, domain_id="default")
        if name not in users:
            users[name] = self.add("users", name=name, domain_id="default", password=PASSWORD,
                                   default_project_id=projects[project])
        for role in roles:
            self.call("PUT", f"/projects/{projects[project]}/users/{users[name]}/roles/{self.ids['roles'][role]}")

    def publish(self, kind, url):
        """Names the URL of a service of that type in the catalog, in place of an earlier one."""
        service = self.ids["services"].get(kind)
        if service:
            for endpoint in self.ids["endpoints"][kind].values():
                self.call("PATCH", f"/endpoints/{endpoint}", {"endpoint": {"url": url}})
            return
        service = self.ids["services"][kind] = self.add("services", type=kind, name=kind)
        self.ids["endpoints"][kind] = {
            interface: self.add("endpoints", service_id=service, interface=interface, region_id=REGION, url=url)
            for interface in ("public", "internal", "admin")}

    # Tokens.

    def token(self, user="admin", project=None):
        """A token of the user for a project, its usual one if none is named; SYSTEM is not a project."""
        project = project or USERS[user][0]
        scope = {"system": {"all": True}} if project == SYSTEM else {
            "project": {"name": project, "domain": {"id": "default"}}}
        person = {"name": user, "domain": {"id": "default"}, "password": PASSWORD}
        return self.authenticate({"identity": {"methods": ["password"], "password": {"user": person}}, "scope": scope})

    def authenticate(self, request):
        """A token for what the request says under "auth"."""
        answer = self.session.post(f"{self.url}/auth/tokens", json={"auth": request}, timeout=60)
        assert answer.status_code == 201, answer.text
        return answer.headers["X-Subject-Token"]

    def revoke(self, token):
        answer = self.session.delete(f"{self.url}/auth/tokens", timeout=60,
                                     headers={"X-Auth-Token": token, "X-Subject-Token": token})
        assert answer.status_code == 204, answer.text

    def call(self, method, path, body=None):
        """Asks as the administrator; whatever is no success fails the test."""
        for _ in range(2):
            self._admin_token = self._admin_token or self.token()
            answer = self.session.request(method, self.url + path, json=body, timeout=60,
                                          headers={"X-Auth-Token": self._admin_token})
            if answer.status_code != 401:
                break
            self._admin_token = None  # it has expired
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def environment(self, user, project=None):
        """The variables by which OpenStack's clients log in as this user."""
        return {"OS_IDENTITY_API_VERSION": "3", "OS_AUTH_TYPE": "password", "OS_AUTH_URL": self.url,
                "OS_REGION_NAME": REGION, "OS_INTERFACE": "public", "OS_USERNAME": user, "OS_PASSWORD": PASSWORD,
                "OS_USER_DOMAIN_ID": "default", "OS_PROJECT_NAME": project or USERS[user][0],
                "OS_PROJECT_DOMAIN_ID": "default"}

    def authtoken(self, user="glance"):
        """What a service is told in its group keystone_authtoken: where Keystone is, and who the service itself is."""
        return {"www_authenticate_uri": self.url, "auth_url": self.url, "auth_type": "password", "username": user,
                "password": PASSWORD, "user_domain_id": "default", "project_name": USERS[user][0],
                "project_domain_id": "default", "region_name": REGION, "service_type": "image"}


def _environment(**more):
    """Nothing of the caller's settings, of Python or of proxies, counts."""
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"} | more
