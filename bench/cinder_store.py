"""The cinder store, with volumes in Ceph, beside the rbd store on the same cluster, which keeps its data in memory."""

from contestants import Vitrine
from store_contest import GIB, Service, contest

from services.cinder import Cinder


class RbdStore(Vitrine):
    """Without Cinder in between."""

    name = "Vitrine, rbd store"


class CinderStore(Vitrine):
    """Through volumes."""

    name = "Vitrine, cinder store"


def settings_of(store, options):
    return {"glance_store": options | {"stores": f"{store},file", "default_store": store}}


def cinder(options, home, in_turns, random_file):
    source = random_file(home / "source", int(options.size * GIB))
    # The store in memory holds up to twice the data.
    service = Cinder(home / "cinder", ["rbd"], cluster=["-R", "-g", str(int(6 * options.size) + 4)])
    try:
        ceph = service.start().ceph.clusters[0]
        reference = RbdStore(home / "rbd", settings_of("rbd", ceph.options(rados_connect_timeout=60)))
        vitrine = CinderStore(home / "volumes", settings_of("cinder", service.options("rbd")))
        everyone = [Service(reference), Service(vitrine)]
        contest(options, everyone, vitrine, source, in_turns, "a Ceph cluster", "rbd store")
    finally:
        service.stop()
