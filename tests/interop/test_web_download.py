"""web-download from a real web server, nginx, which throttles, breaks off, redirects and refuses ranges."""

import hashlib
import os

import pytest

from services.nginx import (ENCODED, MOVED, PLAIN, SLOW, SLOW_RATE, SLOW_WITHOUT_RANGES, SLOW_WITHOUT_VERSION,
                            WITHOUT_RANGES, WITHOUT_VERSION, Nginx)
from support.imports import ask, imported, wait_for_end
from support.origin import ADMITTED, Origin
from support.server import Server, wait_until
from support.stores import Stores

DATA = os.urandom(4 * SLOW_RATE)
IDS = ["fast", "cheap", "heavy"]


@pytest.fixture(scope="module", name="nginx")
def nginx_fixture(tmp_path_factory):
    with Nginx(tmp_path_factory.mktemp("nginx")) as running:
        running.put("image", DATA)
        yield running


@pytest.fixture(scope="module", name="stores")
def stores_fixture(tmp_path_factory):
    return Stores(tmp_path_factory.mktemp("stores"), IDS, {}, {
        "DEFAULT": {"enabled_import_methods": "[web-download]"},
        "vitrine": {"import_attempts": 4, "import_read_timeout": 5}} | ADMITTED)


@pytest.fixture(scope="module", name="server")
def server_fixture(stores, nginx, tmp_path_factory):
    """Trusts nginx."""
    settings = stores.settings()
    settings["vitrine"] |= {"import_ca_file": nginx.certificate}
    running = Server(tmp_path_factory.mktemp("server"), settings).start()
    yield running
    running.stop()


def web(uri):
    return {"name": "web-download", "uri": uri}


def assert_imported(server, stores, image_id, data=DATA):
    image = server.show(image_id)
    assert (image["status"], image["size"]) == ("active", len(data))
    assert image["os_hash_value"] == hashlib.sha512(data).hexdigest()
    assert sorted(image["stores"].split(",")) == sorted(IDS)
    assert [stores.file(each, image_id).read_bytes() == data for each in IDS] == [True] * len(IDS)


def failed(server, stores, uri):
    """Imports what cannot be imported; nothing may be left of it. Returns what the task says."""
    image_id = server.create()["id"]
    task = imported(server, image_id, web(uri), all_stores=True)
    assert task["status"] == "failure", task
    assert server.status_of(image_id) == "queued"
    assert not [name for name in stores.files() if image_id in name]
    assert server.journal() == []
    return task["message"]


@pytest.mark.parametrize("way", [PLAIN, MOVED])
def test_a_server_whose_authority_is_trusted_is_downloaded_from(server, stores, nginx, way):
    image_id = server.create()["id"]

    task = imported(server, image_id, web(nginx.secure_url(way, "image")), all_stores=True)

    assert task["status"] == "success", task
    assert_imported(server, stores, image_id)


def test_a_server_whose_authority_nobody_knows_is_not_downloaded_from(make_server, stores, nginx):
    server = make_server(stores.settings()).start()

    message = failed(server, stores, nginx.secure_url(PLAIN, "image"))

    assert "certificate" in message, message


@pytest.mark.parametrize("way", [PLAIN, MOVED, WITHOUT_RANGES, WITHOUT_VERSION])
def test_an_image_is_downloaded_once_into_all_stores(server, stores, nginx, way):
    image_id = server.create()["id"]
    before = len(nginx.requests(way, "image"))

    task = imported(server, image_id, web(nginx.url(way, "image")), all_stores=True)

    assert task["status"] == "success", task
    assert_imported(server, stores, image_id)
    assert len(nginx.requests(way, "image")) == before + 1


@pytest.mark.parametrize("way", [SLOW, SLOW_WITHOUT_RANGES])
def test_a_download_goes_on_when_the_web_server_has_restarted(server, stores, nginx, way):
    image_id = server.create()["id"]
    assert ask(server, image_id, web(nginx.url(way, "image")), all_stores=True).status_code == 202
    wait_until(nginx.is_sending, "the download to begin")

    nginx.stop()
    nginx.start()

    assert wait_for_end(server, image_id)["status"] == "success"
    assert_imported(server, stores, image_id)
    assert nginx.requests(way, "image")[-1] == (206 if way == SLOW else 200)
    assert "is tried again at byte" in server.log_text()


def test_a_download_is_not_put_together_of_two_versions(server, stores, nginx):
    image_id = server.create()["id"]
    nginx.put("changing", DATA)
    assert ask(server, image_id, web(nginx.url(SLOW, "changing"))).status_code == 202
    wait_until(nginx.is_sending, "the download to begin")

    nginx.stop()
    os.utime(nginx.put("changing", DATA[::-1]), (1_000_000_000, 1_000_000_000))
    nginx.start()

    task = wait_for_end(server, image_id)
    assert task["status"] == "failure"
    assert "other data now" in task["message"]
    assert server.status_of(image_id) == "queued"
    assert not [name for name in stores.files() if image_id in name]


def test_a_download_cannot_go_on_if_nothing_tells_versions_apart(server, nginx):
    image_id = server.create()["id"]
    assert ask(server, image_id, web(nginx.url(SLOW_WITHOUT_VERSION, "image"))).status_code == 202
    wait_until(nginx.is_sending, "the download to begin")

    nginx.stop()
    nginx.start()

    task = wait_for_end(server, image_id)
    assert task["status"] == "failure"
    assert "does not name the version" in task["message"]
    assert f"of {len(DATA)} bytes were received" in task["message"]


@pytest.mark.parametrize("way, reason", [
    ("astray", "169.254.169.254"), ("round", "redirects"), ("busy", "given up after 4 attempts"), ("nothing", "404"),
    (f"{ENCODED}/image", "encodes the data")])
def test_a_failure_says_why(server, stores, nginx, way, reason):
    message = failed(server, stores, nginx.url(way) + "?signature=secret")

    assert reason in message
    assert "secret" not in message


def test_a_server_that_always_breaks_off_is_given_up(server, stores):
    with Origin() as origin:
        uri = origin.put("/image", DATA)
        origin.cut_after["/image"] = 0

        message = failed(server, stores, uri)

    assert "given up after 4 attempts" in message


def test_nothing_is_left_of_an_image_that_is_deleted_while_it_is_downloaded(server, stores, nginx):
    image_id = server.create()["id"]
    assert ask(server, image_id, web(nginx.url(SLOW, "image")), all_stores=True).status_code == 202
    wait_until(nginx.is_sending, "the download to begin")

    assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 204

    wait_until(lambda: not nginx.is_sending(), "the download to end")
    wait_until(lambda: server.journal() == [], "the journal to be empty")
    assert not [name for name in stores.files() if image_id in name]


@pytest.mark.parametrize("uri", [
    "http://localhost/image", "http://[::1]/image", "http://2130706433/image", "ftp://127.0.0.1/image", "nonsense",
    "http://other.example/image"])
def test_what_is_not_admitted_is_refused_at_once(server, uri):
    image_id = server.create()["id"]

    assert ask(server, image_id, web(uri)).status_code == 400

    assert server.status_of(image_id) == "queued"
