"""The real server in a folder of its own: start it, speak to it, stop it, look at what it left behind."""

import contextlib
import itertools
import os
import pathlib
import random
import signal
import socket
import sqlite3
import subprocess
import time

import requests

from support.raw import Connection

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("VITRINE_BIN", REPOSITORY / "build/asan/bin/vitrine"))
SANITIZER_COMPLAINTS = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "runtime error:", "ThreadSanitizer:")


def _ports():
    """Ports one after the other, round and round, below those that the kernel gives away. Each of pytest's workers has
    its own, so that none takes what another has found but not yet bound."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first, count = 10000 + worker % 4 * 5000, 5000
    for step in itertools.count(random.randrange(count)):
        yield first + step % count


_PORTS = _ports()


def free_port(host="127.0.0.1"):
    """A port that nobody uses at this moment."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in _PORTS:
        with socket.socket(family) as probe, contextlib.suppress(OSError):
            probe.bind((host, port))
            return port
    raise AssertionError("no port is free")


class Running:
    """Something that is started where a with statement begins, and stopped where it ends or cannot begin."""

    def prepare(self):
        """Before the first start."""

    def __enter__(self):
        try:
            self.prepare()
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()


def free_ports(count):
    """So many in a row; the first of them."""
    while True:
        ports = [free_port() for _ in range(count)]
        if ports[-1] - ports[0] == count - 1:
            return ports[0]


