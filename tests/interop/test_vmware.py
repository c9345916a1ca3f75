"""The vmware store with a simulator of vCenter, beside Debian's glance_store on the same datastores."""

import hashlib
import time

import pytest

from services.vsphere import Vsphere, may_serve_https
from support import clients
from support.cloud_session import LARGE, MIB, SMALL, Cloud, CloudSession, beside_a_directory, in_pieces
from support.server import run, wait_until
from support.store_peer import glance_store


@pytest.fixture(scope="module", name="vsphere")
def vsphere_fixture(tmp_path_factory):
    running = Vsphere(tmp_path_factory.mktemp("vsphere")).start()
    yield running
    running.stop()


class Folder(Cloud):
    """A server whose store is a folder on datastores."""

    def __init__(self, server, stores, vsphere, folder):
        super().__init__(server, stores, vsphere.kill, vsphere.start)
        self.vsphere = vsphere
        self.folder = folder

    def everything(self):
        """What lies on the store's datastores: "ds1/ID"."""
        return [f"{each.split('/')[-3]}/{each.split('/')[-1]}" for each in self.vsphere.files() if self.folder in each]

    def file(self, image_id):
        return self.vsphere.folder() / self.folder / image_id

    def assert_nothing_left(self):
        wait_until(lambda: self.everything() == [], "what was begun to be removed")
        wait_until(lambda: self.server.journal() == [], "the journal to be empty")
        log = self.server.log_text()
        assert self.vsphere.password not in log
        assert "vmware_soap_session" not in log


@pytest.fixture(name="make_cloud")
def make_cloud_fixture(vsphere, make_server, tmp_path):
    def make(start=True, default="cloud", **options):
        folder = f"images-{tmp_path.name}-{time.monotonic_ns()}"
        stores, settings = beside_a_directory(tmp_path / "stores", "vmware", vsphere.options(
            vmware_store_image_dir=f"/{folder}", **options))
        settings["glance_store"]["default_backend"] = default
        settings["healthcheck"] = {"detailed": "true"}
        server = make_server(settings)
        return Folder(server.start() if start else server, stores, vsphere, folder)
    return make


@pytest.fixture(name="cloud")
def cloud_fixture(make_cloud):
    return make_cloud()


def interrupted(data, at, what):
    """The data; after so many bytes of it something happens."""
    yield data[:at]
    time.sleep(0.3)
    what()
    yield data[at:]


class TestSession(CloudSession):
    """What the others do, too."""

    @pytest.fixture(name="cloud")
    def cloud_fixture(self, make_cloud):
        return make_cloud(vmware_api_retry_count=2)


# Data in and out.

@pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
@pytest.mark.parametrize("is_size_known", [True, False], ids=["known", "unknown"])
def test_an_image_comes_back_as_it_went(cloud, data, is_size_known):
    image_id = cloud.server.create()["id"]

    assert cloud.server.upload(image_id, data if is_size_known else in_pieces(data)).status_code == 204

    image = cloud.server.show(image_id)
    assert (image["size"], image["checksum"]) == (len(data), hashlib.md5(data).hexdigest())
    assert cloud.server.download(image_id).content == data
    assert cloud.everything() == [f"ds1/{image_id}"]
    assert cloud.location(image_id) == \
        f"vsphere://{cloud.vsphere.host}/folder/{cloud.folder}/{image_id}?dsName=ds1&dcPath=dc1"
    put = [each for each in cloud.vsphere.requests() if each["method"] == "PUT"][-1]
    assert (put["chunked"], put["content_length"]) == ((False, len(data)) if is_size_known and data else (True, -1))
    assert cloud.server.request("DELETE", f"/v2/images/{image_id}").status_code == 204
    cloud.assert_nothing_left()


def test_the_operators_commands_know_the_store(cloud):
    assert run("store", "check", "cloud", "--config-file", cloud.server.config).returncode == 0
    listed = run("store", "list", "--config-file", cloud.server.config).stdout
    detail = cloud.server.get("/v2/info/stores/detail").json()["stores"][0]

    assert "cloud" in listed
    assert (detail["id"], detail["type"]) == ("cloud", "vmware")
    cloud.assert_nothing_left()


