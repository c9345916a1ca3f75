"""The process is killed while it stages or imports, at moments chosen at random but the same in every run. Afterwards the
image has its data or is ready for another try, and every file in staging and stores is one that the catalog names.

VITRINE_KILLS says how often each method is hit (default 3; the whole campaign is 50)."""

import concurrent.futures
import contextlib
import gzip
import hashlib
import os
import random
import time

import pytest
import requests

from support.fake_keystone import FakeKeystone
from support.imports import ask, lock_of, stage
from support.origin import ADMITTED, Origin
from support.server import Server, wait_until
from support.stores import RESERVED, Stores

KILLS = int(os.environ.get("VITRINE_KILLS", "3"))
DATA = random.Random(4711).randbytes(24 << 20)
SHA512 = hashlib.sha512(DATA).hexdigest()
PACKED = gzip.compress(DATA, 1)
STORES = ["fast", "cheap", "heavy"]


def stage_only(server, _, image_id):
    stage(server, image_id, DATA)


def glance_direct(server, _, image_id):
    stage(server, image_id, DATA)
    ask(server, image_id, "glance-direct", all_stores=True)


def web_download(server, origin, image_id):
    ask(server, image_id, {"name": "web-download", "uri": origin.put("/data", DATA)}, stores=["heavy", "cheap"])


def lenient_download(server, origin, image_id):
    ask(server, image_id, {"name": "web-download", "uri": origin.put("/data", DATA)}, all_stores=True,
        all_stores_must_succeed=False)


def copy_image(server, _, image_id):
    ask(server, image_id, "copy-image", all_stores=True)


def plugin_run(server, origin, image_id):
    """Through staging, where the data is expanded and converted."""
    ask(server, image_id, {"name": "web-download", "uri": origin.put("/packed", PACKED)}, all_stores=True)


def glance_download(server, origin, image_id):
    ask(server, image_id, origin.remote, all_stores=True)


def location(server, origin, image_id):
    server.request("POST", f"/v2/images/{image_id}/locations", json={
        "url": origin.put("/data", DATA), "validation_data": {"os_hash_algo": "sha512", "os_hash_value": SHA512}})


def task(server, origin, _):
    server.request("POST", "/v2/tasks", json={"type": "import", "input": {
        "import_from": origin.put("/data", DATA), "import_from_format": "raw",
        "image_properties": {"disk_format": "raw", "container_format": "bare", "name": "by a task"}}})


METHODS = {each.__name__: each for each in (stage_only, glance_direct, web_download, lenient_download, copy_image,
                                            plugin_run, glance_download, location)}


# What the server of a method is made with.
PLUGINS = {"image_import_opts": {"image_import_plugins": "[image_decompression,image_conversion]"},
           "image_conversion": {"output_format": "qcow2"}}
REMOTE = {"DEFAULT": {"enabled_import_methods": "[glance-download]"}, "paste_deploy": {"flavor": "keystone"}}