def wait_until(condition, what, seconds=30):
    """Asks again and again until the condition holds, and returns what it said; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        if result := condition():
            return result
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.02)


def is_alive(pid):
    """Whether there is such a process, and it has not ended."""
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def run(*arguments, **options):
    """Runs the program to its end and returns what came of it, output as text."""
    options = {"input": "", "timeout": 60} | options
    return subprocess.run([str(BINARY), *map(str, arguments)], capture_output=True, text=True, check=False, **options)


class Server:
    """A `vitrine api` with database, store, state and log below one folder. `settings` maps a group to its options
    and adds to, or with None takes from, what every server gets."""

    def __init__(self, home, settings=None, host="127.0.0.1"):
        self.home = pathlib.Path(home)
        self.home.mkdir(parents=True, exist_ok=True)
        self.host = host
        self.port = free_port(host)
        self.metrics_port = free_port()
        self.images = self.home / "images"
        self.state = self.home / "state"
        self.database = self.home / "vitrine.sqlite"
        self.log = self.home / "server.log"
        self.config = self.home / "vitrine.conf"
        self.process = None
        self.session = requests.Session()
        self.session.trust_env = False  # neither proxies nor authorities of the machine
        self.write_config(settings or {})

    def write_config(self, settings):
        groups = {
            "DEFAULT": {"bind_host": self.host, "bind_port": self.port},
            "database": {"connection": f"sqlite:///{self.database}"},
            "glance_store": {"stores": "file", "default_store": "file", "filesystem_store_datadir": self.images},
            "vitrine": {"state_dir": self.state, "metrics_address": f"127.0.0.1:{self.metrics_port}"},
        }
        for group, options in settings.items():
            groups.setdefault(group, {}).update(options)
        lines = []
        for group, options in groups.items():
            lines.append(f"[{group}]")
            for name, value in options.items():
                values = value if isinstance(value, list) else [value]  # of an option that is repeated
                lines += [f"{name} = {each}" for each in values if each is not None]
        self.config.write_text("\n".join(lines) + "\n")

    # Life and death.

    def sync(self):
        """Prepares the database."""
        result = run("db", "sync", "--config-file", self.config)
        assert result.returncode == 0, result.stderr
        return self

    def launch(self, prefix=(), **options):
        """Starts the process and does not wait for it. `prefix`: a command that runs it, such as prlimit."""
        with self.log.open("ab") as log:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen([*map(str, prefix), str(BINARY), "api", "--config-file", str(self.config)],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options)
        return self

    def start(self, prefix=(), **options):
        """Starts the process and waits until it answers."""
        if not self.database.exists():
            self.sync()
        self.launch(prefix, **options)
        return self.wait_until_ready()

    def wait_until_ready(self, seconds=30):
        """Waits until a process that was launched answers."""
        wait_until(self._is_ready, f"{self.config} to be served", seconds)
        return self

    def _is_ready(self):
        assert self.process.poll() is None, f"the server ended at start:\n{self.log_text()}"
        with contextlib.suppress(OSError), Connection(self.port, self.host) as connection:
            connection.request("GET", "/healthcheck", ["Connection: close"])
            return connection.response().status == 200
        return False

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def terminate(self):
        """Asks it to end and does not wait."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds=60):
        """Waits for its end and returns the exit status."""
        return self.process.wait(seconds)

    def stop(self):
        """Stops it as an operator does; anything but a clean end is a failure."""
        self.session.close()
        if not self.is_running():
            return
        self.terminate()
        try:
            status = self.wait()
        finally:
            if self.is_running():
                self.kill()
        log = self.log_text()
        assert not any(complaint in log for complaint in SANITIZER_COMPLAINTS), log
        assert status == 0, f"exit status {status}:\n{log}"

    def kill(self):
        """Takes its life at once, as the out-of-memory killer does."""
        self.process.kill()
        self.process.wait()

    def restart(self, **options):
        self.stop()
        return self.start(**options)

    # Talking to it.

    def url(self, path):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{path}"

    def request(self, method, path, **options):
        options.setdefault("timeout", 60)
        options.setdefault("allow_redirects", False)
        return self.session.request(method, self.url(path), **options)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def connect(self):
        """A connection on which the test decides every byte."""
        return Connection(self.port, self.host)

    def create(self, **fields):
        """Creates an image that data can be uploaded to, and returns its document."""
        body = {"disk_format": "raw", "container_format": "bare"} | fields
        answer = self.request("POST", "/v2/images", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def upload(self, image_id, data, **headers):
        """Uploads bytes, a file or an iterator of chunks; returns the answer."""
        headers = {"Content-Type": "application/octet-stream"} | headers
        return self.request("PUT", f"/v2/images/{image_id}/file", data=data, headers=headers)

    def create_with_data(self, data, **fields):
        """Creates an image and uploads its data; returns its id."""
        image_id = self.create(**fields)["id"]
        answer = self.upload(image_id, data)
        assert answer.status_code == 204, answer.text
        return image_id

    def download(self, image_id, **headers):
        return self.get(f"/v2/images/{image_id}/file", headers=headers)

    def show(self, image_id):
        answer = self.get(f"/v2/images/{image_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def status_of(self, image_id):
        return self.show(image_id)["status"]

    def wait_for_status(self, image_id, status):
        wait_until(lambda: self.status_of(image_id) == status, f"image {image_id} to become {status}")

    # What it keeps.

    def stored_files(self):
        """Every file below the store's folder, whatever its name."""
        if not self.images.exists():
            return []
        return sorted(str(path.relative_to(self.images)) for path in self.images.rglob("*") if path.is_file())

    def journal(self):
        """The transfers that the node remembers as under way."""
        if not self.state.exists():
            return []
        return sorted(path.name for path in self.state.rglob("*") if path.is_file() and "lock" not in path.name)

    def rows(self, sql, *values):
        """Reads the database beside the server."""
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            return database.execute(sql, values).fetchall()

    def metrics(self):
        """The text that Prometheus would read."""
        answer = self.session.get(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=10)
        assert answer.status_code == 200
        return answer.text

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def assert_nothing_left_of(self, image_id):
        """No bytes, no row that points at bytes, no memory of a transfer."""
        assert not [name for name in self.stored_files() if image_id in name]
        assert self.rows("SELECT value FROM image_locations WHERE image_id = ? AND deleted = 0", image_id) == []
        wait_until(lambda: self.journal() == [], "the journal to be empty", seconds=10)
