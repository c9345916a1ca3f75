"""Images that clients make by a task of type import."""

import hashlib
import os
import subprocess
import uuid

import pytest

from support.imports import FINAL
from support.origin import ADMITTED, Origin
from support.server import wait_until
from support.stores import Stores

DATA = os.urandom(300000)
KIND = {"disk_format": "raw", "container_format": "bare"}


@pytest.fixture(scope="module", name="origin")
def origin_fixture():
    with Origin() as origin:
        yield origin


@pytest.fixture(name="stores")
def stores_fixture(tmp_path):
    return Stores(tmp_path / "stores", ["fast", "cheap"], more=ADMITTED)


@pytest.fixture(name="server")
def server_fixture(make_server, stores):
    return make_server(stores.settings()).start()


def make(server, url, task_type="import", properties=KIND, **fields):
    task_input = {"import_from": url, "import_from_format": "raw", "image_properties": properties} | fields
    return server.request("POST", "/v2/tasks", json={"type": task_type, "input": task_input})


def wait_for_end(server, task_id):
    def ended():
        task = server.get(f"/v2/tasks/{task_id}").json()
        return task if task["status"] in FINAL else None
    return wait_until(ended, f"task {task_id} to end")


def made(server, url, **options):
    """Makes a task, which must be accepted, and returns it at its end."""
    answer = make(server, url, **options)
    assert answer.status_code == 201, answer.text
    return wait_for_end(server, answer.json()["id"])


def images(server):
    return server.get("/v2/images?limit=1000").json()["images"]


def assert_nothing_made(server, stores):
    assert images(server) == []
    assert stores.files() == []
    assert server.journal() == []


def test_a_task_makes_an_image_with_data(server, stores, origin):
    answer = make(server, origin.put("/image", DATA), properties=KIND | {
        "name": "made", "min_ram": 64, "os_distro": "grub", "tags": ["a"], "visibility": "public"})

    assert answer.status_code == 201, answer.text
    task = answer.json()
    assert answer.headers["Location"] == server.url(f"/v2/tasks/{task['id']}")
    assert (task["type"], task["status"], task["result"], task["message"]) == ("import", "pending", None, "")
    assert "expires_at" not in task and "image_id" not in task
    ended = wait_for_end(server, task["id"])
    assert ended["status"] == "success", ended
    assert "expires_at" in ended
    image = server.show(ended["result"]["image_id"])
    assert {key: image[key] for key in ("name", "status", "min_ram", "os_distro", "tags", "visibility", "size")} == {
        "name": "made", "status": "active", "min_ram": 64, "os_distro": "grub", "tags": ["a"],
        "visibility": "public", "size": len(DATA)}
    assert image["os_hash_value"] == hashlib.sha512(DATA).hexdigest()
    assert not [key for key in image if key.startswith("os_glance")]
    assert server.download(image["id"]).content == DATA
    assert stores.files() == [f"fast/{image['id']}"]
    assert server.journal() == []


def test_a_task_may_name_the_store(server, stores, origin):
    task = made(server, origin.put("/image", DATA), backend="cheap")

    assert stores.files() == [f"cheap/{task['result']['image_id']}"]


@pytest.mark.parametrize("url", ["", None, 7, "file:///etc/passwd", "filesystem:///etc/passwd", "swift://a/b", "nothing",
                                 "http://bad.example/x", "http://169.254.169.254/x", "http://[::1]/x"])
def test_what_is_not_imported_from_is_refused_at_once(make_server, stores, url):
    stores.more = {"import_filtering_opts": {"disallowed_hosts": "[bad.example]"}}
    server = make_server(stores.settings()).start()

    answer = make(server, url)

    assert answer.status_code == 400, answer.text
    assert server.get("/v2/tasks").json()["tasks"] == []
    assert_nothing_made(server, stores)


@pytest.mark.parametrize("missing", ["import_from_format", "image_properties"])
def test_a_task_without_a_whole_input_fails(server, stores, origin, missing):
    task_input = {"import_from": origin.put("/image", DATA), "import_from_format": "raw", "image_properties": KIND}
    del task_input[missing]

    answer = server.request("POST", "/v2/tasks", json={"type": "import", "input": task_input})

    assert (answer.status_code, answer.json()["status"]) == (201, "pending")
    task = wait_for_end(server, answer.json()["id"])
    assert (task["status"], task["message"]) == ("failure", f"Input does not contain '{missing}' field")
    assert_nothing_made(server, stores)


