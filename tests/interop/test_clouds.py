"""One session of a real client over stores of five kinds at once: rbd, s3, swift and cinder, each with its real server, and
vmware with a simulator of its."""

import concurrent.futures
import contextlib
import os
import re

import pytest

from services.ceph import Ceph
from services.cinder import Cinder
from services.radosgw import Radosgw
from services.swift import Swift
from services.vsphere import Vsphere
from support import clients
from support.imports import wait_for_end
from support.server import wait_until
from support.stores import RESERVED, wait_for_store

MIB = 1 << 20
LARGE = os.urandom(23 * MIB + 1)
RAW = ["--disk-format", "raw", "--container-format", "bare"]
BUCKET = "images"
STORES = {"block": "rbd", "bucket": "s3", "container": "swift", "volume": "cinder", "datastore": "vmware"}
NOWHERE = dict.fromkeys(STORES, [])


class Clouds:
    """The servers: a Ceph cluster with its S3 gateway, a Swift, a Cinder with its volumes on an NFS server, a vSphere."""

    def __init__(self, home):
        self.gateway = Radosgw(home / "ceph")
        self.swift = Swift(home / "swift")
        self.cinder = Cinder(home / "cinder", backends=("nfs",))
        self.vsphere = Vsphere(home / "vsphere")
        self.ceph = None

    def start(self):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            servers = (self.gateway, self.swift, self.cinder, self.vsphere)
            for started in [pool.submit(server.start) for server in servers]:
                started.result()
        self.gateway.create_bucket(BUCKET)
        self.swift.create_container(BUCKET)
        settings = self.gateway.settings
        self.ceph = Ceph(settings["CEPH_CONF"], settings["CEPH_FSID"], self.gateway.home / "c0")
        return self

    def stop(self):
        for server in (self.vsphere, self.cinder, self.swift, self.gateway):
            server.stop()

    def options(self):
        """Of each store."""
        parts = {"large_object_size": 5, "large_object_chunk_size": 5}
        return {"block": self.ceph.options(rados_connect_timeout=30),
                "bucket": self.gateway.options(BUCKET, **{f"s3_store_{name}": size for name, size in parts.items()}),
                "container": self.swift.options(BUCKET,
                                                **{f"swift_store_{name}": size for name, size in parts.items()}),
                "volume": self.cinder.options("nfs"), "datastore": self.vsphere.options()}

    def everything(self):
        """What each store holds."""
        return {"block": self.ceph.images(), "bucket": self.gateway.everything(BUCKET),
                "container": [name for name in self.swift.objects(BUCKET) if name[-6] != "-"],  # but for segments
                "volume": [volume["name"].removeprefix("image-") for volume in self.cinder.volumes()],
                "datastore": [file.rsplit("/")[-1] for file in self.vsphere.files()]}

    @contextlib.contextmanager
    def without(self, store):
        """The store's server is dead while the block runs."""
        kill, start = {"bucket": (self.gateway.kill_gateway, self.gateway.start_gateway),
                       "container": (self.swift.kill_proxies, self.swift.start_proxies),
                       "datastore": (self.vsphere.kill, self.vsphere.start)}[store]
        kill()
        try:
            yield
        finally:
            start()


@pytest.fixture(scope="module", name="clouds")
def clouds_fixture(tmp_path_factory):
    running = Clouds(tmp_path_factory.mktemp("clouds"))
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(name="server")
def server_fixture(clouds, make_server, tmp_path):
    settings = {"DEFAULT": {"enabled_backends": ", ".join(f"{store}:{kind}" for store, kind in STORES.items())},
                "glance_store": {"stores": None, "default_store": None, "filesystem_store_datadir": None,
                                 "default_backend": "block"}}
    for store in RESERVED:
        settings[store] = {"filesystem_store_datadir": tmp_path / store}
    running = make_server(settings | clouds.options()).start()
    wait_for_store(running, "volume")
    return running


@pytest.fixture(name="glance")
def glance_fixture(server, tmp_path):
    return clients.glance(server, tmp_path)


