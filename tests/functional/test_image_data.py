"""Uploads and downloads that go well, or are refused before a byte is stored."""

import hashlib
import os

import pytest

from support.raw import Connection

SIZES = [0, 1, 65535, 65536, 65537, 1048576, 1048577, 5000000]


def data_of(size):
    return os.urandom(size)


@pytest.mark.parametrize("size", SIZES)
def test_what_goes_in_comes_out(server, size):
    data = data_of(size)
    image_id = server.create_with_data(data)

    answer = server.download(image_id)

    assert answer.status_code == 200
    assert answer.content == data
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Length"] == str(size)
    assert answer.headers["Content-MD5"] == hashlib.md5(data).hexdigest()


@pytest.mark.timeout(600)
def test_an_image_may_be_larger_than_32_bits_can_count(make_server, tmp_path):
    """A file of holes, which the store keeps as such."""
    size, last = (4 << 30) + 5, b"last!"
    with open(tmp_path / "large", "wb") as file:
        file.seek(size - len(last))
        file.write(last)
    server = make_server({"glance_store": {"filesystem_thin_provisioning": "true"}}).start()
    image_id = server.create()["id"]

    with open(tmp_path / "large", "rb") as file, Connection(server.port, timeout=300) as connection:
        connection.request("PUT", f"/v2/images/{image_id}/file", [f"Content-Length: {size}",
                                                                  "Content-Type: application/octet-stream"])
        assert connection.socket.sendfile(file) == size
        assert connection.response().status == 204

    assert server.show(image_id)["size"] == size
    whole = server.get(f"/v2/images/{image_id}/file", stream=True)
    assert whole.headers["Content-Length"] == str(size)
    whole.close()
    end = server.download(image_id, Range=f"bytes={(4 << 30) - 2}-")
    assert (end.status_code, end.content) == (206, b"\0\0" + last)
    assert end.headers["Content-Range"] == f"bytes {(4 << 30) - 2}-{size - 1}/{size}"
    assert (server.images / image_id).stat().st_blocks * 512 < 64 << 20


def test_an_upload_fills_the_document(server):
    data = data_of(100000)

    image = server.show(server.create_with_data(data))

    expected = {"status": "active", "size": 100000, "checksum": hashlib.md5(data).hexdigest(),
                "os_hash_algo": "sha512", "os_hash_value": hashlib.sha512(data).hexdigest()}
    assert {key: image[key] for key in expected} == expected


def test_an_empty_image_has_size_zero_and_no_virtual_size(server):
    image = server.show(server.create_with_data(b""))

    assert (image["status"], image["size"], image["virtual_size"]) == ("active", 0, None)
    assert image["checksum"] == hashlib.md5(b"").hexdigest()


def test_the_bytes_lie_in_one_file_named_like_the_image(server):
    data = data_of(70000)
    image_id = server.create_with_data(data)

    assert [name for name in server.stored_files() if image_id in name] == [image_id]
    assert (server.images / image_id).read_bytes() == data
    assert server.rows("SELECT value, status FROM image_locations WHERE image_id = ?", image_id) == [
        (f"file://{server.images}/{image_id}", "active")]


def test_a_finished_upload_has_no_journal_entry(fresh_server):
    fresh_server.create_with_data(b"data")

    assert fresh_server.journal() == []


@pytest.mark.parametrize("chunk", [1, 7, 1000, 65536, 1 << 20])
def test_chunks_may_have_any_size(server, chunk):
    data = data_of(min(1000 * chunk, 2 << 20))
    image_id = server.create()["id"]

    answer = server.upload(image_id, (data[start:start + chunk] for start in range(0, len(data), chunk)))

    assert answer.status_code == 204
    assert server.download(image_id).content == data


def test_an_upload_is_answered_without_content(server):
    answer = server.upload(server.create()["id"], b"data")

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["x-openstack-request-id"].startswith("req-")


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "application/octet-streams", ""])
def test_other_media_types_are_refused(server, media_type):
    image_id = server.create()["id"]

    assert server.upload(image_id, b"data", **{"Content-Type": media_type}).status_code == 415
    assert server.status_of(image_id) == "queued"
    server.assert_nothing_left_of(image_id)


def test_an_upload_without_a_media_type_is_refused(server):
    image_id = server.create()["id"]

    answer = server.request("PUT", f"/v2/images/{image_id}/file", data=b"data")

    assert answer.status_code == 415


def test_the_media_type_may_have_parameters(server):
    answer = server.upload(server.create()["id"], b"data", **{"Content-Type": "application/octet-stream; a=b"})

    assert answer.status_code == 204


@pytest.mark.parametrize("missing", ["disk_format", "container_format"])
def test_data_needs_both_formats(server, missing):
    image_id = server.create(**{missing: None})["id"]

    assert server.upload(image_id, b"data").status_code == 400
    assert server.status_of(image_id) == "queued"


def test_an_unknown_image_takes_no_data(server):
    assert server.upload("00000000-0000-4000-8000-000000000000", b"data").status_code == 404


def test_an_active_image_takes_no_more_data(server):
    image_id = server.create_with_data(b"first")

    assert server.upload(image_id, b"second").status_code == 409
    assert server.download(image_id).content == b"first"
    assert server.status_of(image_id) == "active"


@pytest.mark.parametrize("size", ["5", "3"])
def test_the_announced_image_size_is_held_to(server, size):
    image_id = server.create()["id"]

    answer = server.upload(image_id, b"four", **{"x-openstack-image-size": size})

    assert answer.status_code == 400
    assert server.status_of(image_id) == "queued"
    assert server.show(image_id)["size"] is None
    server.assert_nothing_left_of(image_id)


