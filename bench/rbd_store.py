"""The rbd store beside `rbd import` and `rbd export` and Glance, all on one cluster that keeps its data in memory."""

import os
import resource
import subprocess
import threading
import time

import clients
from contestants import Glance, Vitrine, running
from report import print_table

from services.ceph import CephClusters

GIB = 1 << 30


class Command:
    """Ceph's own command. It imports from a pipe in which md5sum and sha512sum read along: a service computes both,
    too."""

    name = "rbd import, rbd export"

    def __init__(self, home, ceph):
        self.home = home
        self.rbd = ["rbd", "-c", ceph.conf, "--id", "glance", "-p", "images"]

    def start(self):
        pass

    def stop(self):
        pass

    def cpu_seconds(self):
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    def upload(self, source, _size):
        words = " ".join(map(str, self.rbd))
        command = (f"tee >(md5sum >{self.home}/md5) >(sha512sum >{self.home}/sha512) <{source}"
                   f" | {words} --no-progress --object-size 8M import - by-command && wait")
        start = time.monotonic()
        subprocess.run(["bash", "-c", command], check=True)
        return time.monotonic() - start

    def download(self, size):
        start = time.monotonic()
        with subprocess.Popen([*self.rbd, "--no-progress", "export", "by-command", "-"],
                              stdout=subprocess.PIPE) as process:
            received = 0
            while count := process.stdout.readinto1(clients.BUFFER):
                received += count
        assert (process.returncode, received) == (0, size)
        return time.monotonic() - start

    def forget(self):
        subprocess.run([*self.rbd, "--no-progress", "rm", "by-command"], check=True)


class Service:
    """An image service whose store is the pool."""

    def __init__(self, server):
        self.server = server
        self.name = server.name
        self.image_id = None

    def start(self):
        self.server.start()

    def stop(self):
        self.server.stop()

    def cpu_seconds(self):
        return self.server.cpu_seconds()

    def upload(self, source, size):
        self.image_id = self.server.create()["id"]
        return clients.put(self.server.port, f"/v2/images/{self.image_id}/file", source, size)

    def download(self, size):
        seconds, received = clients.get(self.server.port, f"/v2/images/{self.image_id}/file")
        assert received == size
        return seconds

    def forget(self):
        self.server.request("DELETE", f"/v2/images/{self.image_id}")


def settings_of(ceph):
    return {"glance_store": ceph.options(rados_connect_timeout=60) | {"stores": "rbd,file", "default_store": "rbd"}}


def peak_of(server, actions):
    """MiB that the process has grown by at its peak while the actions run side by side."""
    before = server.memory()
    server.forget_peak()
    threads = [threading.Thread(target=action) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return server.memory("VmHWM") - before


def print_peaks(server, source, size, count):
    """What `count` transfers at the same time cost."""
    ids = [server.create()["id"] for _ in range(count)]
    paths = [f"/v2/images/{one}/file" for one in ids]
    up = peak_of(server, [lambda path=path: clients.put(server.port, path, source, size) for path in paths])
    down = peak_of(server, [lambda path=path: clients.get(server.port, path) for path in paths])
    for one in ids:
        server.request("DELETE", f"/v2/images/{one}")
    print(f"\n{count} uploads at the same time make the service grow by {up:.0f} MiB at their peak, as many downloads by"
          f" {down:.0f} MiB more.")


def rbd(options, home, in_turns, random_file):
    size = int(options.size * GIB)
    source = random_file(home / "source", size)
    # The store in memory holds up to twice the data.
    clusters = CephClusters(home / "ceph", "-R", "-g", str(int(8 * options.size) + 4), count=1).start()
    try:
        ceph = clusters.clusters[0]
        vitrine = Vitrine(home / "vitrine", settings_of(ceph))
        everyone = [Command(home, ceph), Service(vitrine), Service(Glance(home / "glance", settings_of(ceph)))]
        with running(*everyone):
            used = set()

            def upload(one):
                if one in used:
                    one.forget()
                used.add(one)
                return one.upload(source, size)
            up = in_turns(options, everyone, upload)
            down = in_turns(options, everyone, lambda one: one.download(size))
            for one in everyone:
                one.forget()
            print_result(options, size, everyone, up, down)
            print_peaks(vitrine, source, size // 4, count=4)
    finally:
        clusters.stop()


def print_result(options, size, everyone, up, down):
    command = everyone[0]
    rows = [(one.name, f"{size / up[one][0] / 1e6:.0f}", f"{up[command][0] / up[one][0]:.2f}",
             f"{up[one][1] / size * 1e9:.2f}", f"{size / down[one][0] / 1e6:.0f}",
             f"{down[command][0] / down[one][0]:.2f}", f"{down[one][1] / size * 1e9:.2f}") for one in everyone]
    print_table(f"One image, {options.size:g} GiB, to and from a Ceph cluster on the same {os.cpu_count()} cores",
                ["", "upload MB/s", "rate × rbd", "CPU s/GB", "download MB/s", "rate × rbd", "CPU s/GB"], rows)
