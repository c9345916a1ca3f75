"""Images that get their data by a location, as POST /v2/images/{image_id}/locations gives it."""

import hashlib
import os

import pytest

from support.imports import lock_of, tasks_of, wait_for_end
from support.origin import ADMITTED, Origin
from support.server import wait_until
from support.stores import Stores

DATA = os.urandom(300000)
SHA256 = hashlib.sha256(DATA).hexdigest()
WITHOUT_LOOPBACK = {"import_filtering_opts": {"allowed_ports": "[]"}}


def settings(home, web="web", **more):
    groups = ADMITTED | more
    return Stores(home / "stores", ["fast", "cheap"], {}, groups, web=web).settings()


@pytest.fixture(scope="module", name="origin")
def origin_fixture():
    with Origin() as origin:
        yield origin


@pytest.fixture(name="server")
def server_fixture(make_server, tmp_path):
    return make_server(settings(tmp_path)).start()


def add(server, image_id, url, algorithm=None, value=None, **more):
    body = {"url": url} | more
    if algorithm:
        body["validation_data"] = {"os_hash_algo": algorithm, "os_hash_value": value}
    return server.request("POST", f"/v2/images/{image_id}/locations", json=body)


def added(server, image_id, *what):
    """Adds a location, which must be accepted, and returns its task at its end."""
    answer = add(server, image_id, *what)
    assert (answer.status_code, answer.text) == (202, ""), answer.text
    return wait_for_end(server, image_id)


def reads(server, origin, path):
    """Waits until the server has asked for the data."""
    wait_until(lambda: ("GET", path) in origin.requests, f"{path} to be read")
    assert server.is_running()


def assert_queued_as_before(server, image_id):
    image = server.show(image_id)
    assert (image["status"], image["size"], image["os_hash_algo"], image["checksum"]) == ("queued", None, None, None)
    assert server.get(f"/v2/images/{image_id}/locations").json() == []
    assert lock_of(server, image_id) is None
    assert server.journal() == []


def test_the_image_gets_data_and_digests(server, origin):
    image_id = server.create()["id"]
    url = origin.put("/plain", DATA)

    task = added(server, image_id, url)

    assert (task["type"], task["status"]) == ("location_import", "success"), task
    assert task["result"] == {"image_id": image_id}
    assert (task["input"]["loc_url"], task["input"]["validation_data"]) == (url, {})
    image = server.show(image_id)
    assert (image["status"], image["size"]) == ("active", len(DATA))
    assert image["checksum"] == hashlib.md5(DATA).hexdigest()
    assert (image["os_hash_algo"], image["os_hash_value"]) == ("sha512", hashlib.sha512(DATA).hexdigest())
    assert not [key for key in image if key.startswith("os_glance")]
    assert server.get(f"/v2/images/{image_id}/locations").json() == [{"url": url, "metadata": {"store": "web"}}]
    assert server.download(image_id).content == DATA


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_data_may_be_held_against_a_digest_of_the_client(server, origin, algorithm):
    image_id = server.create()["id"]
    value = hashlib.new(algorithm, DATA).hexdigest()

    task = added(server, image_id, origin.put("/known", DATA), algorithm, value.upper())

    assert task["status"] == "success", task
    image = server.show(image_id)
    assert (image["status"], image["os_hash_algo"], image["os_hash_value"]) == ("active", algorithm, value)
    assert image["checksum"] == hashlib.md5(DATA).hexdigest()


def test_other_data_than_the_client_knows_leaves_the_image_queued_for_another_try(server, origin):
    image_id = server.create()["id"]
    url = origin.put("/other", b"x" + DATA)

    task = added(server, image_id, url, "sha256", SHA256)

    assert task["status"] == "failure"
    assert "sha256" in task["message"]
    assert_queued_as_before(server, image_id)
    assert added(server, image_id, url)["status"] == "success"
    assert server.status_of(image_id) == "active"


