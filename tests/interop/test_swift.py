"""The swift store with a real Swift and a real Keystone, beside Debian's glance_store on the same containers."""

import hashlib
import time
import uuid

import pytest

from services.keystone import Keystone
from services.swift import KEY, Swift
from support.cloud_session import LARGE, MIB, SMALL, Cloud, CloudSession, beside_a_directory, in_pieces
from support.server import run, wait_until
from support.store_peer import glance_store

# LARGE has five segments.
SEGMENTS = {"swift_store_large_object_size": 5, "swift_store_large_object_chunk_size": 5}


@pytest.fixture(scope="module", name="service")
def service_fixture(tmp_path_factory):
    home = tmp_path_factory.mktemp("swift")
    keystone = Keystone(home / "keystone").start()
    try:
        swift = Swift(home / "swift", keystone)
        try:
            yield swift.start()
        finally:
            swift.stop()
    finally:
        keystone.stop()


@pytest.fixture(name="container")
def container_fixture(service):
    return service.create_container(f"images-{uuid.uuid4()}")


class Container(Cloud):
    """A server whose store is a container."""

    def __init__(self, server, stores, service, container):
        super().__init__(server, stores, service.kill_proxies, service.start_proxies)
        self.service = service
        self.container = container

    def everything(self):
        return self.service.objects(self.container)

    def assert_nothing_left(self, image_id):
        assert self.everything() == []
        assert self.server.rows("SELECT value FROM image_locations WHERE image_id = ? AND deleted = 0", image_id) == []
        assert self.server.journal() == []
        assert f"{KEY}@" not in self.server.log_text()


@pytest.fixture(name="make_cloud")
def make_cloud_fixture(service, container, make_server, tmp_path):
    def make(make_options=service.options, **options):
        stores, settings = beside_a_directory(tmp_path / "stores", "swift",
                                              make_options(container, **SEGMENTS | options))
        return Container(make_server(settings).start(), stores, service, container)
    return make


@pytest.fixture(name="cloud")
def cloud_fixture(make_cloud):
    return make_cloud()


def names_of(image_id, data):
    """What Glance would call the objects of such an image."""
    size = SEGMENTS["swift_store_large_object_chunk_size"] * 1_024_000
    count = (len(data) + size - 1) // size if len(data) >= size else 0
    return [image_id] + [f"{image_id}-{number + 1:05}" for number in range(count)]


class TestSession(CloudSession):
    """What the others do, too."""


# Data in and out.

@pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
@pytest.mark.parametrize("is_size_known", [True, False], ids=["known", "unknown"])
def test_an_image_comes_back_as_it_went(cloud, data, is_size_known):
    image_id = cloud.server.create()["id"]

    assert cloud.server.upload(image_id, data if is_size_known else in_pieces(data)).status_code == 204

    image = cloud.server.show(image_id)
    assert (image["size"], image["checksum"]) == (len(data), hashlib.md5(data).hexdigest())
    assert cloud.server.download(image_id).content == data
    assert cloud.everything() == names_of(image_id, data)
    address = cloud.service.auth_url.removeprefix("http://")
    assert cloud.location(image_id) == f"swift+http://test%3Atester:{KEY}@{address}/{cloud.container}/{image_id}"
    cloud.delete(image_id)


def test_an_account_of_keystone_is_used_by_its_reference(make_cloud, service, tmp_path):
    options = service.keystone_options("images", user="demo")
    (tmp_path / "accounts.conf").write_text(
        f"[ours]\nauth_address = {options['swift_store_auth_address']}\nuser = '{options['swift_store_user']}'\n"
        f"key = '{options['swift_store_key']}'\n")
    cloud = make_cloud(lambda container, **more: {
        "swift_store_config_file": tmp_path / "accounts.conf", "default_swift_reference": "ours",
        "swift_store_container": container, "swift_store_create_container_on_put": "true"} | more)

    image_id = cloud.server.create_with_data(LARGE)

    assert cloud.location(image_id) == f"swift+config://ours/{cloud.container}/{image_id}"
    assert cloud.server.download(image_id).content == LARGE
    assert cloud.server.request("DELETE", f"/v2/images/{image_id}").status_code == 204


def test_the_operators_commands_know_the_store(cloud):
    assert run("store", "check", "cloud", "--config-file", cloud.server.config).returncode == 0
    detail = cloud.server.get("/v2/info/stores/detail").json()["stores"][0]

    assert detail["type"] == "swift"
    assert detail["properties"] == {"container": cloud.container, "large_object_size": 5_120_000,
                                    "large_object_chunk_size": 5_120_000}


# Beside glance_store.

