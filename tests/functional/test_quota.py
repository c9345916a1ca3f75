"""The storage quota of projects. Without identity every image is nobody's, so all of them share one quota."""

import threading

import pytest

from support.origin import ADMITTED, Origin
from support.stores import Stores

V2_1 = "application/openstack-images-v2.1-json-patch"
KB = 1024


@pytest.fixture(name="server")
def server_fixture(make_server):
    return make_server({"DEFAULT": {"user_storage_quota": "10KB"}}).start()


def expect_refused(server, image_id, answer):
    assert answer.status_code == 413
    assert "storage quota" in answer.text
    assert server.status_of(image_id) == "queued"
    server.assert_nothing_left_of(image_id)


def test_what_fits_to_the_last_byte_is_taken_and_no_more(server):
    first, second, third = (server.create()["id"] for _ in range(3))

    assert server.upload(first, b"x" * 9 * KB).status_code == 204
    assert server.upload(second, iter([b"x" * KB])).status_code == 204
    expect_refused(server, third, server.upload(third, b"x"))
    expect_refused(server, third, server.upload(third, iter([b"x"])))


def test_an_announced_size_that_does_not_fit_is_refused_before_its_data(server):
    image_id = server.create()["id"]

    with server.connect() as connection:
        connection.request("PUT", f"/v2/images/{image_id}/file", [
            "Content-Type: application/octet-stream", f"Content-Length: {10 * KB + 1}", "Expect: 100-continue"])

        assert connection.response().status == 413
    assert server.status_of(image_id) == "queued"


def test_data_of_unknown_size_ends_at_the_quota(server):
    image_id = server.create()["id"]

    expect_refused(server, image_id, server.upload(image_id, iter([b"x" * KB] * 11)))

    assert server.upload(image_id, b"x" * 10 * KB).status_code == 204


def test_a_deleted_image_makes_room(server):
    first, second = (server.create()["id"] for _ in range(2))
    server.upload(first, b"x" * 10 * KB)
    expect_refused(server, second, server.upload(second, b"x"))

    server.request("DELETE", f"/v2/images/{first}")

    assert server.upload(second, b"x" * 10 * KB).status_code == 204


def test_images_of_other_projects_do_not_count(server):
    server.upload(server.create(owner="somebody")["id"], b"x" * 10 * KB)

    assert server.upload(server.create()["id"], b"x" * 10 * KB).status_code == 204


def test_however_many_come_at_once_no_more_is_stored(server):
    images = [server.create()["id"] for _ in range(12)]
    statuses = {}

    def upload(image_id, announced):
        data = b"x" * 3 * KB
        statuses[image_id] = server.upload(image_id, data if announced else iter([data[:KB], data[KB:]])).status_code

    clients = [threading.Thread(target=upload, args=(image_id, i % 2 == 0)) for i, image_id in enumerate(images)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()

    assert sorted(statuses.values()) == [204] * 3 + [413] * 9
    assert sorted(server.stored_files()) == sorted(one for one in images if statuses[one] == 204)
    assert server.journal() == []


def test_every_location_counts(make_server, tmp_path):
    stores = Stores(tmp_path / "stores", ["fast"], {"web": {"weight": -1}},
                    {"DEFAULT": {"show_multiple_locations": True, "user_storage_quota": "10KB"}} | ADMITTED,
                    web="web")
    server = make_server(stores.settings()).start()
    image_id, other = (server.create()["id"] for _ in range(2))

    with Origin() as origin:
        def give(name):
            step = {"op": "add", "path": "/locations/-",
                    "value": {"url": origin.put(f"/{name}", b"x" * 4 * KB), "metadata": {"store": "web"}}}
            return server.request("PATCH", f"/v2/images/{image_id}", json=[step], headers={"Content-Type": V2_1})

        assert [give(name).status_code for name in ("one", "two")] == [200, 200]
        refused = give("three")

    assert refused.status_code == 413 and "storage quota" in refused.text
    assert len(server.show(image_id)["locations"]) == 2
    assert server.upload(other, b"x" * (2 * KB + 1)).status_code == 413
    assert server.upload(other, b"x" * 2 * KB).status_code == 204


def test_a_quota_that_cannot_be_read_is_refused_with_what_to_write(make_server):
    server = make_server({"DEFAULT": {"user_storage_quota": "10 GB"}}).sync()
    server.launch()

    assert server.wait() != 0
    assert "user_storage_quota '10 GB' is no number of bytes" in server.log_text()
