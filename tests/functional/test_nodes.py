"""Several nodes on one database, each with a staging directory of its own: whoever is asked, the node that holds the
data does the work, and what a node leaves that dies is settled by the others."""

import contextlib
import hashlib
import os
import signal
import time

import pytest

from support.imports import ask, imported, lock_of, stage, staged, tasks_of, wait_for_end
from support.nodes import Nodes, staged_files
from support.origin import Origin
from support.server import wait_until
from support.stores import execute

DATA = os.urandom(1 << 20)


@pytest.fixture(scope="module", name="nodes")
def nodes_fixture(tmp_path_factory):
    running = Nodes(tmp_path_factory.mktemp("nodes")).start()
    yield running
    running.stop()


@pytest.fixture(name="own_nodes")
def own_nodes_fixture(tmp_path):
    """For tests that kill some of them."""
    running = Nodes(tmp_path).start()
    yield running
    running.stop()


def delete(server, image_id):
    return server.request("DELETE", f"/v2/images/{image_id}")


def was_asked(server, method, path):
    return f'"{method} {path} ' in server.log_text()


def stage_host_of(server, image_id):
    return server.rows("SELECT value FROM image_properties WHERE image_id = ? AND name = 'os_glance_stage_host' "
                       "AND deleted = 0", image_id)


def claim_stage_host(server, image_id, url):
    """As if a node with this URL had staged the data."""
    execute(server, "UPDATE image_properties SET value = ? WHERE image_id = ? AND name = 'os_glance_stage_host'", url,
            image_id)


# Imports.

def test_an_import_is_done_where_the_data_is_staged(nodes):
    first, second = nodes
    image_id = staged(first, DATA)

    answer = ask(second, image_id, "glance-direct", stores=["cheap", "heavy"])

    assert (answer.status_code, answer.content) == (202, b"")
    assert wait_for_end(second, image_id)["status"] == "success"
    assert second.download(image_id).content == DATA
    assert second.show(image_id)["stores"] == "cheap,heavy"
    assert was_asked(first, "POST", f"/v2/images/{image_id}/import")
    assert staged_files(first) == staged_files(second) == []
    assert stage_host_of(first, image_id) == []


def test_the_store_that_a_header_names_is_told_to_the_other_node(nodes):
    first, second = nodes
    image_id = staged(first, DATA)

    answer = ask(second, image_id, "glance-direct", headers={"X-Image-Meta-Store": "heavy"})

    assert answer.status_code == 202
    wait_for_end(second, image_id)
    assert second.show(image_id)["stores"] == "heavy"


def test_both_nodes_log_the_request_by_one_id(nodes):
    first, second = nodes
    image_id = staged(first, DATA)

    answer = ask(second, image_id, "glance-direct", headers={"X-OpenStack-Request-ID": "req-of-the-client"})

    assert answer.headers["x-openstack-request-id"] == "req-of-the-client"
    assert "req-of-the-client" in first.log_text()
    wait_for_end(second, image_id)


def test_what_the_other_node_refuses_is_refused_with_its_words(nodes):
    first, second = nodes
    image_id = staged(first, DATA)

    answer = ask(second, image_id, "glance-direct", headers={"Accept": "application/json"}, stores=["none"])

    assert answer.status_code == 409
    assert "There is no store none" in answer.json()["message"]
    assert second.status_of(image_id) == "uploading"


@pytest.mark.parametrize("how", [{"name": "web-download", "uri": "http://127.0.0.1:1/"}, "copy-image"])
def test_only_imports_of_staged_data_are_forwarded(nodes, how):
    first, second = nodes
    image_id = staged(first, DATA)

    assert ask(second, image_id, how).status_code == 409

    assert not was_asked(first, "POST", f"/v2/images/{image_id}/import")


# Deletion.

def test_a_deletion_removes_what_another_node_has_staged(nodes):
    first, second = nodes
    image_id = staged(first, DATA)

    answer = delete(second, image_id)

    assert (answer.status_code, answer.content) == (204, b"")
    assert image_id not in staged_files(first)
    assert second.get(f"/v2/images/{image_id}").status_code == 404


def test_a_protected_image_stays(nodes):
    first, second = nodes
    image_id = staged(first, DATA, protected=True)

    assert delete(second, image_id).status_code == 403

    assert image_id in staged_files(first)
    assert second.status_of(image_id) == "uploading"


