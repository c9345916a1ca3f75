"""The s3 store beside s3cmd and Glance, all with one RadosGW on a cluster in memory."""

import os
import resource
import subprocess
import threading
import time

import clients
from contestants import Glance, Vitrine, running
from report import print_table

from services.radosgw import Radosgw

GIB = 1 << 30
BUCKET = "bench"


class Client:
    """s3cmd. It uploads from a pipe in which md5sum and sha512sum read along: a service computes both, too."""

    name = "s3cmd"

    def __init__(self, home, service):
        self.home = home
        self.service = service
        self.config = home / "s3cfg"

    def start(self):
        host = self.service.host
        self.config.write_text(f"[default]\naccess_key = {self.service.access_key}\nsecret_key = "
                               f"{self.service.secret_key}\nhost_base = {host}\nhost_bucket = {host}\n"
                               "use_https = False\nsignature_v2 = False\nmultipart_chunk_size_mb = 15\n")

    def stop(self):
        self.config.unlink(missing_ok=True)

    def cpu_seconds(self):
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    def upload(self, source, _size):
        command = (f"tee >(md5sum >{self.home}/md5) >(sha512sum >{self.home}/sha512) <{source}"
                   f" | s3cmd -q -c {self.config} put - s3://{BUCKET}/by-s3cmd && wait")
        start = time.monotonic()
        subprocess.run(["bash", "-c", command], check=True)
        return time.monotonic() - start

    def download(self, size):
        start = time.monotonic()
        with subprocess.Popen(["s3cmd", "-q", "-c", self.config, "get", f"s3://{BUCKET}/by-s3cmd", "-"],
                              stdout=subprocess.PIPE) as process:
            received = 0
            while count := process.stdout.readinto1(clients.BUFFER):
                received += count
        assert (process.returncode, received) == (0, size)
        return time.monotonic() - start

    def forget(self):
        subprocess.run(["s3cmd", "-q", "-c", self.config, "del", f"s3://{BUCKET}/by-s3cmd"], check=True)


class Service:
    """An image service whose store is the bucket."""

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


def settings_of(service):
    return {"glance_store": service.options(BUCKET) | {"stores": "s3,file", "default_store": "s3"}}


def peak_of_uploads(server, source, size, count):
    """MiB that the process has grown by at its peak, with so many uploads at the same time."""
    before = server.memory()
    server.forget_peak()
    ids = [server.create()["id"] for _ in range(count)]
    threads = [threading.Thread(target=clients.put, args=(server.port, f"/v2/images/{one}/file", source, size))
               for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in ids:
        server.request("DELETE", f"/v2/images/{one}")
    return server.memory("VmHWM") - before


def s3(options, home, in_turns, random_file):
    size = int(options.size * GIB)
    source = random_file(home / "source", size)
    service = Radosgw(home / "ceph", "-g", str(int(3 * options.size) + 4)).start()
    try:
        service.create_bucket(BUCKET)
        vitrine = Vitrine(home / "vitrine", settings_of(service))
        everyone = [Client(home, service), Service(vitrine), Service(Glance(home / "glance", settings_of(service)))]
        with running(*everyone):
            def upload(one):
                if getattr(one, "is_there", False):
                    one.forget()
                one.is_there = True
                return one.upload(source, size)
            up = in_turns(options, everyone, upload)
            down = in_turns(options, everyone, lambda one: one.download(size))
            for one in everyone:
                one.forget()
            peak = peak_of_uploads(vitrine, source, size // 4, count=4)
    finally:
        service.stop()
    client = everyone[0]
    rows = [(one.name, f"{size / up[one][0] / 1e6:.0f}", f"{up[client][0] / up[one][0]:.2f}",
             f"{up[one][1] / size * 1e9:.2f}", f"{size / down[one][0] / 1e6:.0f}",
             f"{down[client][0] / down[one][0]:.2f}", f"{down[one][1] / size * 1e9:.2f}") for one in everyone]
    print_table(f"One image, {options.size:g} GiB, to and from RadosGW on the same {os.cpu_count()} cores",
                ["", "upload MB/s", "rate × s3cmd", "CPU s/GB", "download MB/s", "rate × s3cmd", "CPU s/GB"], rows)
    print(f"\nFour uploads at the same time make the service grow by {peak:.0f} MiB at their peak.")