def test_the_announced_image_size_counts_for_chunks_too(server):
    image_id = server.create()["id"]

    assert server.upload(image_id, iter([b"four"]), **{"x-openstack-image-size": "4"}).status_code == 204


def test_an_announced_image_size_that_is_no_number_is_refused(server):
    image_id = server.create()["id"]

    assert server.upload(image_id, b"four", **{"x-openstack-image-size": "many"}).status_code == 400
    assert server.status_of(image_id) == "queued"


def test_more_than_the_size_cap_is_refused(make_server):
    server = make_server({"DEFAULT": {"image_size_cap": 1000}}).start()
    allowed, announced, unannounced = (server.create()["id"] for _ in range(3))

    assert server.upload(allowed, b"x" * 1000).status_code == 204
    assert server.upload(announced, b"x" * 1001).status_code == 413
    assert server.upload(unannounced, iter([b"x" * 1001])).status_code == 413
    assert server.stored_files() == [allowed]
    assert [server.status_of(one) for one in (announced, unannounced)] == ["queued", "queued"]


def test_an_image_without_data_downloads_as_no_content(server):
    answer = server.download(server.create()["id"])

    assert (answer.status_code, answer.content) == (204, b"")


def test_data_that_the_store_lost_downloads_as_no_content(server):
    image_id = server.create_with_data(b"data")
    (server.images / image_id).unlink()

    assert server.download(image_id).status_code == 204


def test_an_unknown_image_has_no_data(server):
    assert server.download("00000000-0000-4000-8000-000000000000").status_code == 404


def test_a_download_with_a_body_is_refused(server):
    image_id = server.create_with_data(b"data")

    assert server.get(f"/v2/images/{image_id}/file", data=b"x").status_code == 400


class TestRange:
    """Parts of an image of ten bytes."""

    @pytest.fixture(scope="class")
    @staticmethod
    def ten(server):
        return server.create_with_data(b"0123456789")

    @pytest.mark.parametrize("asked, sent, content", [
        ("bytes=0-3", "bytes 0-3/10", b"0123"),
        ("bytes=3-3", "bytes 3-3/10", b"3"),
        ("bytes=7-", "bytes 7-9/10", b"789"),
        ("bytes=7-99", "bytes 7-9/10", b"789"),
        ("bytes=-3", "bytes 7-9/10", b"789"),
        ("bytes=-10", "bytes 0-9/10", b"0123456789"),
        ("bytes=-99", "bytes 0-9/10", b"0123456789"),
        ("bytes=-0", "bytes 0-9/10", b"0123456789"),
        ("bytes=0-", "bytes 0-9/10", b"0123456789")])
    def test_range(self, server, ten, asked, sent, content):
        answer = server.download(ten, Range=asked)

        assert answer.status_code == 206
        assert answer.headers["Content-Range"] == sent
        assert answer.headers["Content-Length"] == str(len(content))
        assert answer.headers["Content-MD5"] == hashlib.md5(b"0123456789").hexdigest()
        assert answer.content == content

    @pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-12", "bytes=5-3", "bytes=a-b", "bytes=", "bytes=-",
                                       "lines=0-3", "bytes 0-3", "nonsense"])
    def test_range_that_cannot_be_met(self, server, ten, asked):
        answer = server.download(ten, Range=asked)

        assert answer.status_code == 416
        assert "Content-Range" not in answer.headers

    def test_several_ranges_are_refused(self, server, ten):
        assert server.download(ten, Range="bytes=0-1,3-4").status_code == 400

    @pytest.mark.parametrize("asked, content", [
        ("bytes 0-3/10", b"0123"), ("bytes 3-9/*", b"3456789")])
    def test_the_old_way_of_asking_by_content_range(self, server, ten, asked, content):
        answer = server.download(ten, **{"Content-Range": asked})

        assert answer.status_code == 206
        assert answer.content == content
        assert answer.headers["Content-Length"] == str(len(content))

    @pytest.mark.parametrize("asked", ["bytes 10-12/*", "bytes 0-99/*", "bytes 0-99/10", "bytes */*", "nonsense"])
    def test_a_content_range_that_cannot_be_met(self, server, ten, asked):
        assert server.download(ten, **{"Content-Range": asked}).status_code == 416

    def test_an_image_without_data_has_no_ranges(self, server):
        image_id = server.create()["id"]

        assert server.download(image_id, Range="bytes=0-3").status_code in (204, 416)

    def test_an_empty_image_has_no_byte_to_send(self, server):
        image_id = server.create_with_data(b"")

        assert server.download(image_id, Range="bytes=0-3").status_code == 416

    def test_ranges_put_together_are_the_image(self, server):
        data = os.urandom(1000003)
        image_id = server.create_with_data(data)

        parts = [server.download(image_id, Range=f"bytes={start}-{start + 99999}").content
                 for start in range(0, len(data), 100000)]

        assert b"".join(parts) == data


def test_tags_lie_in_the_body_and_in_the_database(server):
    image_id = server.create(tags=["b", "a", "b", "größe"])["id"]

    assert sorted(server.show(image_id)["tags"]) == ["a", "b", "größe"]
    assert sorted(server.rows("SELECT value FROM image_tags WHERE image_id = ? AND deleted = 0", image_id)) == [
        ("a",), ("b",), ("größe",)]
