"""Imports as OpenStack's own clients make them."""

import hashlib
import json
import os

import pytest

from support import clients
from support.imports import imported, wait_for_end
from support.origin import ADMITTED, Origin
from support.server import Server, wait_until
from support.stores import Stores

DATA = os.urandom(3 << 20)
KIND = ["--disk-format", "raw", "--container-format", "bare"]
METHODS = {"DEFAULT": {"enabled_import_methods": "[glance-direct,web-download,copy-image]"}}


@pytest.fixture(scope="module", name="home")
def home_fixture(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module", name="stores")
def stores_fixture(home):
    return Stores(home / "stores", ["fast", "cheap"], more=ADMITTED | METHODS)


@pytest.fixture(scope="module", name="server")
def server_fixture(home, stores):
    running = Server(home / "server", stores.settings()).start()
    yield running
    running.stop()


@pytest.fixture(scope="module", name="glance")
def glance_fixture(server, home):
    return clients.glance(server, home)


@pytest.fixture(scope="module", name="file")
def file_fixture(home):
    path = home / "data"
    path.write_bytes(DATA)
    return path


def assert_imported(server, stores, image_id, *ids):
    """The image has its data in these stores, and its last task has succeeded."""
    assert wait_for_end(server, image_id)["status"] == "success"
    image = server.show(image_id)
    assert image["status"] == "active"
    assert sorted(image["stores"].split(",")) == sorted(ids)
    assert image["os_hash_value"] == hashlib.sha512(DATA).hexdigest()
    assert [stores.file(each, image_id).read_bytes() == DATA for each in ids] == [True] * len(ids)


def unwrapped(text):
    """The values of a table whose lines glanceclient has broken anywhere, in names, too; without blanks."""
    cells = [line.split("|")[2] for line in text.splitlines() if line.startswith("|")]
    return "".join("".join(cells).split())


def test_glance_names_the_methods_and_the_stores(glance):
    methods, stores = unwrapped(glance("import-info")), unwrapped(glance("stores-info"))

    assert '["glance-direct","web-download","copy-image"]' in methods
    assert '[{"id":"fast","default":"true"},{"id":"cheap"}]' in stores


def test_glance_stages_and_imports(server, stores, glance, file):
    image_id = clients.table(glance("image-create", *KIND))["id"]

    glance("image-stage", "--file", file, image_id)
    assert server.status_of(image_id) == "uploading"
    glance("image-import", "--import-method", "glance-direct", "--all-stores", "True", image_id)

    assert_imported(server, stores, image_id, "fast", "cheap")
    shown = glance("image-tasks", image_id)
    assert "api_image_import" in shown or "success" in shown


def test_glance_creates_by_import_from_a_file(server, stores, glance, file):
    created = glance("image-create-via-import", *KIND, "--import-method", "glance-direct", "--file", file,
                     "--stores", "cheap")

    assert_imported(server, stores, clients.table(created)["id"], "cheap")


def test_glance_creates_by_import_from_the_web(server, stores, glance):
    with Origin() as origin:
        created = glance("image-create-via-import", *KIND, "--import-method", "web-download", "--uri",
                         origin.put("/image", DATA), "--stores", "fast,cheap", "--allow-failure", "False")

        assert_imported(server, stores, clients.table(created)["id"], "fast", "cheap")


def test_glance_copies_between_stores(server, stores, glance):
    image_id = server.create_with_data(DATA)

    glance("image-import", "--import-method", "copy-image", "--stores", "cheap", image_id)

    assert_imported(server, stores, image_id, "fast", "cheap")


def test_glance_deletes_from_a_store_again(server, stores, glance):
    image_id = server.create_with_data(DATA)
    assert imported(server, image_id, "copy-image", all_stores=True)["status"] == "success"

    glance("stores-delete", "--store", "fast", image_id)

    assert server.show(image_id)["stores"] == "cheap"
    assert not stores.file("fast", image_id).exists()


def test_glance_tells_why_an_import_is_refused(server, glance):
    image_id = clients.table(glance("image-create", *KIND))["id"]

    result = glance.attempt("image-import", "--import-method", "web-download", "--uri", "http://127.0.0.2:1/x", image_id)

    assert result.returncode == 1
    assert "400 Bad Request" in result.stderr and "127.0.0.2 is not in" in result.stderr
    assert server.status_of(image_id) == "queued"


def test_glance_makes_an_image_by_a_task(server, stores, glance):
    with Origin() as origin:
        task_input = json.dumps({"import_from": origin.put("/image", DATA), "import_from_format": "raw",
                                 "image_properties": {"disk_format": "raw", "container_format": "bare", "name": "t"}})
        task_id = clients.table(glance("task-create", "--type", "import", "--input", task_input))["id"]
        wait_until(lambda: server.get(f"/v2/tasks/{task_id}").json()["status"] == "success", "the task to end")

    assert task_id in clients.table(glance("task-list"))
    assert clients.table(glance("task-show", task_id))["status"] == "success"
    image_id = server.get(f"/v2/tasks/{task_id}").json()["result"]["image_id"]
    assert clients.table(glance("image-show", image_id))["name"] == "t"
    assert stores.file("fast", image_id).read_bytes() == DATA


def test_openstack_creates_by_import(server, stores, home, file):
    openstack = clients.openstack(server, home)

    openstack("image", "create", *KIND, "--import", "--file", file, "imported")

    image_id = json.loads(openstack("image", "show", "-f", "json", "imported"))["id"]
    assert_imported(server, stores, image_id, "fast")
