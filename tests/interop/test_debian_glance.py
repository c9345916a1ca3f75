"""Debian's Glance serves what we wrote, and we serve what it wrote: an operator can go over and back."""

import shutil

import pytest

from support.debian_glance import DebianGlance
from support.server import Server


def hand_over(old, new_kind):
    """A server of the other kind over the database and the store of one that has stopped."""
    old.stop()
    new = new_kind(old.home)
    return new.start()


@pytest.fixture
def stop_at_end():
    """Remembers servers and stops them when the test is over."""
    servers = []
    yield servers
    for server in servers:
        server.stop()


def fill(server):
    """Images of several kinds; returns their documents."""
    plain = server.create_with_data(b"plain data", name="plain", colour="red", tags=["a", "größe"])
    empty = server.create_with_data(b"", name="empty")
    queued = server.create(name="queued", min_ram=512, visibility="private", protected=True)["id"]
    return [server.show(image_id) for image_id in (plain, empty, queued)]


def assert_same_images(server, images):
    """The same documents, but for the order of tags; the same data; the same list."""
    for image in images:
        shown = server.show(image["id"])
        shown["tags"], image["tags"] = sorted(shown["tags"]), sorted(image["tags"])
        assert shown == image
    listed = [image["id"] for image in server.get("/v2/images").json()["images"]]
    assert sorted(listed) == sorted(image["id"] for image in images)
    assert server.download(images[0]["id"]).content == b"plain data"
    assert server.download(images[1]["id"]).content == b""


def assert_can_be_changed(server, images):
    """An image that the other one made can be patched, filled and deleted."""
    plain, queued = images[0]["id"], images[2]["id"]
    patched = server.request(
        "PATCH", f"/v2/images/{plain}", json=[{"op": "replace", "path": "/colour", "value": "blue"},
                                              {"op": "replace", "path": "/tags", "value": ["b"]}],
        headers={"Content-Type": "application/openstack-images-v2.1-json-patch"})
    assert patched.status_code == 200, patched.text
    assert (patched.json()["colour"], patched.json()["tags"]) == ("blue", ["b"])
    formats = server.upload(queued, b"filled later")
    assert formats.status_code == 204, formats.text
    assert server.download(queued).content == b"filled later"
    deleted = server.request("DELETE", f"/v2/images/{plain}")
    assert deleted.status_code == 204, deleted.text
    assert plain not in server.stored_files()


def test_glance_serves_what_we_wrote(tmp_path, stop_at_end):
    ours = Server(tmp_path).start()
    stop_at_end.append(ours)
    images = fill(ours)

    glance = hand_over(ours, DebianGlance)
    stop_at_end.append(glance)

    assert_same_images(glance, images)
    assert_can_be_changed(glance, images)


def test_we_serve_what_glance_wrote(tmp_path, stop_at_end):
    glance = DebianGlance(tmp_path).start()
    stop_at_end.append(glance)
    images = fill(glance)

    ours = hand_over(glance, Server)
    stop_at_end.append(ours)

    assert_same_images(ours, images)
    assert_can_be_changed(ours, images)


def test_over_and_back(tmp_path, stop_at_end):
    glance = DebianGlance(tmp_path).start()
    stop_at_end.append(glance)
    first = glance.create_with_data(b"from Glance", name="first")
    ours = hand_over(glance, Server)
    stop_at_end.append(ours)
    second = ours.create_with_data(b"from us", name="second")

    back = hand_over(ours, DebianGlance)
    stop_at_end.append(back)

    assert back.download(first).content == b"from Glance"
    assert back.download(second).content == b"from us"
    assert back.status_of(back.create_with_data(b"new", name="third")) == "active"


def test_a_database_that_glance_made_is_brought_up_to_date(tmp_path, stop_at_end):
    DebianGlance(tmp_path).sync()
    shutil.copy(tmp_path / "vitrine.sqlite", tmp_path / "before.sqlite")
    ours = Server(tmp_path)
    stop_at_end.append(ours)

    ours.sync().start()

    assert ours.status_of(ours.create_with_data(b"data")) == "active"
