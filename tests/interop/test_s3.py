"""The s3 store with a real service, RadosGW, beside Debian's glance_store on the same bucket."""

import hashlib
import time
import uuid

import pytest

from services.radosgw import Radosgw
from support.cloud_session import LARGE, MIB, SMALL, Cloud, CloudSession, beside_a_directory, in_pieces
from support.server import run, wait_until
from support.store_peer import glance_store

# LARGE has five parts.
PARTS = {"s3_store_large_object_size": 5, "s3_store_large_object_chunk_size": 5}


@pytest.fixture(scope="module", name="service")
def service_fixture(tmp_path_factory):
    running = Radosgw(tmp_path_factory.mktemp("ceph") / "cluster").start()
    yield running
    running.stop()


@pytest.fixture(name="bucket")
def bucket_fixture(service):
    return service.create_bucket(f"images-{uuid.uuid4()}")


class Bucket(Cloud):
    """A server whose store is an S3 bucket."""

    def __init__(self, server, stores, service, bucket):
        super().__init__(server, stores, service.kill_gateway, service.start_gateway)
        self.service = service
        self.bucket = bucket

    def location_with_keys(self, image_id):
        """As older releases of Glance wrote it."""
        keys = f"{self.service.access_key}:{self.service.secret_key}@"
        return self.location(image_id).replace("s3://", f"s3://{keys}")

    def everything(self):
        return self.service.everything(self.bucket)

    def assert_nothing_left(self, image_id):
        assert self.everything() == []
        assert self.server.rows("SELECT value FROM image_locations WHERE image_id = ? AND deleted = 0", image_id) == []
        assert self.server.journal() == []
        assert self.service.secret_key not in self.server.log_text()


@pytest.fixture(name="make_cloud")
def make_cloud_fixture(service, bucket, make_server, tmp_path):
    def make(**options):
        stores, settings = beside_a_directory(tmp_path / "stores", "s3", service.options(bucket, **PARTS | options))
        return Bucket(make_server(settings).start(), stores, service, bucket)
    return make


@pytest.fixture(name="cloud")
def cloud_fixture(make_cloud):
    return make_cloud()


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
    assert cloud.everything() == [image_id]
    assert cloud.location(image_id) == f"s3://{cloud.service.host}/{cloud.bucket}/{image_id}"
    cloud.delete(image_id)


def test_the_operators_commands_know_the_store(cloud):
    assert run("store", "check", "cloud", "--config-file", cloud.server.config).returncode == 0
    detail = cloud.server.get("/v2/info/stores/detail").json()["stores"][0]

    assert detail["type"] == "s3"
    assert detail["properties"] == {"s3_store_large_object_size": 5 * MIB, "s3_store_large_object_chunk_size": 5 * MIB,
                                    "s3_store_thread_pools": 10}


# Beside glance_store.

@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_what_glance_store_wrote_is_read_and_removed(cloud, tmp_path, data):
    image_id = cloud.server.create_with_data(b"replaced")
    cloud.service.client().delete_object(Bucket=cloud.bucket, Key=image_id)
    (tmp_path / "data").write_bytes(data)
    location = glance_store("s3", "add", cloud.service.options(cloud.bucket, **PARTS), image_id, tmp_path / "data")

    cloud.assert_takes(image_id, location, data)
    row = cloud.server.rows("SELECT value FROM image_locations WHERE image_id = ?", image_id)
    assert row[0][0] == f"s3://{cloud.service.host}/{cloud.bucket}/{image_id}"


@pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
def test_glance_store_reads_and_removes_what_was_written(cloud, tmp_path, data):
    image_id = cloud.server.create_with_data(data)

    cloud.assert_gives("s3", cloud.service.options(cloud.bucket), cloud.location_with_keys(image_id), data,
                       tmp_path / "back")


# What is wrong.

