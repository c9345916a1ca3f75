"""The cinder store with a real Cinder, whose volumes lie in Ceph, on an iSCSI target and on an NFS server.

glance_store itself can read and write none of these here: it wants root and a kernel that mounts NFS, maps RBD and logs
in to targets. So what it would write is made by hand, by its own rules."""

import json
import os
import time

import pytest
import rbd
import requests

from services.cinder import Cinder
from support import clients
from support.cloud_session import LARGE, MIB, SMALL, Cloud, beside_a_directory, in_pieces
from support.imports import imported
from support.server import run, wait_until
from support.stores import execute, wait_for_store

RAW = ["--disk-format", "raw", "--container-format", "bare"]


@pytest.fixture(scope="module", name="cinder")
def cinder_fixture(tmp_path_factory):
    running = Cinder(tmp_path_factory.mktemp("c"), backends=("rbd", "iscsi", "nfs"))
    try:
        yield running.start()
    finally:
        running.stop()


class Volumes(Cloud):
    """A server whose store is `volumes`."""

    def __init__(self, cinder, server, stores):
        super().__init__(server, stores)
        self.cinder = cinder

    def start(self):
        """A store that takes its time is down until it has logged in."""
        self.server.start()
        wait_for_store(self.server, "volumes")
        return self

    def everything(self):
        return [volume["name"] for volume in self.cinder.volumes()]

    def assert_nothing_left(self):
        wait_until(lambda: self.everything() == [], "what was begun to be removed", seconds=60)
        assert self.cinder.attachments() == []
        wait_until(lambda: self.server.journal() == [], "the journal to be empty")
        assert "secret" not in self.server.log_text()


@pytest.fixture(name="make_cloud")
def make_cloud_fixture(cinder, make_server, tmp_path):
    def make(volume_type="nfs", **options):
        stores, settings = beside_a_directory(tmp_path / "stores", "cinder", cinder.options(volume_type, **options),
                                              "volumes")
        return Volumes(cinder, make_server(settings), stores).start()
    return make


@pytest.mark.parametrize("volume_type", ["rbd", "iscsi", "nfs"])
def test_an_image_goes_from_volume_to_disk_and_back(make_cloud, volume_type):
    cloud = make_cloud(volume_type)
    image_id = cloud.server.create()["id"]

    assert cloud.server.upload(image_id, in_pieces(LARGE)).status_code == 204

    volume, = cloud.cinder.volumes()
    assert cloud.location(image_id) == f"cinder://volumes/{volume['id']}"
    assert (volume["name"], volume["volume_type"], volume["status"]) == (f"image-{image_id}", volume_type, "available")
    assert volume["metadata"]["glance_image_id"] == image_id
    assert (volume["metadata"]["image_size"], volume["metadata"]["readonly"]) == (str(len(LARGE)), "True")
    assert cloud.server.download(image_id).content == LARGE
    answer = cloud.server.download(image_id, Range=f"bytes={5 * MIB - 1}-{9 * MIB}")
    assert (answer.status_code, answer.content == LARGE[5 * MIB - 1:9 * MIB + 1]) == (206, True)
    assert imported(cloud.server, image_id, "copy-image", stores=["disk"])["status"] == "success"
    assert cloud.server.request("DELETE", f"/v2/stores/volumes/{image_id}").status_code == 204
    assert cloud.server.download(image_id).content == LARGE
    assert imported(cloud.server, image_id, "copy-image", stores=["volumes"])["status"] == "success"
    assert cloud.server.get(f"/v2/images/{image_id}/file?prefer=volumes").content == LARGE
    assert cloud.server.request("DELETE", f"/v2/images/{image_id}").status_code == 204
    cloud.assert_nothing_left()


def test_what_glance_store_wrote_is_read_and_removed(make_cloud):
    cloud = make_cloud("rbd")
    image_id = cloud.server.create_with_data(b"replaced")
    cloud.cinder.remove_volume(cloud.cinder.volumes()[0]["id"])
    volume = cloud.cinder.create_volume(f"image-{image_id}", "rbd", metadata={
        "glance_image_id": image_id, "image_size": str(len(SMALL)), "image_owner": "somebody"})
    with cloud.cinder.ceph.clusters[0].pool("volumes") as pool, rbd.Image(pool, f"volume-{volume}") as image:
        image.write(SMALL, 0)
    cloud.cinder.act(volume, **{"os-update_readonly_flag": {"readonly": True}})
    execute(cloud.server, "UPDATE image_locations SET value = ?, meta_data = '{}' WHERE image_id = ?",
            f"cinder://volumes/{volume}", image_id)
    execute(cloud.server, "UPDATE images SET size = ? WHERE id = ?", len(SMALL), image_id)

    assert cloud.server.download(image_id).content == SMALL
    # By the volume's type, whose store it is.
    metadata = cloud.server.rows("SELECT meta_data FROM image_locations WHERE image_id = ?", image_id)[0][0]
    assert (json.loads(metadata)["store"], cloud.location(image_id)) == ("volumes", f"cinder://volumes/{volume}")
    assert cloud.server.request("DELETE", f"/v2/images/{image_id}").status_code == 204
    cloud.assert_nothing_left()