def test_a_deletion_is_told_to_the_node_that_hashes(nodes):
    """Python Glance's newer versions hash what lies at new locations, and stop when the image is deleted there."""
    first, second = nodes
    image_id = first.create()["id"]
    execute(first, "INSERT INTO image_properties (image_id, name, value, created_at, deleted) VALUES "
            "(?, 'os_glance_hash_op_host', ?, '2026-03-01 09:30:00.000000', 0)", image_id, first.url(""))

    assert delete(second, image_id).status_code == 204

    assert was_asked(first, "DELETE", f"/v2/images/{image_id}")


# Nodes that are not there.

def test_without_the_node_an_import_fails_and_the_image_can_be_deleted(own_nodes):
    first, second = own_nodes
    image_id = staged(first, DATA)
    first.kill()

    answer = ask(second, image_id, "glance-direct", headers={"Accept": "application/json"})

    assert answer.status_code == 504
    assert "delete the image" in answer.json()["message"]
    assert (second.status_of(image_id), lock_of(second, image_id)) == ("uploading", None)
    assert delete(second, image_id).status_code == 204
    assert staged_files(first) == [image_id]
    first.start()
    assert staged_files(first) == []


def test_a_node_that_comes_back_imports_what_it_holds(own_nodes):
    first, second = own_nodes
    image_id = staged(first, DATA)
    first.kill()
    first.start()

    assert ask(second, image_id, "glance-direct").status_code == 202

    assert wait_for_end(second, image_id)["status"] == "success"
    assert second.download(image_id).content == DATA


def test_a_circle_of_nodes_is_broken(nodes):
    first, second = nodes
    image_id = staged(first, DATA)
    claim_stage_host(first, image_id, second.url("/"))  # not as the node writes it, so it does not know itself

    answer = ask(second, image_id, "glance-direct")

    assert answer.status_code == 502
    assert "tell its operator" in answer.text
    assert tasks_of(second, image_id) == []
    assert delete(second, image_id).status_code == 204
    assert second.get(f"/v2/images/{image_id}").status_code == 404


@pytest.mark.parametrize("url", ["file:///etc/passwd", "not a url", "http://127.0.0.1:1"])
def test_no_other_scheme_and_no_nonsense_is_connected_to(nodes, url):
    first, second = nodes
    image_id = staged(first, DATA)
    claim_stage_host(first, image_id, url)

    assert ask(second, image_id, "glance-direct").status_code == 504

    assert delete(second, image_id).status_code == 204


# Nodes that die, or seem to, while they import. A task counts as dead after ten seconds.

@pytest.fixture(name="origin")
def origin_fixture():
    with Origin() as origin:
        yield origin


@contextlib.contextmanager
def slow_import(server, image_id, origin):
    """Meanwhile the server waits for the first byte of an import into one store."""
    method = {"name": "web-download", "uri": origin.put("/slow", DATA)}
    with origin.held("/slow"):
        assert ask(server, image_id, method, stores=["cheap"]).status_code == 202
        wait_until(lambda: origin.requests, "the server to ask for the data")
        yield


@contextlib.contextmanager
def slow_location(server, image_id, origin):
    """Meanwhile the server waits for the data of a location, to hold it against its digest."""
    body = {"url": origin.put("/located", DATA),
            "validation_data": {"os_hash_algo": "sha256", "os_hash_value": hashlib.sha256(DATA).hexdigest()}}
    with origin.held("/located", methods=["GET"]):
        assert server.request("POST", f"/v2/images/{image_id}/locations", json=body).status_code == 202
        wait_until(lambda: ("GET", "/located") in origin.requests, "the server to ask for the located data")
        yield


@contextlib.contextmanager
def slow_task(server, origin):
    """Meanwhile the server waits for the data of an image that it makes for a client's task, whose id this gives."""
    task_input = {"import_from": origin.put("/task", DATA), "import_from_format": "raw",
                  "image_properties": {"name": "made", "disk_format": "raw", "container_format": "bare"}}
    with origin.held("/task"):
        answer = server.request("POST", "/v2/tasks", json={"type": "import", "input": task_input})
        assert answer.status_code == 201, answer.text
        wait_until(lambda: ("GET", "/task") in origin.requests, "the server to ask for the data of the task")
        yield answer.json()["id"]


def import_again(server, image_id, origin):
    return imported(server, image_id, {"name": "web-download", "uri": origin.put("/data", DATA)}, stores=["cheap"])


