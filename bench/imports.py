"""The section `import`: an image from a web server into one store and into three, in one pass."""

import http.server
import os
import statistics
import threading
import time

from contestants import Vitrine, running
from report import print_table, say

from support.imports import ask, wait_for_end  # contestants says where that is

GIB = 1 << 30
BLOCK = os.urandom(1 << 20)
STORES = ("one", "two", "three")


class Source:
    """A web server whose only document is made while it is sent, and which knows how often it was."""

    def __init__(self, size):
        self.sent = 0
        source = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):  # pylint: disable=invalid-name
                self.send_response(200)
                self.send_header("Content-Length", str(size))
                self.end_headers()
                left = size
                while left > 0:
                    piece = memoryview(BLOCK)[:left]
                    self.wfile.write(piece)
                    left -= len(piece)
                    source.sent += len(piece)

            def log_message(self, *_arguments):  # pylint: disable=arguments-differ
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def settings(home, source):
    """Of a server with three stores in one file system that may download from this machine."""
    groups = {"DEFAULT": {"enabled_backends": ", ".join(f"{name}:file" for name in STORES),
                          "enabled_import_methods": "[web-download]"},
              "glance_store": {"stores": None, "default_store": None, "filesystem_store_datadir": None,
                               "default_backend": STORES[0]},
              "import_filtering_opts": {"allowed_hosts": "[127.0.0.1]", "allowed_ports": f"[{source.port}]"}}
    reserved = {f"os_glance_{name}_store": {"filesystem_store_datadir": home / name} for name in ("staging", "tasks")}
    return groups | reserved | {name: {"filesystem_store_datadir": home / name} for name in STORES}


def import_once(server, source, stores):
    """Imports a new image into these stores and deletes it; returns seconds, CPU seconds, peak MiB, bytes asked for."""
    image_id = server.create(disk_format="raw", container_format="bare")["id"]
    os.sync()
    server.forget_peak()
    source.sent, cpu, begin = 0, server.cpu_seconds(), time.monotonic()
    answer = ask(server, image_id, {"name": "web-download", "uri": f"http://127.0.0.1:{source.port}/image"},
                 stores=list(stores))
    assert answer.status_code == 202, answer.text
    task = wait_for_end(server, image_id, seconds=3600)
    seconds = time.monotonic() - begin
    assert task["status"] == "success", task
    result = seconds, server.cpu_seconds() - cpu, server.memory("VmHWM"), source.sent
    server.request("DELETE", f"/v2/images/{image_id}")
    return result


def write_files(home, count, size):
    """What the disk needs for so many files written at once; seconds."""
    def write(path):
        with open(path, "wb", buffering=0) as file:
            for _ in range(size // len(BLOCK)):
                file.write(BLOCK)
            os.fsync(file.fileno())
    paths = [home / f"plain{number}" for number in range(count)]
    os.sync()
    begin = time.monotonic()
    writers = [threading.Thread(target=write, args=(path,)) for path in paths]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    seconds = time.monotonic() - begin
    for path in paths:
        path.unlink()
    return seconds


def imports(options, home):
    """One image by web-download into one store and three, in turns, beside what the disk needs for three files."""
    size = int(options.size * GIB)
    source = Source(size)
    server = Vitrine(home / "vitrine", settings(home, source))
    runs = {1: [], 3: []}
    disk = []
    with running(server):
        for round_number in range(options.rounds + 1):
            for count, results in runs.items():
                result = import_once(server, source, STORES[:count])
                say(f"{count} stores, round {round_number}: {result[0]:.1f} s, {result[2]:.1f} MiB")
                if round_number > 0:
                    results.append(result)
            disk.append(write_files(home, 3, size))
    medians = {count: [statistics.median(column) for column in zip(*results)] for count, results in runs.items()}
    rows = [(count, f"{seconds:.2f}", f"{cpu / size * 1e9:.2f}", f"{peak:.1f}", f"{sent / size:.2f}")
            for count, (seconds, cpu, peak, sent) in medians.items()]
    print_table(f"Import of {options.size:g} GiB by web-download into file stores, generated while it is sent",
                ["stores", "seconds", "CPU s/GB", "peak MiB", "× bytes asked for"], rows)
    floor = statistics.median(disk[1:])
    ratio = medians[3][0] / max(medians[1][0], floor)
    print(f"\nThe disk needs {floor:.2f} s for three such files written at once. Three stores took {ratio:.2f} × the larger"
          f" of that and one store's time.")