@pytest.mark.parametrize("properties", [
    {}, {"disk_format": "raw"}, KIND | {"status": "active"}, KIND | {"disk_format": "nonsense"}, KIND | {"os_glance_x": "y"},
    KIND | {"container_format": "ova"}, "text", None])
def test_a_task_for_an_image_that_cannot_be_fails(server, stores, origin, properties):
    task = made(server, origin.put("/image", DATA), properties=properties)

    assert task["status"] == "failure"
    assert len(task["message"]) > 20
    assert_nothing_made(server, stores)


@pytest.mark.parametrize("task_type", ["api_image_import", "location_import"])
@pytest.mark.parametrize("task_input", [None, {}, {"image_id": str(uuid.uuid4())}])
def test_tasks_of_images_cannot_be_made_by_hand(server, stores, task_type, task_input):
    answer = server.request("POST", "/v2/tasks", json={"type": task_type, "input": task_input})

    assert answer.status_code == 201
    task = wait_for_end(server, answer.json()["id"])
    assert task["status"] == "failure"
    assert task_type in task["message"]
    assert_nothing_made(server, stores)


@pytest.mark.parametrize("task_type", ["export", "clone"])
def test_there_are_no_other_types(server, task_type):
    assert server.request("POST", "/v2/tasks", json={"type": task_type, "input": {}}).status_code == 400


def test_a_failed_download_leaves_no_image(server, stores, origin):
    task = made(server, origin.put("/image", DATA) + "-not")

    assert task["status"] == "failure"
    assert "404" in task["message"]
    assert_nothing_made(server, stores)


def test_data_of_another_format_leaves_no_image(server, stores, origin):
    task = made(server, origin.put("/image", DATA), properties=KIND | {"disk_format": "qcow2"})

    assert task["status"] == "failure"
    assert_nothing_made(server, stores)


def test_the_image_can_be_deleted_meanwhile(server, stores, origin):
    with origin.held("/slow", ("GET",)):
        task_id = make(server, origin.put("/slow", DATA)).json()["id"]
        image_id = wait_until(lambda: [image["id"] for image in images(server)], "the image to be there")[0]
        assert server.status_of(image_id) in ("queued", "importing")
        assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 204

    assert wait_for_end(server, task_id)["status"] == "failure"
    assert_nothing_made(server, stores)


def test_a_restart_leaves_no_image_and_no_task_behind(server, stores, origin):
    with origin.held("/killed", ("GET",)):
        task_id = make(server, origin.put("/killed", DATA)).json()["id"]
        wait_until(lambda: ("GET", "/killed") in origin.requests, "the download to begin")
        server.kill()
    server.session.close()
    server.start()

    assert server.get(f"/v2/tasks/{task_id}").json()["status"] == "failure"
    assert_nothing_made(server, stores)


def test_data_may_be_converted_on_the_way(make_server, stores, origin, tmp_path):
    stores.more = ADMITTED | {"taskflow_executor": {"conversion_format": "qcow2"}}
    server = make_server(stores.settings()).start()
    raw, back = tmp_path / "raw", tmp_path / "back"
    raw.write_bytes(DATA + bytes(-len(DATA) % 512))

    task = made(server, origin.put("/raw", raw.read_bytes()))

    image = server.show(task["result"]["image_id"])
    assert (image["status"], image["disk_format"]) == ("active", "qcow2")
    converted = tmp_path / "converted"
    converted.write_bytes(server.download(image["id"]).content)
    subprocess.run(["qemu-img", "convert", "-O", "raw", converted, back], check=True)
    assert back.read_bytes()[:len(DATA)] == DATA
    assert server.journal() == []


def test_passwords_are_in_no_task(server):
    task = made(server, "http://user:secret@127.0.0.1:1/x")

    assert task["status"] == "failure"
    assert "secret" not in server.get(f"/v2/tasks/{task['id']}").text
    assert "secret" not in server.log_text()


def test_only_those_whom_the_policy_lets_make_tasks(make_server, stores, origin):
    server = make_server(stores.settings() | {"paste_deploy": {"flavor": "trusted-auth"}}).start()
    server.session.headers.update({"X-Identity-Status": "Confirmed", "X-User-Id": "u", "X-Project-Id": "p",
                                   "X-Roles": "member,reader"})

    assert make(server, origin.put("/image", DATA)).status_code == 403
