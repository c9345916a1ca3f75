"""What images do in a store of a cloud, whichever service that is."""

import abc
import concurrent.futures
import contextlib
import os

import pytest

from support.imports import imported
from support.server import wait_until
from support.store_peer import glance_store
from support.stores import Stores, execute

MIB = 1 << 20
SMALL = os.urandom(MIB + 1)
LARGE = os.urandom(23 * MIB + 1)


def in_pieces(data):
    """Of unknown size to the server."""
    for start in range(0, len(data), MIB):
        yield data[start:start + MIB]


def beside_a_directory(home, store_type, options, name="cloud"):
    """A store of the name, the default, and `disk`, a directory that is read last; and what a server is told of both."""
    stores = Stores(home, ["disk"], {"disk": {"weight": -1}})
    settings = stores.settings()
    settings["DEFAULT"]["enabled_backends"] = f"{name}:{store_type}, disk:file"
    settings["glance_store"]["default_backend"] = name
    settings[name] = options
    return stores, settings


class Cloud(abc.ABC):
    """A server with these stores. `kill` ends the service that the one of the cloud is in, and leaves what it holds;
    `revive` starts it again. Only who wants it dead needs them."""

    def __init__(self, server, stores, kill=None, revive=None):
        self.server = server
        self.stores = stores
        self.kill = kill
        self.revive = revive

    def location(self, image_id):
        return self.server.rows("SELECT value FROM image_locations WHERE image_id = ? AND deleted = 0", image_id)[0][0]

    @abc.abstractmethod
    def everything(self):
        """The names of all that the store holds."""

    @contextlib.contextmanager
    def dead(self):
        """The service is, while the block runs."""
        self.kill()
        try:
            yield
        finally:
            self.revive()

    def delete(self, image_id):
        """The image; its data goes with it."""
        assert self.server.request("DELETE", f"/v2/images/{image_id}").status_code == 204
        wait_until(lambda: self.everything() == [], "the data to be removed")

    # Beside glance_store.

    def assert_takes(self, image_id, location, data):
        """What glance_store wrote there is read and removed as the image's."""
        execute(self.server, "UPDATE image_locations SET value = ?, meta_data = '{}' WHERE image_id = ?", location,
                image_id)
        execute(self.server, "UPDATE images SET size = ? WHERE id = ?", len(data), image_id)
        assert self.server.download(image_id).content == data
        self.delete(image_id)

    def assert_gives(self, store_type, options, location, data, file):
        """glance_store reads and removes what was written there."""
        assert glance_store(store_type, "size", options, location) == str(len(data))
        glance_store(store_type, "read", options, location, file)
        assert file.read_bytes() == data
        glance_store(store_type, "delete", options, location)
        assert self.everything() == []


class CloudSession:
    """Tests for every such store; a module of tests makes a class of its own of it, and has a fixture `cloud`."""

    def test_ranges_are_read(self, cloud):
        image_id = cloud.server.create_with_data(LARGE)

        for first, last in [(0, 0), (5_120_000 - 1, 5 * MIB), (len(LARGE) - 7, len(LARGE) - 1), (MIB, 20 * MIB)]:
            answer = cloud.server.download(image_id, Range=f"bytes={first}-{last}")
            assert (answer.status_code, answer.content == LARGE[first:last + 1]) == (206, True)

    def test_images_go_from_one_store_to_the_other_and_leave_the_first(self, cloud):
        image_id = cloud.server.create_with_data(LARGE)

        assert imported(cloud.server, image_id, "copy-image", stores=["disk"])["status"] == "success"
        assert cloud.server.request("DELETE", f"/v2/stores/cloud/{image_id}").status_code == 204

        assert cloud.everything() == []
        assert cloud.server.download(image_id).content == LARGE
        assert imported(cloud.server, image_id, "copy-image", stores=["cloud"])["status"] == "success"
        assert cloud.server.get(f"/v2/images/{image_id}/file?prefer=cloud").content == LARGE

    def test_a_download_goes_on_from_another_store_when_the_service_dies(self, cloud):
        image_id = cloud.server.create_with_data(LARGE)
        assert imported(cloud.server, image_id, "copy-image", stores=["disk"])["status"] == "success"
        answer = cloud.server.get(f"/v2/images/{image_id}/file", stream=True)
        received = answer.raw.read(100_000)

        with cloud.dead():
            received += answer.raw.read()

        assert received == LARGE

    def test_data_stays_known_when_the_service_is_away_at_its_deletion(self, cloud):
        image_id = cloud.server.create_with_data(LARGE)

        with cloud.dead():
            assert cloud.server.request("DELETE", f"/v2/images/{image_id}").status_code >= 500

        cloud.delete(image_id)

    def test_a_client_that_leaves_midway_leaves_nothing(self, cloud):
        image_id = cloud.server.create()["id"]

        def pieces():
            yield LARGE[:12 * MIB]
            raise ConnectionError

        with pytest.raises(OSError):  # requests has an error of its own for it
            cloud.server.upload(image_id, pieces())

        wait_until(lambda: cloud.everything() == [], "what was begun to be removed")
        wait_until(lambda: cloud.server.status_of(image_id) == "queued", "the image to be queued again")

    def test_many_upload_and_download_at_once(self, cloud):
        def one(number):
            data = LARGE[number:]
            image_id = cloud.server.create_with_data(data)
            return cloud.server.download(image_id).content == data

        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            assert all(pool.map(one, range(6)))