@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_what_glance_store_wrote_is_read_and_removed(cloud, tmp_path, data):
    image_id = cloud.server.create_with_data(b"replaced")
    assert cloud.service.call("DELETE", f"{cloud.container}/{image_id}").status_code == 204
    (tmp_path / "data").write_bytes(data)
    location = glance_store("swift", "add", cloud.service.options(cloud.container, **SEGMENTS), image_id,
                            tmp_path / "data")
    assert location == cloud.location(image_id)
    assert cloud.everything() == names_of(image_id, data)

    cloud.assert_takes(image_id, location, data)


@pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
@pytest.mark.parametrize("static", ["false", "true"], ids=["dynamic", "static"])
def test_glance_store_reads_and_removes_what_was_written(make_cloud, tmp_path, data, static):
    cloud = make_cloud(swift_store_static_large_objects=static)
    image_id = cloud.server.create_with_data(data)

    cloud.assert_gives("swift", cloud.service.options(cloud.container), cloud.location(image_id), data,
                       tmp_path / "back")


# What is wrong.

@pytest.mark.parametrize("options, advice", [
    ({"swift_store_key": "wrong"}, "Check its user, key"),
    ({"swift_store_container": "nowhere-to-be-found"}, "does not exist")], ids=["key", "container"])
def test_a_store_that_is_configured_wrongly_says_so(make_cloud, options, advice):
    cloud = make_cloud(**options)
    image_id = cloud.server.create()["id"]

    answer = cloud.server.upload(image_id, SMALL)

    assert answer.status_code == 503
    assert advice in answer.text
    assert cloud.server.status_of(image_id) == "queued"
    cloud.assert_nothing_left(image_id)


@pytest.mark.parametrize("is_size_known", [True, False], ids=["known", "unknown"])
def test_an_upload_beyond_the_quota_is_refused_and_leaves_nothing(cloud, is_size_known):
    # Less than one segment: Swift remembers for a minute how much a container holds.
    cloud.service.create_container(cloud.container, **{"X-Container-Meta-Quota-Bytes": str(3 * MIB)})
    image_id = cloud.server.create()["id"]

    answer = cloud.server.upload(image_id, LARGE if is_size_known else in_pieces(LARGE))

    assert answer.status_code == 413
    wait_until(lambda: cloud.server.status_of(image_id) == "queued", "the image to be queued again")
    cloud.assert_nothing_left(image_id)


def test_tokens_that_end_during_transfers_are_renewed(service, cloud):
    image_id = cloud.server.create()["id"]

    def pieces():
        yield LARGE[:8 * MIB]
        service.forget_tokens()
        yield LARGE[8 * MIB:]

    assert cloud.server.upload(image_id, pieces()).status_code == 204
    service.forget_tokens()
    assert cloud.server.download(image_id).content == LARGE
    service.forget_tokens()
    assert cloud.server.request("DELETE", f"/v2/images/{image_id}").status_code == 204
    assert cloud.everything() == []


def test_the_service_starts_and_works_without_swift(service, make_cloud):
    service.kill_proxies()
    try:
        cloud = make_cloud()
        image_id = cloud.server.create()["id"]
        assert cloud.server.upload(image_id, SMALL, **{"X-Image-Meta-Store": "disk"}).status_code == 204
        other = cloud.server.create()["id"]
        assert cloud.server.upload(other, SMALL).status_code == 503
    finally:
        service.start_proxies()

    assert cloud.server.upload(other, SMALL).status_code == 204
    assert cloud.server.download(other).content == SMALL


@pytest.mark.parametrize("sent", [1, 12, 23], ids=["early", "midway", "late"])
def test_an_upload_whose_swift_dies_leaves_nothing(service, cloud, sent):
    image_id = cloud.server.create()["id"]

    def pieces():
        yield LARGE[:sent * MIB]
        time.sleep(0.5)
        service.kill_proxies()
        yield LARGE[sent * MIB:]

    try:
        answer = cloud.server.upload(image_id, pieces())
    finally:
        service.start_proxies()

    assert answer.status_code == 503
    wait_until(lambda: cloud.server.status_of(image_id) == "queued", "the image to be queued again")
    # What could not be removed without Swift goes with the next upload.
    assert cloud.server.upload(image_id, LARGE).status_code == 204
    assert cloud.everything() == names_of(image_id, LARGE)
    assert cloud.server.download(image_id).content == LARGE


def test_a_killed_server_discards_its_segments_at_the_next_start(cloud):
    image_id = cloud.server.create()["id"]

    def pieces():
        yield LARGE[:12 * MIB]
        wait_until(cloud.everything, "the upload to begin")
        cloud.server.kill()
        yield LARGE[12 * MIB:]

    with pytest.raises(OSError):
        cloud.server.upload(image_id, pieces())
    assert cloud.everything() != []
    cloud.server.start()

    wait_until(lambda: cloud.everything() == [], "the segments to be discarded")
    assert cloud.server.upload(image_id, LARGE).status_code == 204
