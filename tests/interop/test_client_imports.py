"""Imports as OpenStack's own clients make them."""

import hashlib
import os

import pytest

from support import clients
from support.imports import wait_for_end
from support.origin import ADMITTED, Origin
from support.stores import Stores

DATA = os.urandom(3 << 20)
KIND = ["--disk-format", "raw", "--container-format", "bare"]
METHODS = {"DEFAULT": {"enabled_import_methods": "[glance-direct,web-download,copy-image]"}}


@pytest.fixture(name="stores")
def stores_fixture(tmp_path):
    return Stores(tmp_path / "stores", ["fast", "cheap"], more=ADMITTED | METHODS)


@pytest.fixture(name="server")
def server_fixture(make_server, stores):
    return make_server(stores.settings()).start()


@pytest.fixture(name="glance")
def glance_fixture(server, tmp_path):
    return clients.glance(server, tmp_path)


@pytest.fixture(name="file")
def file_fixture(tmp_path):
    path = tmp_path / "data"
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
