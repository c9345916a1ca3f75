"""The sections `engines`, `writes` and `nodes`: catalogs in database servers, one after the other."""

import pathlib
import re
import subprocess

import server_catalog
from contestants import Glance, Vitrine, running
from lists import cells, measure_all, ratio
from load import load
from plans import write_plans
from report import print_table, say
from services.databases import SERVERS, MariaDB, database_of, running as databases_running
from services.haproxy import HAProxy

CLIENTS = (1, 8, 64)
CREATE = """request = function()
  return wrk.format('POST', '/v2/images', {['Content-Type'] = 'application/json'},
                    '{"disk_format": "raw", "container_format": "bare", "name": "written", "os_distro": "debian"}')
end
"""


def on_server(kind, home, peer, url):
    """A contestant whose records lie in a database of a server; rows() asks that one."""
    class OnServer(kind):
        name = f"{kind.name}, {peer.engine}"

        def rows(self, sql, *_):
            sql = re.sub(r"\b(deleted|os_hidden) = 0", r"\1 = FALSE", sql)
            text = peer.query(sql, database_of(url))
            return [tuple(line.split(peer.separator)) for line in text.splitlines()]

        def start(self, *arguments, **options):
            self.launch(*arguments, **options)
            return self.wait_until_ready(seconds=120)

        def stop(self):
            super().stop()
            peer.cut_connections()

    return OnServer(home, {"database": {"connection": url}})


def engines(options, home):
    """The figures of `lists` on database servers; and the servers' plans, in files."""
    def fill(peer):
        url = peer.new_database()
        Vitrine(home / f"schema-{peer.engine}", {"database": {"connection": url}}).sync()
        server_catalog.fill(peer, database_of(url), options.engine_catalog)
        return url

    for kind in SERVERS:
        if kind.engine in options.engines:
            with databases_running(kind, on_disk=True) as (peer,):
                say(f"generating {options.engine_catalog} images and three times as many deleted ones in {kind.engine}")
                compare_on(peer, fill(peer), options, home)


def compare_on(peer, url, options, home):
    """Measures Vitrine and Glance on one database, which is that large, and prints it."""
    vitrine, glance = (on_server(kind, home / f"{peer.engine}-{kind.__name__}", peer, url) for kind in (Vitrine, Glance))
    write_plans(vitrine, peer, pathlib.Path(options.dir) / f"plans-{peer.engine}.txt")
    ours, theirs = (measure_all(server, home, options.seconds) for server in (vitrine, glance))
    size = options.engine_catalog
    print_table(f"{size:,} live and {3 * size:,} deleted images on {peer.engine}, one connection: "
                "milliseconds, and requests per CPU second",
                ["", "Vitrine median", "p99", "/CPU s", "Glance median", "p99", "/CPU s", "× per CPU s"],
                [(kind, *cells(times), *cells(theirs[kind]), ratio(times, theirs[kind], "per_cpu_second"))
                 for kind, times in ours.items()])


def create_images(server, home, clients, seconds):
    """So many clients create images; returns images per second and per CPU second."""
    script = home / "create.lua"
    script.write_text(CREATE)
    before = server.cpu_seconds()
    output = subprocess.run(["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "60s", "-s", script,
                             server.url("")], capture_output=True, text=True, check=True).stdout
    used = server.cpu_seconds() - before
    assert "Non-2xx" not in output, output
    done = int(re.search(r"(\d+) requests in", output)[1])
    return done / seconds, done / max(used, 0.01)


def writes(options, home):
    """Creations of images a second, at several numbers of clients, beside Glance on a database of its own."""
    with databases_running(*SERVERS) as peers:
        for peer in peers:
            rates = {}
            for kind in (Vitrine, Glance):
                url = peer.new_database()
                Vitrine(home / "schema", {"database": {"connection": url}}).sync()
                server = on_server(kind, home / f"{peer.engine}-{kind.name}", peer, url)
                with running(server):
                    for clients in CLIENTS:
                        create_images(server, home, clients, seconds=2)
                        rates[clients, kind] = create_images(server, home, clients, options.seconds)
                        say(f"{server.name}, {clients} clients: {rates[clients, kind][0]:.0f} a second")
            print_table(f"Images created on {peer.engine}", ["clients", "Vitrine /s", "/CPU s", "Glance /s", "/CPU s"],
                        [(clients, *(f"{number:.0f}" for kind in (Vitrine, Glance) for number in rates[clients, kind]))
                         for clients in CLIENTS])


class Cloud:
    """A load balancer before nodes; what it costs is what they cost."""

    name = "nodes behind HAProxy"

    def __init__(self, balancer, nodes):
        self.balancer, self.members = balancer, nodes

    def url(self, path):
        return self.balancer.url(path)

    def cpu_seconds(self):
        return sum(node.cpu_seconds() for node in self.members)


def nodes(options, home):
    """One and two nodes behind HAProxy, on one MariaDB."""
    rows = []
    with databases_running(MariaDB) as (peer,):
        url = peer.new_database()
        Vitrine(home / "schema", {"database": {"connection": url}}).sync()
        for count in (1, 2):
            members = [on_server(Vitrine, home / f"node{count}{number}", peer, url) for number in range(count)]
            with running(*members):
                image_id = members[0].create(name="shown")["id"]
                balancer = HAProxy(home / f"balancer{count}", {f"node{number}": member.port
                                                              for number, member in enumerate(members)}).start()
                try:
                    cloud = Cloud(balancer, members)
                    for what, figures in (("show", load(cloud, home, [f"/v2/images/{image_id}"], options.seconds)),
                                          ("create", create_images(cloud, home, 8, options.seconds))):
                        rows.append((count, what, f"{figures[0]:.0f}", f"{1e6 / figures[1]:.0f}"))
                finally:
                    balancer.stop()
    print_table("Nodes behind HAProxy on one MariaDB, 8 clients", ["nodes", "", "requests /s", "CPU µs a request"],
                rows)
