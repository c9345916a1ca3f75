"""What a service tells of itself: stores, import methods, and the versions that come with them."""

import shutil

import pytest

from support.server import Server
from support.stores import Stores


@pytest.fixture(scope="module", name="stores")
def stores_fixture(tmp_path_factory):
    return Stores(tmp_path_factory.mktemp("stores"), ["fast", "cheap"],
                  {"fast": {"store_description": "Local disks – schnell"},
                   "cheap": {"weight": 7, "filesystem_thin_provisioning": True}})


@pytest.fixture(scope="module", name="several")
def several_fixture(stores, tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("server"), stores.settings()).start()
    yield running
    running.stop()


def test_stores_are_listed_with_what_clients_need(several):
    answer = several.get("/v2/info/stores")

    assert answer.status_code == 200
    assert answer.content.decode() == (
        '{"stores": [{"id": "fast", "description": "Local disks – schnell", "default": "true"}, {"id": "cheap"}]}')


def test_stores_are_listed_in_detail(several, stores):
    fast, cheap = several.get("/v2/info/stores/detail").json()["stores"]

    assert (fast["type"], fast["weight"], fast["default"]) == ("file", 0, "true")
    assert fast["properties"] == {"data_dir": str(stores.directory("fast")), "chunk_size": 65536,
                                  "thin_provisioning": False}
    assert (cheap["type"], cheap["weight"]) == ("file", 7)
    assert cheap["properties"]["thin_provisioning"] is True


def test_read_only_stores_say_so(make_server, tmp_path):
    stores = Stores(tmp_path, ["fast"], web="web")
    server = make_server(stores.settings()).start()

    assert server.get("/v2/info/stores").json()["stores"][1] == {"id": "web", "read-only": "true"}
    assert server.get("/v2/info/stores/detail").json()["stores"][1] == {
        "id": "web", "read-only": "true", "type": "http", "properties": {}, "weight": 0}
    assert server.request("POST", "/v2/images", json={}).headers["OpenStack-image-store-ids"] == "fast,web"


def test_lists_of_stores_touch_no_store(make_server, tmp_path):
    stores = Stores(tmp_path / "stores", ["fast", "cheap"])
    server = make_server(stores.settings()).start()
    shutil.rmtree(stores.root)

    assert [store["id"] for store in server.get("/v2/info/stores").json()["stores"]] == ["fast", "cheap"]
    assert server.get("/v2/info/stores/detail").status_code == 200
    assert not stores.root.exists()


@pytest.mark.parametrize("path", ["/v2/info/stores", "/v2/info/stores/detail"])
def test_a_single_store_is_not_listed(server, path):
    answer = server.get(path)

    assert answer.status_code == 404
    assert "Multi backend is not supported at this site." in answer.text


@pytest.mark.parametrize("which", ["server", "several"])
def test_import_methods_are_listed(request, which):
    answer = request.getfixturevalue(which).get("/v2/info/import")

    assert answer.status_code == 200
    document = answer.json()["import-methods"]
    assert (document["type"], document["value"]) == ("array", ["glance-direct", "web-download", "copy-image"])
    assert list(document) == ["description", "type", "value"]


@pytest.mark.parametrize("path", ["/v2/info/stores", "/v2/info/stores/detail", "/v2/info/import"])
def test_discovery_can_only_be_read(several, path):
    answer = several.request("POST", path)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert several.request("GET", path, data=b"{}").status_code == 400


def test_versions_that_know_of_stores_are_there(several):
    versions = several.get("/versions").json()["versions"]

    assert [version["id"] for version in versions] == [
        "v2.15", "v2.13", "v2.12", "v2.11", "v2.10", "v2.9", "v2.8", "v2.17",
        "v2.7", "v2.6", "v2.5", "v2.4", "v2.3", "v2.2", "v2.1", "v2.0"]
    assert [version["id"] for version in versions if version["status"] == "CURRENT"] == ["v2.17"]
    for version in versions:
        assert several.get(f"/{version['id']}/images?limit=0").status_code == 200
    assert several.get("/v2.14/images").status_code == 300
