"""Real Ceph clusters, below one folder."""

import contextlib
import os
import pathlib
import signal
import subprocess

import rados
import rbd

from support.server import is_alive, wait_until

PACKAGES = "ceph-mon ceph-osd ceph-common"
HERE = pathlib.Path(__file__).resolve().parent
LIMITS = {"client_mount_timeout": "30", "rados_mon_op_timeout": "30", "rados_osd_op_timeout": "30"}
# There for good once a pool was used.
FIXTURES = {"rbd_info", "rbd_directory", "rbd_trash", "rbd_children"}


class Ceph:
    """One of the clusters; see ceph-up for its pools and users."""

    def __init__(self, conf, fsid, state):
        self.conf = pathlib.Path(conf)
        self.fsid = fsid
        self.state = pathlib.Path(state)  # where its daemons live

    def options(self, **more):
        """What the section of a store says. Time-outs are short enough for tests to wait for."""
        return {"rbd_store_ceph_conf": self.conf, "rbd_store_user": "glance", "rbd_store_pool": "images",
                "rados_connect_timeout": 5} | more

    def conf_with(self, path, client_lines="", without=()):
        """Writes a copy of its ceph.conf with more lines for clients, and without those that start with a word of
        `without`; returns its path."""
        lines = [line for line in self.conf.read_text().splitlines() if not line.startswith(tuple(without))]
        path.write_text("\n".join(lines) + f"\n[client]\n{client_lines}\n")
        return path

    # Its daemons.

    def _pid(self, daemon):
        return int((self.state / "run" / f"{daemon}.pid").read_text())

    def freeze(self):
        """The OSD does nothing any more, and does not say so."""
        os.kill(self._pid("osd.0"), signal.SIGSTOP)

    def thaw(self):
        os.kill(self._pid("osd.0"), signal.SIGCONT)

    @contextlib.contextmanager
    def frozen(self):
        self.freeze()
        try:
            yield
        finally:
            self.thaw()

    def kill(self):
        """All of it, at once. What it held is gone, as it held it in memory."""
        for daemon in ("mon.a", "osd.0"):
            os.kill(self._pid(daemon), signal.SIGKILL)

    def stop_monitor(self):
        pid = self._pid("mon.a")
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_alive(pid), "the monitor to end")

    def start_monitor(self):
        subprocess.run(["/usr/bin/ceph-mon", "-c", self.conf, "-i", "a"], check=True, timeout=60, capture_output=True)

    def ceph(self, *words):
        """As the administrator's command."""
        return subprocess.run(["/usr/bin/ceph", "-c", self.conf, "--connect-timeout", "60", *map(str, words)],
                              check=True, timeout=90, capture_output=True, text=True).stdout

    @contextlib.contextmanager
    def _written_image(self, image_id, **options):
        """What the image is written to, opened."""
        with self.pool() as pool:
            hidden = [name for name in rbd.RBD().list(pool) if name.endswith(image_id)][0]
            with rbd.Image(pool, hidden, **options) as image:
                yield image

    def writers(self, image_id):
        """The addresses of those who write the image."""
        with self._written_image(image_id, read_only=True) as image:
            return [watcher["addr"] for watcher in image.watchers_list()]

    def shut_out_writers(self, image_id):
        """Puts whoever writes the image on the blocklist, as an operator does with a node that does not answer."""
        for address in self.writers(image_id):
            self.ceph("osd", "blocklist", "add", address)

    def make_writers_look_again(self, image_id):
        """Whoever writes the image reads what describes it before the next write."""
        with self._written_image(image_id) as image:
            image.metadata_set("conf_rbd_cache_max_dirty", "0")  # one of no consequence here

    @contextlib.contextmanager
    def full(self):
        """Has no room while the block runs."""
        for limit in ("nearfull", "backfillfull", "full"):
            self.ceph("osd", f"set-{limit}-ratio", "0.0000001")
        try:
            wait_until(self._is_full, "the pools to be full", seconds=60)
            wait_until(self._refuses_data, "the OSD to know that, too", seconds=60)
            yield
        finally:
            for limit, ratio in (("full", 0.95), ("backfillfull", 0.9), ("nearfull", 0.85)):
                self.ceph("osd", f"set-{limit}-ratio", ratio)
            wait_until(lambda: not self._is_full(), "the pools to have room again", seconds=180)

    def _is_full(self):
        return "full" in self.ceph("osd", "dump").split("pool 1 ")[1].split("\n")[0]

    def _refuses_data(self, name="images"):
        """Whether each of its placement groups does, or most likely so."""
        with self.pool(name) as pool:
            pool.set_osdmap_full_try()  # otherwise a write waits for room
            return all(self._refuses_object(pool, f"probe {number}") for number in range(32))

    @staticmethod
    def _refuses_object(pool, key):
        try:
            pool.write_full(key, b"data")
        except rados.NoSpace:
            return True
        pool.remove_object(key)
        return False

    # What it holds.

    @contextlib.contextmanager
    def pool(self, name="images", user="admin", **options):
        """The pool, to be used with Ceph's own Python modules; `options` as in ceph.conf."""
        with rados.Rados(conffile=str(self.conf), name=f"client.{user}", conf=LIMITS | options) as cluster, \
                cluster.open_ioctx(name) as pool:
            yield pool

    def images(self, name="images"):
        with self.pool(name) as pool:
            return sorted(rbd.RBD().list(pool))

    def everything(self, name="images"):
        """Images, trash, and every object that describes an image. Data goes in the cluster's own time."""
        with self.pool(name) as pool:
            objects = {each.key for each in pool.list_objects() if not each.key.startswith("rbd_data.")} - FIXTURES
            return sorted(objects) + [f"in the trash: {each['name']}" for each in rbd.RBD().trash_list(pool)]

    def empty(self, name="images"):
        """Removes all that is in the pool, however it came to be there."""
        with self.pool(name) as pool:
            for each in list(pool.list_objects()):
                pool.remove_object(each.key)


class CephClusters:
    """One cluster or two, started and stopped together. `options`: more of ceph-up's."""

    def __init__(self, home, *options, count=2):
        self.home = pathlib.Path(home)
        self.options = [*options, "-n", str(count)]
        self.clusters = []

    def start(self):
        result = subprocess.run([HERE / "ceph-up", *self.options, self.home], capture_output=True, text=True,
                                timeout=180, check=False)
        assert result.returncode == 0, result.stderr
        settings = dict(line.split("=", 1) for line in (self.home / "env").read_text().splitlines())
        self.clusters = [Ceph(settings[f"CEPH{number}_CONF"], settings[f"CEPH{number}_FSID"], self.home / state)
                         for number, state in (("", "c0"), ("1", "c1")) if f"CEPH{number}_CONF" in settings]
        return self

    def stop(self):
        subprocess.run([HERE / "ceph-down", self.home], check=True, capture_output=True, timeout=120)