def test_glanceclient_moves_an_image_between_the_stores(cloud, tmp_path):
    glance = clients.glance(cloud.server, tmp_path)
    (tmp_path / "data").write_bytes(LARGE)
    image_id = clients.table(glance("image-create", "--disk-format", "raw", "--container-format", "bare", "--store",
                                    "cloud", "--file", tmp_path / "data"))["id"]
    assert clients.table(glance("image-show", image_id))["stores"] == "cloud"

    glance("image-import", image_id, "--import-method", "copy-image", "--stores", "disk")
    wait_until(lambda: clients.table(glance("image-show", image_id))["stores"] == "cloud,disk", "the copy")
    glance("stores-delete", "--store", "cloud", image_id)

    assert cloud.everything() == []
    glance("image-download", image_id, "--file", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == LARGE
    glance("image-delete", image_id)
    assert cloud.stores.files() == []


def test_it_may_be_the_only_store_as_in_older_configurations(vsphere, make_server):
    server = make_server({"glance_store": vsphere.options(
        stores="vmware", default_store="vsphere", filesystem_store_datadir=None,
        vmware_store_image_dir="/the only one")}).start()

    image_id = server.create_with_data(SMALL)

    assert server.download(image_id).content == SMALL
    location, metadata = server.rows("SELECT value, meta_data FROM image_locations WHERE image_id = ?", image_id)[0]
    assert location == f"vsphere://{vsphere.host}/folder/the only one/{image_id}?dsName=ds1&dcPath=dc1"
    assert metadata == "{}"
    assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 204
    assert list((vsphere.folder() / "the only one").iterdir()) == []


# Beside glance_store, which knows no port but 443.

@pytest.fixture(name="peer")
def peer_fixture(monkeypatch):
    assert may_serve_https(), "glance_store asks on port 443: run this as root, or let everybody listen there"
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # which it prefers to its own option
        monkeypatch.delenv(name, raising=False)

    def peer(cloud, action, *arguments):
        return glance_store("vmware", action, cloud.vsphere.options(vmware_store_image_dir=f"/{cloud.folder}"),
                            *arguments)
    return peer


def test_what_glance_store_wrote_is_read_and_removed(cloud, peer, tmp_path):
    image_id = cloud.server.create_with_data(b"replaced")
    ours = cloud.location(image_id)
    cloud.file(image_id).unlink()
    (tmp_path / "data").write_bytes(SMALL)
    location = peer(cloud, "add", image_id, tmp_path / "data")
    assert location == ours

    cloud.assert_takes(image_id, location, SMALL)
    metadata = cloud.server.rows("SELECT meta_data FROM image_locations WHERE image_id = ?", image_id)[0][0]
    assert '"cloud"' in metadata  # it was the store's, though nobody said so
    cloud.assert_nothing_left()


def test_glance_store_reads_and_removes_what_was_written(cloud, peer, tmp_path):
    image_id = cloud.server.create_with_data(SMALL)

    assert peer(cloud, "take", cloud.location(image_id), tmp_path / "back") == str(len(SMALL))

    assert (tmp_path / "back").read_bytes() == SMALL
    assert cloud.everything() == []


# Sessions that end.

def test_a_session_that_ends_is_not_noticed(cloud):
    image_id = cloud.server.create()["id"]
    cloud.vsphere.end_sessions()

    assert cloud.server.upload(image_id, interrupted(LARGE, 12 * MIB, cloud.vsphere.end_sessions)).status_code == 204
    answer = cloud.server.get(f"/v2/images/{image_id}/file", stream=True)
    received = answer.raw.read(100_000)
    cloud.vsphere.end_sessions()
    assert received + answer.raw.read() == LARGE
    cloud.vsphere.end_sessions()
    assert cloud.server.request("DELETE", f"/v2/images/{image_id}").status_code == 204
    cloud.assert_nothing_left()


def test_the_service_logs_out_when_it_ends(cloud):
    cloud.vsphere.end_sessions()
    cloud.server.create_with_data(SMALL)
    assert cloud.vsphere.sessions() == 1

    cloud.server.stop()

    assert cloud.vsphere.sessions() == 0


# What is wrong.

@pytest.mark.parametrize("options, advice", [
    ({"vmware_server_password": "wrong-password"}, "vmware_server_password"),
    ({"vmware_datastores": ["dc1:ds1", "dc1:gone", "nowhere:ds1"]}, "dc1:gone, nowhere:ds1"),
    ({"vmware_ca_file": None}, "certificate")], ids=["password", "datastore", "stranger"])
def test_a_store_that_is_configured_wrongly_is_down_and_says_why(make_cloud, options, advice):
    cloud = make_cloud(default="disk", **options)
    image_id = cloud.server.create()["id"]

    answer = cloud.server.upload(image_id, SMALL, **{"X-Image-Meta-Store": "cloud"})

    assert answer.status_code == 410
    assert advice in cloud.server.log_text()
    assert "wrong-password" not in cloud.server.log_text()
    assert cloud.server.upload(image_id, SMALL).status_code == 204


def test_a_default_store_that_nobody_can_use_is_refused_at_start(make_cloud):
    cloud = make_cloud(start=False, vmware_datastores=["dc1:gone"])
    cloud.server.sync()
    cloud.server.launch()

    assert cloud.server.wait() != 0
    assert "dc1:gone" in cloud.server.log_text()


@pytest.mark.parametrize("by", ["thumbprint", "nothing"])
def test_the_server_may_be_trusted_otherwise(vsphere, make_cloud, by):
    trust = {"vmware_thumbprint": vsphere.thumbprint} if by == "thumbprint" else {"vmware_insecure": "true"}
    cloud = make_cloud(vmware_ca_file=None, **trust)

    image_id = cloud.server.create_with_data(SMALL)

    assert cloud.server.download(image_id).content == SMALL


def test_images_go_where_there_is_room_and_nowhere_if_there_is_none(make_cloud):
    cloud = make_cloud(vmware_datastores=["dc1:ds1:10", "dc1:ds2"])
    try:
        cloud.vsphere.set_free("ds1", 5 * MIB)
        image_id = cloud.server.create_with_data(LARGE)
        assert cloud.everything() == [f"ds2/{image_id}"]
        cloud.vsphere.set_free("ds2", 22 * MIB)
        other = cloud.server.create()["id"]
        assert cloud.server.upload(other, LARGE).status_code == 413
        assert cloud.everything() == [f"ds2/{image_id}"]
        assert cloud.server.status_of(other) == "queued"
    finally:
        for name in ("ds1", "ds2"):
            cloud.vsphere.set_free(name, 100_000 * MIB)


@pytest.mark.parametrize("status, expected", [(507, 413), (403, 503), (404, 503), (500, 503)])
def test_an_upload_that_the_server_refuses_leaves_nothing(make_cloud, status, expected):
    cloud = make_cloud(vmware_api_retry_count=1)
    image_id = cloud.server.create()["id"]
    cloud.vsphere.fail("/folder", "PUT", status, count=2 if status == 500 else 1)

    assert cloud.server.upload(image_id, LARGE).status_code == expected

    cloud.assert_nothing_left()
    assert cloud.server.upload(image_id, LARGE).status_code == 204


def test_the_service_starts_without_the_server_and_takes_it_when_it_is_there(vsphere, make_cloud):
    vsphere.kill()
    try:
        cloud = make_cloud()
        image_id = cloud.server.create()["id"]
        assert cloud.server.upload(image_id, SMALL).status_code == 410
        assert cloud.server.upload(image_id, SMALL, **{"X-Image-Meta-Store": "disk"}).status_code == 204
    finally:
        vsphere.start()
    other = cloud.server.create()["id"]

    wait_until(lambda: cloud.server.upload(other, SMALL).status_code == 204, "the store to come up")
    assert cloud.server.download(other).content == SMALL


@pytest.mark.parametrize("sent", [1, 22], ids=["early", "late"])
def test_an_upload_whose_server_dies_leaves_nothing(vsphere, make_cloud, sent):
    cloud = make_cloud(vmware_api_retry_count=2)
    image_id = cloud.server.create()["id"]
    try:
        answer = cloud.server.upload(image_id, interrupted(LARGE, sent * MIB, vsphere.kill))
    finally:
        vsphere.start()

    assert answer.status_code == 503
    wait_until(lambda: cloud.server.status_of(image_id) == "queued", "the image to be queued again")
    # What could not be removed without the server goes with the next upload.
    assert cloud.server.upload(image_id, LARGE).status_code == 204
    assert cloud.everything() == [f"ds1/{image_id}"]
    assert cloud.server.download(image_id).content == LARGE


def test_a_download_goes_on_when_the_server_is_back_soon(vsphere, cloud):
    image_id = cloud.server.create_with_data(LARGE)
    answer = cloud.server.get(f"/v2/images/{image_id}/file", stream=True)
    received = answer.raw.read(100_000)

    vsphere.kill()
    vsphere.start()

    assert received + answer.raw.read() == LARGE


def test_a_killed_server_discards_its_upload_at_the_next_start(cloud):
    image_id = cloud.server.create()["id"]

    def killed():
        wait_until(lambda: len(cloud.everything()) == 1, "the upload to begin")
        cloud.server.kill()

    with pytest.raises(OSError):
        cloud.server.upload(image_id, interrupted(LARGE, 12 * MIB, killed))
    assert len(cloud.everything()) == 1
    cloud.server.start()

    cloud.assert_nothing_left()
    assert cloud.server.upload(image_id, LARGE).status_code == 204


def test_a_file_that_is_gone_hinders_no_deletion(cloud):
    image_id = cloud.server.create_with_data(SMALL)
    cloud.file(image_id).unlink()

    assert cloud.server.download(image_id).status_code == 204
    assert cloud.server.request("DELETE", f"/v2/images/{image_id}").status_code == 204
