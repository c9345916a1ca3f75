"""What the sections on stores of the cloud have in common: a client of the store itself beside image services that keep
their images in it. The store's server is on the same machine."""

import os
import resource
import subprocess
import threading
import time

import clients
from contestants import running
from report import print_table

GIB = 1 << 30


class Client:
    """Programs that put one object into the store, and get it. It is put from a pipe in which md5sum and sha512sum read
    along: a service computes both, too. `put` is the shell's; it reads the object, as `get` writes it."""

    def __init__(self, name, home, put, get, remove):
        self.name = name
        self.home = home
        self.put, self.get, self.remove = put, get, remove

    def start(self):
        pass

    def stop(self):
        pass

    def cpu_seconds(self):
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    def upload(self, source, _size):
        command = (f"tee >(md5sum >{self.home}/md5) >(sha512sum >{self.home}/sha512) <{source}"
                   f" | {' '.join(map(str, self.put))} && wait")
        start = time.monotonic()
        subprocess.run(["bash", "-c", command], check=True)
        return time.monotonic() - start

    def download(self, size):
        start = time.monotonic()
        with subprocess.Popen(self.get, stdout=subprocess.PIPE) as process:
            received = 0
            while count := process.stdout.readinto1(clients.BUFFER):
                received += count
        assert (process.returncode, received) == (0, size)
        return time.monotonic() - start

    def forget(self):
        subprocess.run(self.remove, check=True)


class Service:
    """An image service whose default store it is."""

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


def measure(options, everyone, source, size, in_turns):
    """What uploads and downloads take, by contestant; nothing is left in the store."""
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
    return up, down


def print_result(options, size, place, native, results):
    """A table; the first contestant is the store's own client, for short `native`."""
    up, down = results
    client = next(iter(up))
    rows = [(one.name, f"{size / up[one][0] / 1e6:.0f}", f"{up[client][0] / up[one][0]:.2f}",
             f"{up[one][1] / size * 1e9:.2f}", f"{size / down[one][0] / 1e6:.0f}",
             f"{down[client][0] / down[one][0]:.2f}", f"{down[one][1] / size * 1e9:.2f}") for one in up]
    print_table(f"One image, {options.size:g} GiB, to and from {place} on the same {os.cpu_count()} cores",
                ["", "upload MB/s", f"rate × {native}", "CPU s/GB", "download MB/s", f"rate × {native}", "CPU s/GB"], rows)


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


def contest(options, everyone, vitrine, source, in_turns, place, native):
    """A section: everyone takes the source to the place and back; what Vitrine's memory is when several do so at once."""
    size = source.stat().st_size
    with running(*everyone):
        print_result(options, size, place, native, measure(options, everyone, source, size, in_turns))
        print_peaks(vitrine, source, size // 4, count=4)