def test_a_volume_with_a_snapshot_stays(make_cloud):
    cloud = make_cloud("rbd")
    image_id = cloud.server.create_with_data(SMALL)
    volume = cloud.cinder.volumes()[0]["id"]
    answer = cloud.cinder.call("POST", "/snapshots", {"snapshot": {"volume_id": volume, "force": True}})
    snapshot = answer.json()["snapshot"]["id"]
    path = f"/snapshots/{snapshot}"
    wait_until(lambda: cloud.cinder.call("GET", path).json()["snapshot"]["status"] == "available", "the snapshot")

    assert cloud.server.request("DELETE", f"/v2/images/{image_id}").status_code == 409

    assert cloud.server.status_of(image_id) == "active"
    assert cloud.server.download(image_id).content == SMALL
    cloud.cinder.call("DELETE", path)
    wait_until(lambda: cloud.cinder.call("GET", path).status_code == 404, "the snapshot to go")
    assert cloud.server.request("DELETE", f"/v2/images/{image_id}").status_code == 204
    cloud.assert_nothing_left()


def test_a_killed_service_leaves_neither_volume_nor_attachment(make_cloud):
    cloud = make_cloud()
    read = cloud.server.create_with_data(LARGE)
    written = cloud.server.create()["id"]
    download = cloud.server.get(f"/v2/images/{read}/file", stream=True)
    download.raw.read(1000)

    def interrupted():
        yield LARGE[:8 * MIB]
        wait_until(lambda: len(cloud.cinder.attachments()) == 2, "both volumes to be attached")
        cloud.server.kill()
        time.sleep(0.3)
        yield LARGE[8 * MIB:]

    with pytest.raises(requests.ConnectionError):
        cloud.server.upload(written, interrupted())
    cloud.start()

    wait_until(lambda: cloud.cinder.attachments() == [], "everything to be detached", seconds=60)
    wait_until(lambda: cloud.everything() == [f"image-{read}"], "the volume to go",
               seconds=60)
    assert cloud.server.status_of(written) == "queued"
    assert cloud.server.download(read).content == LARGE
    assert cloud.server.request("DELETE", f"/v2/images/{read}").status_code == 204
    cloud.assert_nothing_left()


def test_a_download_outlives_the_volume_that_it_began_with(make_cloud):
    cloud = make_cloud("nfs")
    data = os.urandom(80 * MIB)  # more than is read ahead
    image_id = cloud.server.create_with_data(data)
    assert imported(cloud.server, image_id, "copy-image", stores=["disk"])["status"] == "success"
    download = cloud.server.get(f"/v2/images/{image_id}/file?prefer=volumes", stream=True)
    received = download.raw.read(100_000)

    volume, = cloud.cinder.volumes()
    os.truncate(cloud.cinder.home / "cinder/nfs/export" / f"volume-{volume['id']}", 8 * MIB)

    assert received + download.raw.read() == data
    assert cloud.server.request("DELETE", f"/v2/images/{image_id}").status_code == 204
    cloud.assert_nothing_left()


def test_glanceclient_moves_an_image_between_volumes_and_disk(make_cloud, tmp_path):
    cloud = make_cloud("rbd")
    glance = clients.glance(cloud.server, tmp_path)
    (tmp_path / "data").write_bytes(LARGE)
    image_id = clients.table(glance("image-create", *RAW, "--store", "volumes", "--file", tmp_path / "data"))["id"]
    assert clients.table(glance("image-show", image_id))["stores"] == "volumes"

    glance("image-import", image_id, "--import-method", "copy-image", "--stores", "disk")
    wait_until(lambda: clients.table(glance("image-show", image_id))["stores"] == "volumes,disk", "the copy")
    glance("stores-delete", "--store", "volumes", image_id)

    cloud.assert_nothing_left()
    glance("image-download", image_id, "--file", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == LARGE
    glance("image-delete", image_id)
    assert cloud.stores.files() == []


def test_a_volume_is_in_the_project_of_whoever_calls_if_the_store_has_no_user(cinder, make_server, tmp_path):
    _, settings = beside_a_directory(tmp_path / "stores", "cinder", {"cinder_volume_type": "nfs"}, "volumes")
    settings["paste_deploy"] = {"flavor": "keystone"}
    settings["keystone_authtoken"] = cinder.keystone.authtoken()
    server = make_server(settings).start()
    token = {"X-Auth-Token": cinder.keystone.token("demo")}
    body = {"name": "mine", "disk_format": "raw", "container_format": "bare"}
    path = f"/v2/images/{server.request('POST', '/v2/images', json=body, headers=token).json()['id']}"

    upload = server.request("PUT", f"{path}/file", data=SMALL,
                            headers=token | {"Content-Type": "application/octet-stream"})

    assert upload.status_code == 204, upload.text
    volume, = cinder.volumes()
    assert volume["metadata"]["image_owner"] == cinder.keystone.ids["projects"]["demo"]
    assert server.get(f"{path}/file", headers=token).content == SMALL
    assert server.request("DELETE", path, headers=token).status_code == 204
    wait_until(lambda: cinder.volumes() == [] and cinder.attachments() == [], "the volume to go", seconds=60)
    assert token["X-Auth-Token"] not in server.log_text()


def test_the_operators_commands_know_the_store(make_cloud):
    cloud = make_cloud()

    result = run("store", "drivers")
    assert "iscsi, nfs, rbd" in result.stdout
    assert run("store", "check", "volumes", "--config-file", cloud.server.config).returncode == 0
    detail = cloud.server.get("/v2/info/stores/detail").json()["stores"][0]
    assert detail["properties"] == {"volume_type": "nfs", "use_multipath": False}
    cloud.assert_nothing_left()
