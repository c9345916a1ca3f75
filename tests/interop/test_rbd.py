"""The rbd store with real clusters, beside Debian's glance_store and Ceph's own library on the same pool."""

import contextlib
import hashlib
import os
import pathlib
import threading
import time

import pytest
import rbd
import urllib3

from services.ceph import CephClusters
from support.imports import imported
from support.server import run, wait_until
from support.store_peer import glance_store
from support.stores import RESERVED, execute

MIB = 1 << 20
SMALL = os.urandom(MIB + 1)
LARGE = os.urandom(37 * MIB + 5)


@pytest.fixture(scope="module", name="clusters")
def clusters_fixture(tmp_path_factory):
    running = CephClusters(tmp_path_factory.mktemp("ceph") / "clusters", "-R").start()
    yield running.clusters
    running.stop()


@pytest.fixture(name="ceph")
def ceph_fixture(clusters):
    """The first cluster. Whatever a test leaves in it fails the test, and not the next one."""
    ceph = clusters[0]
    yield ceph
    try:
        wait_until(lambda: ceph.everything() == [], f"nothing to be left: {ceph.everything()}", seconds=60)
    except AssertionError:
        ceph.empty()
        raise


class Cloud:
    """A server with the rbd stores of the names, the first the default unless another is named, and `disk`, a directory
    that is read last."""

    def __init__(self, make_server, home, stores, default=None):
        self.home = home
        self.make_server = make_server
        settings = {"DEFAULT": {"enabled_backends": ", ".join([f"{name}:rbd" for name in stores] + ["disk:file"])},
                    "glance_store": {"stores": None, "default_store": None, "filesystem_store_datadir": None,
                                     "default_backend": default or next(iter(stores))},
                    "healthcheck": {"detailed": "true"},
                    "disk": {"filesystem_store_datadir": home / "disk", "weight": -1}}
        for name in RESERVED:
            settings[name] = {"filesystem_store_datadir": home / name}
        self.server = make_server(settings | stores)

    def start(self):
        self.server.start()
        return self

    def locations(self, image_id):
        return dict(self.server.rows("SELECT json_extract(meta_data, '$.store'), value FROM image_locations "
                                     "WHERE image_id = ? AND deleted = 0", image_id))

    def delete(self, image_id):
        return self.server.request("DELETE", f"/v2/images/{image_id}").status_code

    def is_up(self, store):
        return f'vitrine_store_up{{store="{store}"}} 1' in self.server.metrics()


@pytest.fixture(name="make_cloud")
def make_cloud_fixture(make_server, tmp_path):
    return lambda default=None, **stores: Cloud(make_server, tmp_path, stores, default)


@pytest.fixture(name="cloud")
def cloud_fixture(ceph, make_cloud):
    return make_cloud(fast=ceph.options()).start()


def in_pieces(data, between=lambda sent: None):
    """Of unknown size to the server."""
    for start in range(0, len(data), MIB):
        between(start)
        yield data[start:start + MIB]


def clone(ceph, image_id, version="1"):
    """As Cinder makes a volume of an image, with its own user; returns its data. Clones of version 1 need a protected
    snapshot."""
    how = {"rbd_default_clone_format": version}
    with ceph.pool("images", "cinder", **how) as images, ceph.pool("volumes", "cinder", **how) as volumes:
        rbd.RBD().clone(images, image_id, "snap", volumes, "volume", features=rbd.RBD_FEATURE_LAYERING)
        with rbd.Image(volumes, "volume", read_only=True) as volume:
            return volume.read(0, volume.size())


def remove_volume(ceph):
    with ceph.pool("volumes", "cinder") as volumes:
        rbd.RBD().remove(volumes, "volume")


# Data in and out.

@pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
@pytest.mark.parametrize("is_size_known", [True, False], ids=["known", "unknown"])
def test_an_image_comes_back_as_it_went(ceph, cloud, data, is_size_known):
    image_id = cloud.server.create()["id"]

    assert cloud.server.upload(image_id, data if is_size_known else in_pieces(data)).status_code == 204

    image = cloud.server.show(image_id)
    assert (image["size"], image["checksum"]) == (len(data), hashlib.md5(data).hexdigest())
    assert cloud.server.download(image_id).content == data
    assert cloud.locations(image_id) == {"fast": f"rbd://{ceph.fsid}/images/{image_id}/snap"}
    assert ceph.images() == [image_id]
    assert cloud.delete(image_id) == 204


def test_ranges_are_read(cloud):
    image_id = cloud.server.create_with_data(LARGE)

    for first, last in [(0, 0), (8 * MIB - 1, 8 * MIB), (len(LARGE) - 7, len(LARGE) - 1), (MIB, 30 * MIB)]:
        answer = cloud.server.download(image_id, Range=f"bytes={first}-{last}")
        assert (answer.status_code, answer.content == LARGE[first:last + 1]) == (206, True)
    assert cloud.delete(image_id) == 204


def test_the_operators_commands_know_the_store(ceph, cloud):
    assert run("store", "check", "fast", "--config-file", cloud.server.config).returncode == 0
    assert run("store", "list", "--config-file", cloud.server.config).returncode == 0
    detail = cloud.server.get("/v2/info/stores/detail").json()["stores"][0]

    assert detail["type"] == "rbd"
    assert detail["properties"] == {"chunk_size": 8 * MIB, "pool": "images", "thin_provisioning": False,
                                    "fsid": ceph.fsid}


def test_images_go_from_one_cluster_to_the_other_and_leave_the_first(clusters, ceph, make_cloud):
    cloud = make_cloud(fast=ceph.options(), cheap=clusters[1].options()).start()
    image_id = cloud.server.create_with_data(LARGE)

    assert imported(cloud.server, image_id, "copy-image", stores=["cheap", "disk"])["status"] == "success"
    assert cloud.server.request("DELETE", f"/v2/stores/fast/{image_id}").status_code == 204

    assert (ceph.images(), clusters[1].images()) == ([], [image_id])
    assert set(cloud.locations(image_id)) == {"cheap", "disk"}
    assert cloud.server.download(image_id).content == LARGE
    assert cloud.delete(image_id) == 204
    assert clusters[1].everything() == []


# Beside glance_store, Cinder and Nova.

@pytest.mark.parametrize("more", [[], ["--unknown"]], ids=["known", "unknown"])
@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_what_glance_store_wrote_is_read_and_removed(ceph, cloud, tmp_path, data, more):
    image_id = cloud.server.create_with_data(b"replaced")
    with ceph.pool() as pool:
        with rbd.Image(pool, image_id) as image:
            image.unprotect_snap("snap")
            image.remove_snap("snap")
        rbd.RBD().remove(pool, image_id)
    (tmp_path / "data").write_bytes(data)

    location = glance_store("rbd", "add", ceph.options(), image_id, tmp_path / "data", *more)

    assert location == cloud.locations(image_id)["fast"]
    execute(cloud.server, "UPDATE image_locations SET meta_data = '{}' WHERE image_id = ?", image_id)
    execute(cloud.server, "UPDATE images SET size = ? WHERE id = ?", len(data), image_id)
    assert cloud.server.download(image_id).content == data
    assert set(cloud.locations(image_id)) == {"fast"}, "whose store the location is was found out"
    assert cloud.delete(image_id) == 204


@pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
def test_glance_store_reads_and_removes_what_was_written(ceph, cloud, tmp_path, data):
    image_id = cloud.server.create_with_data(data)
    location = cloud.locations(image_id)["fast"]

    assert glance_store("rbd", "size", ceph.options(), location) == str(len(data))
    glance_store("rbd", "read", ceph.options(), location, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == data
    glance_store("rbd", "delete", ceph.options(), location)

    assert ceph.everything() == []


def test_an_image_with_a_volume_stays(ceph, cloud):
    image_id = cloud.server.create_with_data(SMALL)
    assert clone(ceph, image_id) == SMALL

    answer = cloud.server.request("DELETE", f"/v2/images/{image_id}")

    assert answer.status_code == 409
    assert cloud.server.status_of(image_id) == "active"
    assert cloud.server.download(image_id).content == SMALL
    remove_volume(ceph)
    assert cloud.delete(image_id) == 204


def test_an_image_with_a_volume_that_needs_no_protection_goes_to_the_trash(ceph, cloud):
    image_id = cloud.server.create_with_data(SMALL)
    assert clone(ceph, image_id, version="2") == SMALL

    assert cloud.delete(image_id) == 204

    assert ceph.images() == []
    with ceph.pool("volumes") as volumes, rbd.Image(volumes, "volume", read_only=True) as volume:
        assert volume.read(0, len(SMALL)) == SMALL
    remove_volume(ceph)
    with ceph.pool() as pool:
        for entry in list(rbd.RBD().trash_list(pool)):
            rbd.RBD().trash_remove(pool, entry["id"])


# Clusters that fail.

def test_a_cluster_that_dies_holds_up_nobody_and_comes_back(clusters, ceph, make_cloud):
    cloud = make_cloud(fast=ceph.options(rados_connect_timeout=2), cheap=clusters[1].options(rados_connect_timeout=2))
    clusters[1].stop_monitor()
    try:
        began = time.monotonic()
        cloud.start()
        assert time.monotonic() - began < 10
        assert not cloud.is_up("cheap") and cloud.is_up("fast")
        image_id = cloud.server.create_with_data(SMALL)
        other = cloud.server.create()["id"]
        assert cloud.server.upload(other, SMALL, **{"X-Image-Meta-Store": "cheap"}).status_code == 410
        assert "cheap" in run("store", "list", "--config-file", cloud.server.config).stdout
    finally:
        clusters[1].start_monitor()

    wait_until(lambda: cloud.server.upload(other, SMALL, **{"X-Image-Meta-Store": "cheap"}).status_code == 204,
               "the store to come up by itself", seconds=60)
    assert cloud.is_up("cheap")
    assert cloud.server.download(other).content == SMALL
    for each in (image_id, other):
        assert cloud.delete(each) == 204


def test_a_download_goes_on_from_another_store_when_its_cluster_hangs(ceph, make_cloud):
    cloud = make_cloud(fast=ceph.options(rados_connect_timeout=2)).start()
    image_id = cloud.server.create_with_data(LARGE * 4)
    assert imported(cloud.server, image_id, "copy-image", stores=["disk"])["status"] == "success"
    answer = cloud.server.get(f"/v2/images/{image_id}/file", stream=True)
    received = answer.raw.read(100_000)

    with ceph.frozen():
        received += answer.raw.read()

    assert received == LARGE * 4
    wait_until(lambda: cloud.delete(image_id) == 204, "the image to be deleted")


def test_an_image_that_is_deleted_while_it_is_read_is_never_read_as_zeros(cloud):
    image_id = cloud.server.create_with_data(b"x" * len(LARGE) * 4)
    answer = cloud.server.get(f"/v2/images/{image_id}/file", stream=True)
    received = answer.raw.read(100_000)

    assert cloud.delete(image_id) == 204
    with contextlib.suppress(urllib3.exceptions.HTTPError):  # the connection is cut
        while piece := answer.raw.read(MIB):
            received += piece

    assert received.strip(b"x") == b""


def assert_that_an_upload_fails_and_leaves_nothing(ceph, cloud, freeze, sent, **headers):
    """`freeze` is called with the image when so many MiB are sent, and freezes the cluster."""
    image_id = cloud.server.create()["id"]
    try:
        answer = cloud.server.upload(image_id, in_pieces(
            LARGE, lambda start: freeze(image_id) if start == sent * MIB else None), **headers)
        assert answer.status_code == 503
        wait_until(lambda: cloud.server.status_of(image_id) == "queued", "the image to be queued again")
    finally:
        ceph.thaw()

    wait_until(lambda: ceph.everything() == [], "what is left to be removed as soon as it can be", seconds=60)
    assert cloud.server.upload(image_id, LARGE).status_code == 204
    assert cloud.delete(image_id) == 204


@pytest.mark.parametrize("sent", [0, 1, 20, 37], ids=["early", "before its first write", "midway", "in the last MiB"])
def test_an_upload_to_a_cluster_that_hangs_fails_and_leaves_nothing(ceph, make_cloud, sent):
    cloud = make_cloud(fast=ceph.options(rados_connect_timeout=2)).start()

    def freeze(image_id):
        if sent > 0:
            wait_until(lambda: len(ceph.images()) == 1 and ceph.writers(image_id), "the upload to begin")
        ceph.freeze()

    assert_that_an_upload_fails_and_leaves_nothing(ceph, cloud, freeze, sent)


def test_writes_that_never_reach_a_cluster_that_hangs_end(ceph, make_cloud):
    """The library fails them before it sends them, as it reads first what describes the image."""
    cloud = make_cloud(fast=ceph.options(rados_connect_timeout=2)).start()

    def freeze(image_id):
        ceph.make_writers_look_again(image_id)
        ceph.freeze()

    nothing_but_writes = {"X-OpenStack-Image-Size": str(len(LARGE))}
    assert_that_an_upload_fails_and_leaves_nothing(ceph, cloud, freeze, 20, **nothing_but_writes)


def test_an_upload_goes_on_when_the_monitor_is_back_soon(ceph, cloud):
    image_id = cloud.server.create()["id"]
    at = {10 * MIB: ceph.stop_monitor, 30 * MIB: ceph.start_monitor}

    assert cloud.server.upload(image_id, in_pieces(LARGE, lambda start: at.get(start, str)())).status_code == 204

    assert cloud.server.download(image_id).content == LARGE
    assert cloud.delete(image_id) == 204


def test_a_service_that_is_shut_out_of_its_cluster_connects_anew(ceph, cloud):
    kept = cloud.server.create_with_data(LARGE * 4)
    answer = cloud.server.get(f"/v2/images/{kept}/file", stream=True)
    answer.raw.read(100_000)
    image_id = cloud.server.create()["id"]

    refused = cloud.server.upload(image_id, in_pieces(
        LARGE, lambda start: ceph.shut_out_writers(image_id) if start == 20 * MIB else None))

    assert refused.status_code == 503
    assert "shut the service out" in refused.text
    with pytest.raises(urllib3.exceptions.HTTPError):  # the connection is cut
        answer.raw.read()
    assert cloud.server.download(kept).content == LARGE * 4
    wait_until(lambda: ceph.images() == [kept], "what is left to be removed", seconds=60)
    assert cloud.server.upload(image_id, LARGE).status_code == 204
    for each in (kept, image_id):
        assert cloud.delete(each) == 204


def test_a_short_hang_is_waited_for(ceph, cloud):
    image_id = cloud.server.create()["id"]
    ceph.freeze()
    threading.Timer(1, ceph.thaw).start()

    assert cloud.server.upload(image_id, LARGE).status_code == 204

    assert cloud.server.download(image_id).content == LARGE
    assert cloud.delete(image_id) == 204


def test_a_deletion_in_a_cluster_that_hangs_can_be_tried_again(ceph, make_cloud):
    cloud = make_cloud(fast=ceph.options(rados_connect_timeout=2)).start()
    image_id = cloud.server.create_with_data(SMALL)

    with ceph.frozen():
        assert cloud.delete(image_id) == 503

    wait_until(lambda: cloud.delete(image_id) == 204, "the image to be deleted")


def test_a_full_cluster_takes_nothing_and_keeps_nothing(ceph, cloud):
    kept = cloud.server.create_with_data(SMALL)
    image_id, other = (cloud.server.create()["id"] for _ in range(2))
    with ceph.full():
        answer = cloud.server.upload(image_id, LARGE)
        assert answer.status_code == 413, answer.text
        assert cloud.server.status_of(image_id) == "queued"
        assert ceph.images() == [kept]
        assert cloud.server.download(kept).content == SMALL
        assert cloud.delete(kept) == 204, "what is there can be removed, to make room"

    wait_until(lambda: cloud.server.upload(other, SMALL).status_code == 204, "the cluster to have room")
    assert cloud.delete(other) == 204


def test_a_cluster_that_fills_up_midway_keeps_nothing(ceph, cloud):
    image_id = cloud.server.create()["id"]
    filling = ceph.full()

    answer = cloud.server.upload(image_id, in_pieces(
        LARGE * 3, lambda start: filling.__enter__() if start == 20 * MIB else None))
    try:
        assert answer.status_code == 413, answer.text
        assert ceph.everything() == []
    finally:
        filling.__exit__(None, None, None)


def test_a_client_that_leaves_midway_leaves_nothing(ceph, cloud):
    image_id = cloud.server.create()["id"]

    def leave(start):
        if start == 20 * MIB:
            raise ConnectionError

    with pytest.raises(OSError):
        cloud.server.upload(image_id, in_pieces(LARGE, leave))

    wait_until(lambda: ceph.everything() == [], "the image to be removed")
    wait_until(lambda: cloud.server.status_of(image_id) == "queued", "the image to be queued again")


def test_a_killed_server_discards_its_upload_after_the_next_start(ceph, cloud):
    image_id = cloud.server.create()["id"]

    def kill(start):
        if start == 20 * MIB:
            wait_until(lambda: len(ceph.images()) == 1, "the upload to begin")
            cloud.server.kill()

    with pytest.raises(OSError):
        cloud.server.upload(image_id, in_pieces(LARGE, kill))
    assert ceph.images() != []
    cloud.server.start()

    assert cloud.server.status_of(image_id) == "queued"
    assert cloud.server.upload(image_id, LARGE).status_code == 204, "nobody waits for the cluster to see the death"
    wait_until(lambda: ceph.images() == [image_id], "what was left to be removed", seconds=90)
    assert cloud.delete(image_id) == 204


# Configurations that do not work.

def start_fails(server):
    server.sync().launch()
    assert server.wait() != 0
    return server.log_text()


@pytest.mark.parametrize("options, advice", [
    ({"rbd_store_pool": "nowhere"}, "rbd_store_pool"),
    ({"rbd_store_user": "nobody"}, "keyring"),
    ({"rbd_store_ceph_conf": "/nonexistent/ceph.conf"}, "/nonexistent/ceph.conf")], ids=["pool", "user", "conf"])
def test_a_default_store_that_is_configured_wrongly_is_refused_with_advice(clusters, make_cloud, options, advice):
    assert advice in start_fails(make_cloud(fast=clusters[0].options(**options)).server)


def test_a_wrong_key_is_refused_without_being_shown(clusters, make_cloud, tmp_path):
    key = "AQDD2rdfAAAAABAAGbhMbMKHLZ5wjlhlVqkkUA=="
    conf = clusters[0].conf_with(tmp_path / "wrong.conf", f"key = {key}")

    log = start_fails(make_cloud(fast=clusters[0].options(rbd_store_ceph_conf=conf)).server)

    assert "refuses the key of client.glance" in log
    assert key not in log


def test_two_stores_that_turn_out_to_be_one_pool_are_not_both_used(clusters, make_cloud, tmp_path):
    """Their files name different monitors, and no fsid. Which one is used depends on which answers first."""
    ceph = clusters[0]
    hidden = ceph.conf_with(tmp_path / "other.conf", without=("fsid", "mon_host"))
    monitors = next(line for line in ceph.conf.read_text().splitlines() if line.startswith("mon_host"))
    hidden.write_text(hidden.read_text().replace("[global]", "[global]\n" + monitors.replace("/0]", "]"), 1))
    cloud = make_cloud("disk", fast=ceph.options(), twin=ceph.options(rbd_store_ceph_conf=hidden)).start()

    assert sorted(cloud.is_up(store) for store in ("fast", "twin")) == [False, True]
    assert "lies in the place of store" in cloud.server.log_text()


def test_a_service_without_rbd_stores_has_no_ceph_in_its_memory(fresh_server, cloud):
    def maps(server):
        return pathlib.Path(f"/proc/{server.process.pid}/maps").read_text()

    assert "librbd" in maps(cloud.server)
    assert "librbd" not in maps(fresh_server)