def stores_of(glance, image_id):
    """Where the image is, once nothing is on its way any more."""
    image = clients.table(glance("image-show", "--max-column-width", "200", image_id))
    return None if image.get("os_glance_importing_to_stores") else set(image["stores"].split(","))


def copied(glance, image_id, *stores):
    """Copies the image, and waits until it is there."""
    glance("image-import", image_id, "--import-method", "copy-image", "--stores", ",".join(stores))
    wait_until(lambda: set(stores) <= (stores_of(glance, image_id) or set()), f"the image to be in {stores}")


def bytes_read(server, store):
    return int(re.search(rf'vitrine_store_read_bytes_total{{store="{store}"}} (\d+)', server.metrics())[1])


def test_a_client_moves_an_image_through_stores_of_all_kinds(clouds, glance, server, tmp_path):
    original, copy = tmp_path / "original", tmp_path / "copy"
    original.write_bytes(LARGE)
    assert clouds.everything() == NOWHERE

    image_id = clients.table(glance("image-create", *RAW, "--store", "container", "--file", original))["id"]
    assert clouds.everything() == NOWHERE | {"container": [image_id]}

    everywhere = dict.fromkeys(STORES, [image_id])
    copied(glance, image_id, *STORES.keys() - {"container"})
    assert clouds.everything() == everywhere

    glance("stores-delete", "--store", "container", image_id)
    assert clouds.everything() == everywhere | {"container": []}
    glance("image-download", image_id, "--file", copy)
    assert copy.read_bytes() == LARGE

    copied(glance, image_id, "container")
    glance("image-delete", image_id)
    wait_until(lambda: clouds.everything() == NOWHERE, "the data to be removed")
    assert clouds.cinder.attachments() == []
    assert server.journal() == []


def test_a_preferred_store_is_read_however_it_is_reached(clouds, server, glance):
    image_id = server.create_with_data(LARGE)
    copied(glance, image_id, *STORES.keys() - {"block"})

    for store in STORES:
        before = bytes_read(server, store)
        assert server.get(f"/v2/images/{image_id}/file?prefer={store}").content == LARGE
        assert bytes_read(server, store) - before == len(LARGE)
    glance("image-delete", image_id)


@pytest.mark.parametrize("preferred", ["bucket", "container", "datastore"])
def test_a_download_outlives_the_server_that_it_began_with(clouds, server, glance, preferred):
    image_id = server.create_with_data(LARGE)
    copied(glance, image_id, "bucket", "container", "datastore")
    answer = server.get(f"/v2/images/{image_id}/file?prefer={preferred}", stream=True)
    received = answer.raw.read(100_000)

    with clouds.without(preferred):
        received += answer.raw.read()
        assert received == LARGE
        # Neither does one need it that begins without it.
        assert server.get(f"/v2/images/{image_id}/file?prefer={preferred}").content == LARGE

    glance("image-delete", image_id)
    wait_until(lambda: clouds.everything() == NOWHERE, "the data to be removed")


def test_an_upload_to_all_of_them_is_whole_or_not_at_all(clouds, server, glance, tmp_path):
    original = tmp_path / "original"
    original.write_bytes(LARGE)
    shown = glance("image-create-via-import", *RAW, "--file", original, "--stores", ",".join(STORES))
    image_id = clients.table(shown)["id"]
    wait_until(lambda: stores_of(glance, image_id) == set(STORES), "the image to be everywhere")
    assert clouds.everything() == dict.fromkeys(STORES, [image_id])
    glance("image-delete", image_id)

    with clouds.without("bucket"):
        shown = glance("image-create-via-import", *RAW, "--file", original, "--stores", ",".join(STORES),
                       "--allow-failure", "False")
        failed = clients.table(shown)["id"]
        assert wait_for_end(server, failed)["status"] == "failure"

    wait_until(lambda: clouds.everything() == NOWHERE, "nothing to be left")
    glance("image-delete", failed)