class House:
    """A server with three stores, which is killed and started again and again."""

    def __init__(self, home, more=None):
        # One store at a time makes more moments to be killed at.
        groups = ADMITTED | (more or {})
        groups["image_import_opts"] = {"max_parallel_stores": 1} | groups.get("image_import_opts", {})
        self.stores = Stores(home / "stores", STORES, more=groups, web="web")
        self.server = Server(home / "server", self.stores.settings()).start()
        self.origin = Origin()

    def new_image(self, method):
        return self.server.create_with_data(DATA) if method is copy_image else self.server.create()["id"]

    def run_and_kill(self, method, image_id, delay):
        """Lets the method run for so many seconds. Whether its requests were answered does not matter."""
        with concurrent.futures.ThreadPoolExecutor(1) as client:
            running = client.submit(method, self.server, self.origin, image_id)
            time.sleep(delay)
            self.server.kill()
            assert running.exception() is None or isinstance(running.exception(), requests.RequestException)
        self.server.session.close()
        self.server.start()

    def duration(self, method):
        """How long the method takes when nobody kills it."""
        image_id = self.new_image(method)
        begin = time.monotonic()
        method(self.server, self.origin, image_id)
        wait_until(lambda: lock_of(self.server, image_id) is None, "the import to end")
        duration = time.monotonic() - begin
        assert self.server.request("DELETE", f"/v2/images/{image_id}").status_code == 204
        return duration

    def assert_sound(self, method, image_id):
        """The image is whole or as before, and nothing is anywhere that no record names."""
        image = self.server.show(image_id)
        assert image["status"] in ("queued", "active", "uploading"), image
        assert image["status"] != "queued" or method is not copy_image
        assert image["status"] != "uploading" or method in (stage_only, glance_direct)
        where = image.get("stores", "").split(",") if image["status"] == "active" else []
        if image["status"] == "active":
            data = self.server.download(image_id).content
            assert image["os_hash_value"] == hashlib.sha512(data).hexdigest()
            assert image["disk_format"] == "qcow2" if method is plugin_run else data == DATA
        assert image.get("os_glance_importing_to_stores", "") == ""
        assert lock_of(self.server, image_id) is None
        assert [name for name in self.stores.files() if image_id in name] == sorted(
            f"{each}/{image_id}" for each in where if each != "web")
        staged = [path.name for path in self.stores.directory(RESERVED[0]).iterdir()]
        assert staged == ([image_id] if image["status"] == "uploading" else [])
        assert self.server.journal() == []
        states = self.server.rows("SELECT status FROM tasks WHERE image_id = ?", image_id)
        assert all(state in ("success", "failure") for state, in states), states

    def hidden_files(self):
        """What the stores keep beside the blobs: unfinished ones."""
        return [str(path) for each in (*STORES, *RESERVED) for path in self.stores.directory(each).rglob("*")
                if path.is_file() and path.name.startswith(".")]


@contextlib.contextmanager
def house_for(method, home):
    with contextlib.ExitStack() as stack:
        more = PLUGINS if method is plugin_run else {}
        if method is glance_download:
            keystone = stack.enter_context(FakeKeystone())
            more = REMOTE | {"keystone_authtoken": keystone.authtoken()}
        house = House(home, more)
        stack.enter_context(house.origin)
        stack.callback(house.server.stop)
        if method is glance_download:
            house.origin.remote = stack.enter_context(another_region(keystone, house, home / "other"))
        yield house


@contextlib.contextmanager
def another_region(keystone, house, home):
    """A service that has the data; gives what imports of it ask for."""
    other = Server(home, REMOTE | ADMITTED | {"keystone_authtoken": keystone.authtoken()}).start()
    keystone.catalog = [{"type": "image", "endpoints": [
        {"interface": "public", "region": "Other", "region_id": "Other", "url": other.url("")}]}]
    token = keystone.give("ann", "member", "reader")
    for server in (house.server, other):
        server.session.headers["X-Auth-Token"] = token
    try:
        yield {"name": "glance-download", "glance_region": "Other", "glance_image_id": other.create_with_data(DATA)}
    finally:
        other.stop()


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", METHODS)
def test_a_killed_process_leaves_no_image_stuck_and_nothing_behind(tmp_path, name):
    with house_for(METHODS[name], tmp_path) as house:
        kill_again_and_again(house, name)


def kill_again_and_again(house, name):
    method = METHODS[name]
    moments = random.Random(name)
    longest = house.duration(method) * 1.1
    ends = set()

    for _ in range(KILLS):
        image_id = house.new_image(method)

        house.run_and_kill(method, image_id, moments.uniform(0, longest))

        house.assert_sound(method, image_id)
        ends.add(house.server.status_of(image_id))
        assert house.server.request("DELETE", f"/v2/images/{image_id}").status_code == 204
    assert house.hidden_files() == []
    assert ends


@pytest.mark.timeout(1800)
def test_a_killed_task_leaves_a_whole_image_or_none(tmp_path):
    moments = random.Random("task")
    with house_for(task, tmp_path) as house:
        for _ in range(KILLS):
            house.run_and_kill(task, "", moments.uniform(0, 0.5))

            images = house.server.get("/v2/images").json()["images"]
            for image in images:
                assert (image["status"], image["os_hash_value"]) == ("active", SHA512), image
                assert house.server.download(image["id"]).content == DATA
            assert house.stores.files() == sorted(f"fast/{image['id']}" for image in images)
            assert house.server.journal() == []
            states = house.server.rows("SELECT status FROM tasks")
            assert all(state in ("success", "failure") for state, in states), states
            for image in images:
                assert house.server.request("DELETE", f"/v2/images/{image['id']}").status_code == 204
        assert house.hidden_files() == []