def test_the_image_is_in_use_while_its_data_is_read(server, origin):
    image_id = server.create()["id"]
    url = origin.put("/slow", DATA)

    with origin.held("/slow", ("GET",)):
        assert add(server, image_id, url).status_code == 202
        server.wait_for_status(image_id, "active")
        image = server.show(image_id)
        assert (image["os_hash_algo"], image["os_hash_value"]) == ("sha512", None)
        assert add(server, image_id, url).status_code == 409
    wait_for_end(server, image_id)

    assert server.show(image_id)["os_hash_value"] == hashlib.sha512(DATA).hexdigest()


def test_the_image_waits_while_its_data_is_held_against_a_digest(server, origin):
    image_id = server.create()["id"]
    url = origin.put("/slow-known", DATA)

    with origin.held("/slow-known", ("GET",)):
        assert add(server, image_id, url, "sha256", SHA256).status_code == 202
        reads(server, origin, "/slow-known")
        assert server.status_of(image_id) == "importing"
        assert add(server, image_id, url).status_code == 409
    wait_for_end(server, image_id)

    assert server.status_of(image_id) == "active"


@pytest.mark.parametrize("digest", [(), ("sha256", SHA256)])
def test_an_image_can_be_deleted_while_its_data_is_read(server, origin, digest):
    image_id = server.create()["id"]
    path = f"/deleted-{len(digest)}"
    url = origin.put(path, DATA)

    with origin.held(path, ("GET",)):
        assert add(server, image_id, url, *digest).status_code == 202
        reads(server, origin, path)
        assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 204
        states = wait_until(lambda: [state for state, in server.rows(
            "SELECT status FROM tasks WHERE image_id = ? AND status = 'failure'", image_id)], "the task to end")

    assert states == ["failure"]
    assert server.journal() == []
    assert ("DELETE", path) not in origin.requests


@pytest.mark.parametrize("digest, status", [((), "active"), (("sha256", SHA256), "queued")])
def test_a_restart_leaves_no_image_stuck(server, origin, digest, status):
    image_id = server.create()["id"]
    path = f"/killed-{status}"
    url = origin.put(path, DATA)

    with origin.held(path, ("GET",)):
        assert add(server, image_id, url, *digest).status_code == 202
        reads(server, origin, path)
        server.kill()
    server.session.close()
    server.start()

    assert tasks_of(server, image_id)[-1]["status"] == {"active": "success", "queued": "failure"}[status]
    if status == "queued":
        assert_queued_as_before(server, image_id)
        assert added(server, image_id, url, *digest)["status"] == "success"
    assert server.status_of(image_id) == "active"
    assert server.download(image_id).content == DATA
    assert server.journal() == []


def test_a_server_that_breaks_off_is_asked_again(make_server, tmp_path, origin):
    server = make_server(settings(tmp_path, DEFAULT={"http_retries": 3})).start()
    image_id = server.create()["id"]
    url = origin.put("/broken", DATA)
    origin.cut_after["/broken"] = 1000

    assert add(server, image_id, url, "sha256", SHA256).status_code == 202
    wait_until(lambda: origin.requests.count(("GET", "/broken")) >= 2, "a second attempt")
    del origin.cut_after["/broken"]
    wait_for_end(server, image_id)

    assert server.status_of(image_id) == "active"


def test_an_image_keeps_data_whose_digests_cannot_be_computed(make_server, tmp_path, origin):
    server = make_server(settings(tmp_path, DEFAULT={"http_retries": 1})).start()
    image_id = server.create()["id"]
    url = origin.put("/never", DATA)
    origin.cut_after["/never"] = 1000

    task = added(server, image_id, url)

    assert task["status"] == "success"
    assert "could not be computed" in task["message"]
    image = server.show(image_id)
    assert (image["status"], image["os_hash_value"]) == ("active", None)


