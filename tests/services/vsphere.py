"""A vSphere server: govmomi's simulator of vCenter, with everything that it keeps below one folder."""

import contextlib
import fcntl
import json
import os
import pathlib
import random
import shutil
import subprocess

import requests

from support.server import wait_until

PACKAGES = "golang-go golang-github-vmware-govmomi-dev"
SOURCES = pathlib.Path(__file__).resolve().with_name("vsphere")
LIBRARIES = pathlib.Path("/usr/share/gocode")
TYPES = pathlib.Path("/usr/lib/python3/dist-packages/oslo_vmware/wsdl/7.0")  # of those clients that read a WSDL
BUILD = pathlib.Path(__file__).resolve().parents[2] / "build" / "vsphere"

DATASTORES = ("dc1:ds1", "dc1:ds2", "region/dc2:ds1")


def program():
    """The simulator, built when it is missing or older than its sources."""
    binary = BUILD / "simulator"
    sources = list(SOURCES.iterdir())
    BUILD.mkdir(parents=True, exist_ok=True)
    with open(BUILD / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if binary.exists() and all(binary.stat().st_mtime > each.stat().st_mtime for each in sources):
            return binary
        assert shutil.which("go") and (LIBRARIES / "src/github.com/vmware/govmomi").is_dir(), f"install {PACKAGES}"
        environment = os.environ | {"GO111MODULE": "off", "GOPATH": str(LIBRARIES), "GOFLAGS": "",
                                    "GOCACHE": str(BUILD / "cache")}
        result = subprocess.run(["go", "build", "-o", binary, "."], cwd=SOURCES, env=environment, capture_output=True,
                                text=True, timeout=600, check=False)
        assert result.returncode == 0, result.stderr
    return binary


def may_serve_https():
    """Whether this process may listen on port 443, which is the only one that other clients than ours know."""
    first = int(pathlib.Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    return os.geteuid() == 0 or first <= 443


class Vsphere:
    """One server. `arguments`: more of the simulator's, which its main.go explains."""

    def __init__(self, home, *arguments, datastores=DATASTORES):
        self.home = pathlib.Path(home)
        self.arguments = arguments
        self.datastores = datastores
        self.settings = {}
        self.address = None
        self._process = None

    def start(self):
        """A server that was stopped comes back with its data, its address and another certificate."""
        self.home.mkdir(parents=True, exist_ok=True)
        settings = self.home / "vsphere.env"
        settings.unlink(missing_ok=True)
        command = [program(), "-dir", self.home, "-listen", self._listen_address(), *self.arguments]
        for datastore in self.datastores:
            command += ["-ds", datastore]
        if TYPES.is_dir():
            command += ["-xsd", TYPES]
        with open(self.home / "log", "ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        wait_until(lambda: settings.exists() or self._process.poll() is not None, "the simulator to start")
        assert settings.exists(), (self.home / "log").read_text()
        for line in settings.read_text().splitlines():
            name, _, value = line.partition("=")
            self.settings[name] = value.strip("'")
        self.address = f"{self.settings['VSPHERE_HOST']}:{self.settings['VSPHERE_PORT']}"
        return self

    def _listen_address(self):
        # All of 127/8 is this machine's, so that servers do not meet.
        if self.address:
            return self.address
        if not may_serve_https():
            return "127.0.0.1:0"
        return f"127.86.{random.randrange(256)}.{random.randrange(1, 255)}:443"

    def stop(self):
        if self._process:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def kill(self):
        """Ends it at once; what lies on its datastores stays."""
        self._process.kill()
        self._process.wait(20)
        self._process = None

    @property
    def host(self):
        return self.address.removesuffix(":443")

    @property
    def thumbprint(self):
        return self.settings["VSPHERE_THUMBPRINT_SHA1"]

    @property
    def password(self):
        return self.settings["VSPHERE_PASSWORD"]

    def options(self, **more):
        """What the section of a store says."""
        return {"vmware_server_host": self.host, "vmware_server_username": self.settings["VSPHERE_USER"],
                "vmware_server_password": self.password, "vmware_ca_file": self.settings["VSPHERE_CA"],
                "vmware_datastores": ["dc1:ds1"]} | more

    # What it does wrong.

    def control(self, request, **parameters):
        answer = requests.post(f"{self.settings['VSPHERE_CTL']}/{request}", params=parameters, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.text

    def end_sessions(self):
        return int(self.control("expire"))

    def sessions(self):
        return int(self.control("sessions"))

    def fail(self, prefix, method, status, count=1):
        """The next such requests get this status and nothing else."""
        self.control("fail", prefix=prefix, method=method, status=status, count=count)

    def set_free(self, datastore, size):
        self.control("free", ds=datastore, bytes=size)

    # What it has, looked at from outside.

    def folder(self, datastore="ds1", datacenter="dc1"):
        return self.home / "ds" / datacenter / datastore

    def files(self):
        """Everything on all datastores: "dc1/ds1/openstack_glance/ID"."""
        top = self.home / "ds"
        return sorted(str(each.relative_to(top)) for each in top.rglob("*") if each.is_file())

    def requests(self):
        with contextlib.suppress(FileNotFoundError):
            return [json.loads(line) for line in (self.home / "requests.jsonl").read_text().splitlines()]
        return []