def test_the_work_of_a_node_that_died_is_undone_by_another(own_nodes, origin):
    first, second = own_nodes
    image_id, located = first.create()["id"], first.create()["id"]
    with (slow_import(first, image_id, origin), slow_location(first, located, origin),
          slow_task(first, origin) as task_id):
        first.kill()
        own_nodes.stores.file("cheap", image_id).write_bytes(DATA)  # as if it had got there and no further

        task = wait_for_end(second, image_id)

        assert task["status"] == "failure"
        assert "The node that worked on the task is gone" in task["message"]
        image = second.show(image_id)
        assert (image["status"], image["os_glance_importing_to_stores"]) == ("queued", "")
        assert wait_for_end(second, located)["status"] == "failure"
        assert (second.status_of(located), second.show(located)["checksum"]) == ("queued", None)
        wait_until(lambda: second.get(f"/v2/tasks/{task_id}").json()["status"] == "failure", "the task to end")
        wait_until(lambda: second.get("/v2/images?name=made").json()["images"] == [], "its image to go")
        assert own_nodes.stores.files() == []
        wait_until(lambda: second.journal() == [], "nothing to be left to do")
    assert import_again(second, image_id, origin)["status"] == "success"
    first.start()
    assert first.journal() == []
    assert first.download(image_id).content == DATA


def test_the_slow_import_of_a_living_node_is_left_to_it(own_nodes, origin):
    first, second = own_nodes
    image_id = first.create()["id"]
    with slow_import(first, image_id, origin):
        time.sleep(14)  # longer than a dead one would be left alone
        assert second.status_of(image_id) == "importing"
        assert tasks_of(second, image_id)[0]["status"] == "processing"

    assert wait_for_end(second, image_id)["status"] == "success"
    assert second.download(image_id).content == DATA


def test_a_node_that_only_seemed_dead_spoils_nothing(own_nodes, origin):
    first, second = own_nodes
    image_id = first.create()["id"]
    with slow_import(first, image_id, origin):
        first.process.send_signal(signal.SIGSTOP)
        assert wait_for_end(second, image_id)["status"] == "failure"
        assert import_again(second, image_id, origin)["status"] == "success"
    first.process.send_signal(signal.SIGCONT)

    wait_until(lambda: first.journal() == [], "the node to clean up after itself")

    assert second.download(image_id).content == DATA
    assert second.show(image_id)["stores"] == "cheap"
    assert own_nodes.stores.files() == [f"cheap/{image_id}"]


def test_staged_data_of_an_import_that_others_have_settled_goes(own_nodes):
    first, second = own_nodes
    image_id = staged(first, DATA)
    first.kill()
    execute(second, "UPDATE images SET status = 'queued' WHERE id = ?", image_id)

    first.start()

    assert staged_files(first) == []


# Who may say where requests go, and as whom.

@pytest.mark.parametrize("name", ["os_glance_stage_host", "os_glance_hash_op_host"])
def test_no_client_says_where_requests_go(nodes, name):
    first, _ = nodes
    image_id = first.create()["id"]
    step = [{"op": "add", "path": f"/{name}", "value": "http://evil.example"}]

    created = first.request("POST", "/v2/images", json={name: "http://evil.example"})
    patched = first.request("PATCH", f"/v2/images/{image_id}", json=step,
                            headers={"Content-Type": "application/openstack-images-v2.1-json-patch"})

    assert (created.status_code, patched.status_code) == (403, 403)
    assert stage_host_of(first, image_id) == []


def test_the_other_node_is_asked_in_the_callers_name(tmp_path):
    nodes = Nodes(tmp_path, settings={"paste_deploy": {"flavor": "trusted-auth"}}).start()
    first, second = nodes
    owner, stranger = ({"X-Identity-Status": "Confirmed", "X-User-Id": name, "X-Project-Id": name,
                        "X-Roles": "member,reader"} for name in ("owner", "stranger"))
    body = {"disk_format": "raw", "container_format": "bare"}
    image_id = first.request("POST", "/v2/images", json=body, headers=owner).json()["id"]
    assert stage(first, image_id, DATA, **owner).status_code == 204

    assert delete(second, image_id).status_code == 401
    assert second.request("DELETE", f"/v2/images/{image_id}", headers=stranger).status_code == 404
    assert staged_files(first) == [image_id]
    assert second.request("DELETE", f"/v2/images/{image_id}", headers=owner).status_code == 204

    assert staged_files(first) == []
    assert was_asked(first, "DELETE", f"/v2/images/{image_id}")
    nodes.stop()


def test_a_node_url_that_nobody_could_use_is_refused_at_start(tmp_path):
    nodes = Nodes(tmp_path, settings={"DEFAULT": {"worker_self_reference_url": "node1:9292"}})
    first, _ = nodes

    first.sync().launch()

    assert first.wait() != 0
    assert "worker_self_reference_url" in first.log_text()