@pytest.mark.parametrize("options, advice", [
    ({"s3_store_secret_key": "wrong"}, "s3_store_secret_key"),
    ({"s3_store_access_key": "nobody"}, "s3_store_access_key"),
    ({"s3_store_bucket": "nowhere-to-be-found"}, "does not exist")], ids=["secret", "access", "bucket"])
def test_a_store_that_is_configured_wrongly_says_so(make_cloud, options, advice):
    cloud = make_cloud(**options)
    image_id = cloud.server.create()["id"]

    answer = cloud.server.upload(image_id, SMALL)

    assert answer.status_code == 503
    assert advice in answer.text
    assert cloud.server.status_of(image_id) == "queued"
    cloud.assert_nothing_left(image_id)


def test_a_missing_bucket_is_created_if_the_operator_wants_it(make_cloud):
    bucket = f"new-{uuid.uuid4()}"
    cloud = make_cloud(s3_store_bucket=bucket, s3_store_create_bucket_on_put="true")

    image_id = cloud.server.create_with_data(SMALL)

    assert cloud.service.objects(bucket) == [image_id]


def test_the_service_starts_and_works_without_the_gateway(service, make_cloud):
    service.kill_gateway()
    try:
        cloud = make_cloud()
        image_id = cloud.server.create()["id"]
        assert cloud.server.upload(image_id, SMALL, **{"X-Image-Meta-Store": "disk"}).status_code == 204
        other = cloud.server.create()["id"]
        assert cloud.server.upload(other, SMALL).status_code == 503
    finally:
        service.start_gateway()

    assert cloud.server.upload(other, SMALL).status_code == 204
    assert cloud.server.download(other).content == SMALL


@pytest.mark.parametrize("sent", [1, 12, 23], ids=["early", "midway", "late"])
def test_an_upload_whose_gateway_dies_leaves_nothing(service, cloud, sent):
    image_id = cloud.server.create()["id"]

    def pieces():
        yield LARGE[:sent * MIB]
        time.sleep(1)
        service.kill_gateway()
        yield LARGE[sent * MIB:]

    try:
        answer = cloud.server.upload(image_id, pieces())
    finally:
        service.start_gateway()

    assert answer.status_code == 503
    wait_until(lambda: cloud.server.status_of(image_id) == "queued", "the image to be queued again")
    # What could not be removed without the gateway goes with the next upload.
    assert cloud.server.upload(image_id, LARGE).status_code == 204
    assert cloud.everything() == [image_id]
    assert cloud.server.download(image_id).content == LARGE


def test_an_upload_goes_on_when_the_gateway_is_back_soon(service, cloud):
    image_id = cloud.server.create()["id"]

    def pieces():
        yield LARGE[:12 * MIB]
        service.kill_gateway()
        service.start_gateway()
        yield LARGE[12 * MIB:]

    assert cloud.server.upload(image_id, pieces()).status_code == 204

    assert cloud.server.download(image_id).content == LARGE
    assert cloud.everything() == [image_id]


def test_a_download_goes_on_when_the_gateway_is_back_soon(service, cloud):
    image_id = cloud.server.create_with_data(LARGE)
    answer = cloud.server.get(f"/v2/images/{image_id}/file", stream=True)
    received = answer.raw.read(100_000)

    service.kill_gateway()
    service.start_gateway()

    assert received + answer.raw.read() == LARGE


def test_a_killed_server_discards_its_upload_at_the_next_start(cloud):
    image_id = cloud.server.create()["id"]

    def pieces():
        yield LARGE[:12 * MIB]
        wait_until(lambda: cloud.service.uploads(cloud.bucket) == [image_id], "the upload to begin")
        cloud.server.kill()
        yield LARGE[12 * MIB:]

    with pytest.raises(OSError):
        cloud.server.upload(image_id, pieces())
    assert cloud.service.uploads(cloud.bucket) == [image_id]
    cloud.server.start()

    wait_until(lambda: cloud.everything() == [], "the upload to be discarded")
    assert cloud.server.upload(image_id, LARGE).status_code == 204
