"""The rbd store beside `rbd import` and `rbd export` and Glance, all on one cluster that keeps its data in memory."""

from contestants import Glance, Vitrine
from store_contest import GIB, Client, Service, contest

from services.ceph import CephClusters


def command(home, ceph):
    """Ceph's own."""
    words = ["rbd", "-c", ceph.conf, "--id", "glance", "-p", "images", "--no-progress"]
    return Client("rbd import, rbd export", home, put=[*words, "--object-size", "8M", "import", "-", "by-command"],
                  get=[*words, "export", "by-command", "-"], remove=[*words, "rm", "by-command"])


def settings_of(ceph):
    return {"glance_store": ceph.options(rados_connect_timeout=60) | {"stores": "rbd,file", "default_store": "rbd"}}


def rbd(options, home, in_turns, random_file):
    source = random_file(home / "source", int(options.size * GIB))
    # The store in memory holds up to twice the data.
    clusters = CephClusters(home / "ceph", "-R", "-g", str(int(8 * options.size) + 4), count=1).start()
    try:
        ceph = clusters.clusters[0]
        vitrine = Vitrine(home / "vitrine", settings_of(ceph))
        everyone = [command(home, ceph), Service(vitrine), Service(Glance(home / "glance", settings_of(ceph)))]
        contest(options, everyone, vitrine, source, in_turns, "a Ceph cluster", "rbd")
    finally:
        clusters.stop()
