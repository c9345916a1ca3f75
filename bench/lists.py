"""The section `lists`: requests to catalogs of several sizes. A list must not cost more because there are many images.
"""

import dataclasses
import os
import re
import subprocess
import sys
import urllib.parse

import requests

from contestants import REPOSITORY, Glance, Vitrine, running
from load import write_script
from report import print_table, say

PATIENCE = 20  # seconds for one request
MILLISECONDS = {"us": 0.001, "ms": 1, "s": 1000}
RENAME = '[{"op": "replace", "path": "/name", "value": "renamed"}]'
PATCH_TYPE = "application/openstack-images-v2.1-json-patch"


@dataclasses.dataclass
class Times:
    """Milliseconds of requests that were sent one after the other, and how many of them a CPU second answers."""

    median: float
    p99: float
    per_cpu_second: float


def generate(database, count, deleted=10):
    """Puts so many images, and so many deleted ones for a hundred of them, with all that belongs to them into a
    database that was made for them."""
    subprocess.run([sys.executable, str(REPOSITORY / "bench" / "fill"), str(database), str(count), "--deleted",
                    str(deleted)], check=True)


def sample(server, column):
    """Values that some shown images have, a thousand at most."""
    return [value for (value,) in server.rows(
        f"SELECT {column} FROM images WHERE deleted = 0 AND os_hidden = 0 ORDER BY os_hash_value LIMIT 1000")]


def kinds_of_requests(server):
    """The paths of each kind of request, many where that is to be like life."""
    def lists(filters):
        return [f"/v2/images?{urllib.parse.urlencode([one])}" for one in filters]
    ids = sample(server, "id")
    builds = server.rows("SELECT value FROM image_properties WHERE name = 'build' AND deleted = 0 LIMIT 1000")
    return {
        "show": [f"/v2/images/{image_id}" for image_id in ids],
        "list of 25": ["/v2/images"],
        "list of 25 deep inside": [f"/v2/images?marker={image_id}" for image_id in ids],
        "list of 1000": ["/v2/images?limit=1000"],
        "list of 25 by name, deep": [f"/v2/images?sort=name:asc&marker={image_id}" for image_id in ids],
        "25 by name": lists(("name", name) for name in sample(server, "name")),
        "25 by owner": lists(("owner", owner) for owner in sample(server, "owner")),
        "25 by a common property": lists(("os_distro", system) for system in ("debian", "rocky", "windows")),
        "25 by a rare property": lists(("build", build) for (build,) in builds),
        "25 by a common tag": lists(("tag", f"group {number}") for number in range(20)),
        "25 by a rare tag": lists(("tag", f"release {number}") for number in range(10)),
        "patch": [f"/v2/images/{image_id}" for image_id in ids],
    }


def is_patient_enough_for(server, kind, path):
    """Whether one such request is answered before anybody loses patience."""
    method, body = ("PATCH", RENAME) if kind == "patch" else ("GET", None)
    try:
        return server.request(method, path, data=body, headers={"Content-Type": PATCH_TYPE}, timeout=PATIENCE).ok
    except requests.Timeout:
        return False


def measure(server, home, kind, paths, seconds):
    """Sends the requests in turn on one connection for so long. None if some of them failed."""
    script = home / "requests.lua"
    write_script(script, paths, f"'PATCH', paths[n], {{['Content-Type'] = '{PATCH_TYPE}'}}, '{RENAME}'"
                 if kind == "patch" else "'GET', paths[n]")
    before = server.cpu_seconds()
    output = subprocess.run(["wrk", "-t1", "-c1", f"-d{seconds}s", "--timeout", "60s", "--latency", "-s", script,
                             server.url("")], capture_output=True, text=True, check=True).stdout
    used = server.cpu_seconds() - before
    if "Non-2xx" in output:
        say(f"{server.name}, {kind}: some requests failed\n{output}")
        return None
    times = {part: float(number) * MILLISECONDS[unit]
             for part, number, unit in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", output)}
    done = int(re.search(r"(\d+) requests in", output)[1])
    if done == 0:
        return None
    return Times(times["50"], times["99"], done / used)


def measure_all(server, home, seconds):
    """The times of each kind of request; None where it cannot be measured. Starts the server and stops it."""
    results = {}
    with running(server):
        for kind, paths in kinds_of_requests(server).items():
            results[kind] = None
            if is_patient_enough_for(server, kind, paths[0]):
                measure(server, home, kind, paths, seconds=2)
                results[kind] = measure(server, home, kind, paths, seconds)
            else:  # it would go on with what nobody waits for
                server.stop()
                server.start()
            say(f"{server.name}, {kind}: {results[kind]}")
    return results


def cells(times):
    """Of a table."""
    return (f"{times.median:.2f}", f"{times.p99:.2f}", f"{times.per_cpu_second:.0f}") if times else ("–", "–", "–")


def ratio(above, below, field):
    """How many times as much, for a table."""
    return f"{getattr(above, field) / getattr(below, field):.1f}" if above and below else "–"


def compare(options, home, size):
    """Measures one size and prints it; returns Vitrine's times."""
    vitrine, glance = Vitrine(home / f"vitrine{size}").sync(), Glance(home / f"glance{size}")
    say(f"generating {size} images")
    generate(vitrine.database, size)
    ours = measure_all(vitrine, home, options.seconds)
    os.replace(vitrine.database, glance.database)
    theirs = measure_all(glance, home, options.seconds) if size <= options.glance_catalog else {}
    glance.database.unlink()
    rows = [(kind, *cells(times), *cells(theirs.get(kind)), ratio(times, theirs.get(kind), "per_cpu_second"))
            for kind, times in ours.items()]
    print_table(f"{size:,} images, one connection: milliseconds, and requests per CPU second",
                ["", "Vitrine median", "p99", "/CPU s", "Glance median", "p99", "/CPU s", "× per CPU s"], rows)
    return ours


def lists(options, home):
    """Prints a table for each size, and how the largest compares with the smallest."""
    sizes = sorted(int(size) for size in options.catalogs.split(","))
    results = {size: compare(options, home, size) for size in sizes}
    first, last = results[sizes[0]], results[sizes[-1]]
    print_table(f"p99 with {sizes[-1]:,} images as a multiple of that with {sizes[0]:,}", ["", "×"],
                [(kind, ratio(last[kind], first[kind], "p99")) for kind in first])
