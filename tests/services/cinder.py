"""A real Cinder, Debian's, whose volumes lie in Ceph, on an iSCSI target and on an NFS server, below one folder."""

import concurrent.futures
import os
import pathlib
import subprocess

import requests

from services.ceph import CephClusters
from services.keystone import PASSWORD, Keystone
from support.server import free_port, free_ports, wait_until

PACKAGES = "python3-cinder python3-rbd tgt nfs-ganesha nfs-ganesha-vfs rpcbind qemu-utils"
HERE = pathlib.Path(__file__).resolve().parent
BACKENDS = ("rbd", "iscsi", "nfs")
USER, PROJECT = "demo", "demo"  # of stores: nobody special


class Cinder:
    """One server, with the Keystone and the Ceph that it needs. There is a volume type for each of the back ends, and
    rbd-multiattach and iscsi-multiattach, whose volumes may be attached more than once."""

    def __init__(self, home, backends=BACKENDS, options="", cluster=("-R",)):
        self.home = pathlib.Path(home)
        self.backends = backends
        self.more = options  # lines of cinder.conf
        self.keystone = Keystone(self.home / "keystone")
        self.ceph = CephClusters(self.home / "ceph", *cluster, count=1) if "rbd" in backends else None
        self.ports = {"CINDER_PORT": free_port(), "CINDER_ISCSI_PORT": free_port(),
                      "CINDER_NFS_PORT": free_ports(2)}
        self.session = requests.Session()
        self.session.trust_env = False
        self._token = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.ports['CINDER_PORT']}/v3"

    @property
    def keyrings(self):
        """Where the key of Cinder's user of Ceph is."""
        return self.home / "keyrings"

    def start(self):
        """Cinder needs Keystone when it is first asked for something, and Ceph at once."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for started in [pool.submit(each) for each in (self._start_keystone, self._start_the_rest)]:
                started.result()
        return self

    def _start_keystone(self):
        self.keystone.start()
        self.keystone.add_user("cinder", "service", ["admin", "service"])
        self.keystone.publish("volumev3", f"{self.url}/$(project_id)s")

    def _start_the_rest(self):
        self.keyrings.mkdir(parents=True)
        if self.ceph:
            self.ceph.start()
            keyring = self.ceph.clusters[0].state / "client.cinder.keyring"
            (self.keyrings / "ceph.client.cinder.keyring").symlink_to(keyring)
        self.start_cinder()

    def start_cinder(self):
        """What it kept when it was stopped is there again."""
        (self.home / "more.conf").write_text(self.more)
        environment = os.environ | {name: str(port) for name, port in self.ports.items()} | {
            "CINDER_BACKENDS": " ".join(self.backends), "KEYSTONE_AUTH_URL": self.keystone.url,
            "KEYSTONE_PASSWORD": PASSWORD, "CINDER_EXTRA_CONF": str(self.home / "more.conf"),
            "CINDER_CEPH_CONF": str(self.ceph.clusters[0].conf) if self.ceph else ""}
        result = subprocess.run([HERE / "cinder-up", self.home], env=environment, capture_output=True, text=True,
                                timeout=180, check=False)
        assert result.returncode == 0, f"{result.stderr}; install {PACKAGES}"

    def stop(self):
        subprocess.run([HERE / "cinder-down", self.home], check=True, capture_output=True, timeout=60)
        if self.ceph:
            self.ceph.stop()
        self.keystone.stop()

    def pid(self, name):
        """Of its "cinder", "tgtd" or "ganesha"."""
        return int((self.home / "cinder/run" / f"{name}.pid").read_text())

    # What a store is told.

    def options(self, volume_type, **more):
        return {"cinder_store_auth_address": self.keystone.url, "cinder_store_user_name": USER,
                "cinder_store_password": PASSWORD, "cinder_store_project_name": PROJECT,
                "cinder_volume_type": volume_type, "cinder_ceph_conf_dir": self.keyrings} | more

    @property
    def settings(self):
        """The same for programs that look into their environment."""
        return {"CINDER_AUTH_URL": self.keystone.url, "CINDER_USER": USER, "CINDER_PASSWORD": PASSWORD,
                "CINDER_PROJECT": PROJECT, "CINDER_KEYRINGS": str(self.keyrings)}

    # What it has, asked for as the store's own user.

    def call(self, method, path, body=None):
        for _ in range(2):
            self._token = self._token or self.keystone.token(USER)
            answer = self.session.request(
                method, f"{self.url}/{self.keystone.ids['projects'][PROJECT]}{path}", json=body, timeout=60,
                headers={"X-Auth-Token": self._token, "OpenStack-API-Version": "volume 3.54"})
            if answer.status_code != 401:
                break
            self._token = None
        return answer

    def volumes(self):
        """All that are there and not on their way out."""
        answer = self.call("GET", "/volumes/detail")
        return [each for each in answer.json()["volumes"] if each["status"] != "deleting"]

    def attachments(self):
        return self.call("GET", "/attachments").json()["attachments"]

    def create_volume(self, name, volume_type, **more):
        answer = self.call("POST", "/volumes", {"volume": {"name": name, "size": 1, "volume_type": volume_type} | more})
        assert answer.status_code == 202, answer.text
        volume = answer.json()["volume"]["id"]
        wait_until(lambda: self.volume(volume)["status"] == "available", f"volume {name}")
        return volume

    def volume(self, volume_id):
        return self.call("GET", f"/volumes/{volume_id}").json()["volume"]

    def act(self, volume_id, **action):
        answer = self.call("POST", f"/volumes/{volume_id}/action", action)
        assert answer.status_code < 300, answer.text

    def remove_volume(self, volume_id):
        self.call("DELETE", f"/volumes/{volume_id}")
        wait_until(lambda: self.call("GET", f"/volumes/{volume_id}").status_code == 404, "the volume to go")