def test_without_do_secure_hash_the_client_is_believed(make_server, tmp_path, origin):
    server = make_server(settings(tmp_path, DEFAULT={"do_secure_hash": False})).start()
    known, unknown = server.create()["id"], server.create()["id"]
    url = origin.put("/believed", DATA)

    added(server, known, url, "sha256", "0" * 64)
    added(server, unknown, url)

    image = server.show(known)
    assert (image["status"], image["os_hash_algo"], image["os_hash_value"]) == ("active", "sha256", "0" * 64)
    assert (server.status_of(unknown), server.show(unknown)["os_hash_algo"]) == ("active", None)
    assert ("GET", "/believed") not in origin.requests


def test_what_is_not_there_ends_the_task(server, origin):
    image_id = server.create()["id"]

    task = added(server, image_id, origin.put("/there", DATA) + "-not")

    assert task["status"] == "failure"
    assert_queued_as_before(server, image_id)


@pytest.mark.parametrize("body", [
    {}, {"url": 7}, {"url": None}, [], "text", {"url": "http://x/y", "validation_data": None},
    {"url": "http://x/y", "validation_data": {"os_hash_algo": "sha256"}},
    {"url": "http://x/y", "validation_data": {"os_hash_value": SHA256}},
    {"url": "http://x/y", "validation_data": {"os_hash_algo": "sha3_256", "os_hash_value": SHA256}},
    {"url": "http://x/y", "validation_data": {"os_hash_algo": "sha512", "os_hash_value": SHA256}},
    {"url": "http://x/y", "validation_data": {"os_hash_algo": "sha256", "os_hash_value": "x" * 64}},
    {"url": "http://x/y", "validation_data": {"os_hash_algo": "sha256", "os_hash_value": SHA256, "checksum": "x"}}])
def test_malformed_requests(server, body):
    image_id = server.create()["id"]

    assert server.request("POST", f"/v2/images/{image_id}/locations", json=body).status_code == 400

    assert tasks_of(server, image_id) == []
    assert server.status_of(image_id) == "queued"


def test_more_keys_are_no_mistake(server, origin):
    image_id = server.create()["id"]

    assert add(server, image_id, origin.put("/more", DATA), validation_data={}, more=1).status_code == 202

    assert wait_for_end(server, image_id)["status"] == "success"


def test_only_queued_images_take_a_location(server, origin):
    url = origin.put("/late", DATA)

    answer = add(server, server.create_with_data(b"data"), url)

    assert answer.status_code == 409
    assert "active" in answer.text
    assert add(server, "nothing", url).status_code == 404


@pytest.mark.parametrize("url", ["file:///etc/passwd", "rbd://a/b/c/d", "cinder://x/y", "no URL", ""])
def test_locations_off_the_web_are_for_services(server, url):
    image_id = server.create()["id"]

    assert add(server, image_id, url).status_code == 403

    assert tasks_of(server, image_id) == []


def test_web_servers_need_an_http_store(make_server, tmp_path, origin):
    server = make_server(settings(tmp_path, web=None)).start()

    answer = add(server, server.create()["id"], origin.put("/no-store", DATA))

    assert answer.status_code == 403
    assert "http" in answer.text


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "http://localhost/x", "http://bad.example/x", "http://0x7f.1/x"])
def test_the_filter_of_imports_guards_locations(make_server, tmp_path, url):
    groups = {"import_filtering_opts": {"allowed_ports": "[]", "disallowed_hosts": "[bad.example]"}}
    server = make_server(settings(tmp_path, **groups)).start()
    image_id = server.create()["id"]

    answer = add(server, image_id, url)

    if answer.status_code == 202:  # a name that leads to what is guarded is found out when it is asked
        assert wait_for_end(server, image_id)["status"] == "failure"
    else:
        assert answer.status_code == 400, answer.text
    assert_queued_as_before(server, image_id)


def test_passwords_are_in_no_task(server):
    image_id = server.create()["id"]

    add(server, image_id, "http://user:secret@127.0.0.1:1/x")
    wait_for_end(server, image_id)

    assert "secret" not in server.get(f"/v2/images/{image_id}/tasks").text
    assert "secret" not in server.log_text()
