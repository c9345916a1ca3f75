"""Staging and importing: glance-direct and copy-image into one store and into several."""

import hashlib
import os

import pytest

from support.imports import ask, imported, lock_of, stage, staged, tasks_of, wait_for_end
from support.origin import ADMITTED, Origin
from support.server import Server, wait_until
from support.stores import RESERVED, Stores, execute

DATA = os.urandom(3 << 20)


@pytest.fixture(scope="module", name="stores")
def stores_fixture(tmp_path_factory):
    return Stores(tmp_path_factory.mktemp("stores"), ["fast", "cheap", "heavy"], more=ADMITTED)


@pytest.fixture(scope="module", name="server")
def server_fixture(stores, tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("server"), stores.settings()).start()
    yield running
    running.stop()


def staged_files(stores):
    directory = stores.directory(RESERVED[0])
    return sorted(path.name for path in directory.iterdir()) if directory.exists() else []


def assert_active_in(server, stores, image_id, *ids):
    """The image has its data in these stores and nowhere else, and nothing is left of its import."""
    image = server.show(image_id)
    assert image["status"] == "active"
    assert sorted(image["stores"].split(",")) == sorted(ids)
    assert image["size"] == len(DATA)
    assert image["checksum"] == hashlib.md5(DATA).hexdigest()
    assert image["os_hash_value"] == hashlib.sha512(DATA).hexdigest()
    assert sorted(name for name in stores.files() if image_id in name) == sorted(f"{each}/{image_id}" for each in ids)
    assert all(stores.file(each, image_id).read_bytes() == DATA for each in ids)
    assert_settled(server, stores, image_id)


def assert_settled(server, stores, image_id):
    assert [name for name in staged_files(stores) if image_id in name] == []
    assert server.show(image_id)["os_glance_importing_to_stores"] == ""
    assert lock_of(server, image_id) is None
    assert server.journal() == []


# Discovery.

def test_methods_are_shown_in_their_order(server):
    assert server.get("/v2/info/import").json()["import-methods"]["value"] == ["glance-direct", "web-download",
                                                                               "copy-image"]
    answer = server.request("POST", "/v2/images", json={})
    assert answer.headers["OpenStack-image-import-methods"] == "glance-direct,web-download,copy-image"


# Staging.

def test_staged_data_waits(server, stores):
    image_id = server.create()["id"]

    assert stage(server, image_id, DATA).status_code == 204

    image = server.show(image_id)
    assert (image["status"], image["size"], image["checksum"]) == ("uploading", len(DATA), None)
    assert "os_glance_stage_host" not in image
    assert (stores.directory(RESERVED[0]) / image_id).read_bytes() == DATA
    assert server.download(image_id).status_code in (204, 403, 404)


def test_data_is_staged_once(server):
    image_id = staged(server, DATA)

    assert stage(server, image_id, b"other").status_code == 409

    assert server.show(image_id)["size"] == len(DATA)


def test_a_wrong_size_is_refused_and_leaves_nothing(server, stores):
    image_id = server.create()["id"]

    assert stage(server, image_id, b"12345", **{"X-OpenStack-Image-Size": "6"}).status_code == 400

    assert server.status_of(image_id) == "queued"
    assert image_id not in staged_files(stores)
    assert server.journal() == []
    assert stage(server, image_id, b"12345").status_code == 204


def test_deleting_an_image_removes_what_is_staged(server, stores):
    image_id = staged(server, DATA)

    assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 204

    assert image_id not in staged_files(stores)


def test_staging_wants_image_data(server):
    image_id = server.create()["id"]

    answer = server.request("PUT", f"/v2/images/{image_id}/stage", data=b"x", headers={"Content-Type": "text/plain"})

    assert answer.status_code == 415


# glance-direct.

@pytest.mark.parametrize("fields, ids", [
    ({}, ["fast"]),
    ({"stores": ["cheap"]}, ["cheap"]),
    ({"stores": ["heavy", "cheap", "heavy"]}, ["heavy", "cheap"]),
    ({"all_stores": True}, ["fast", "cheap", "heavy"]),
    ({"all_stores": True, "all_stores_must_succeed": False}, ["fast", "cheap", "heavy"]),
])
def test_staged_data_is_imported(server, stores, fields, ids):
    image_id = staged(server, DATA)

    task = imported(server, image_id, "glance-direct", **fields)

    assert task["status"] == "success"
    assert task["result"] == {"image_id": image_id}
    assert task["input"]["backend"] == list(dict.fromkeys(fields.get("stores", ids)))
    assert task["input"]["import_req"] == {"method": {"name": "glance-direct"}} | fields
    assert task["type"] == "api_image_import"
    assert task["expires_at"] is not None
    assert_active_in(server, stores, image_id, *ids)
    assert server.download(image_id).content == DATA


def test_the_header_names_the_store(server, stores):
    image_id = staged(server, DATA)

    answer = ask(server, image_id, "glance-direct", headers={"X-Image-Meta-Store": "heavy"})

    assert answer.status_code == 202
    assert answer.content == b""
    wait_for_end(server, image_id)
    assert_active_in(server, stores, image_id, "heavy")


def test_staged_data_on_the_same_file_system_is_not_copied(server, stores):
    image_id = staged(server, DATA)
    inode = (stores.directory(RESERVED[0]) / image_id).stat().st_ino

    imported(server, image_id, "glance-direct")

    assert stores.file("fast", image_id).stat().st_ino == inode
    assert_active_in(server, stores, image_id, "fast")


# web-download.

@pytest.fixture(scope="module", name="origin")
def origin_fixture():
    with Origin() as running:
        yield running


def download(server, uri, **fields):
    """A new image that is imported from there; returns its id and the task at its end."""
    image_id = server.create()["id"]
    return image_id, imported(server, image_id, {"name": "web-download", "uri": uri}, **fields)


def test_a_download_fills_all_stores_and_asks_once(server, stores, origin):
    uri = origin.put("/once", DATA)
    origin.requests.clear()

    image_id, task = download(server, uri, all_stores=True)

    assert task["status"] == "success", task["message"]
    assert_active_in(server, stores, image_id, "fast", "cheap", "heavy")
    assert origin.requests == [("GET", "/once")]


def test_a_password_in_the_uri_is_not_shown(server, origin):
    uri = origin.put("/secret", DATA).replace("http://", "http://user:hunter2@")

    image_id, task = download(server, uri)

    assert task["status"] == "success", task["message"]
    assert task["input"]["import_req"]["method"]["uri"] == uri.replace("user:hunter2", "***")
    assert "hunter2" not in server.log_text()
    assert "hunter2" not in str(server.rows("SELECT * FROM task_info WHERE task_id = ?", task["id"]))
    assert "hunter2" not in server.get(f"/v2/images/{image_id}/tasks").text


@pytest.mark.parametrize("fields", [{}, {"all_stores": True}, {"all_stores": True, "all_stores_must_succeed": False}])
def test_a_broken_download_fails_and_leaves_the_image_queued(server, stores, origin, fields):
    uri = origin.put("/broken", DATA)
    origin.cut_after["/broken"] = len(DATA) // 2

    image_id, task = download(server, uri, **fields)

    assert task["status"] == "failure"
    assert "127.0.0.1" in task["message"]
    image = server.show(image_id)
    assert (image["status"], image["size"]) == ("queued", None)
    assert image["os_glance_failed_import"] == ("cheap,fast,heavy" if fields else "fast")
    assert not [name for name in stores.files() if image_id in name]
    assert_settled(server, stores, image_id)


def test_what_is_not_there_fails_with_the_reason(server, origin):
    image_id, task = download(server, origin.put("/here", DATA).replace("/here", "/nowhere"))

    assert task["status"] == "failure"
    assert "404" in task["message"]
    assert server.status_of(image_id) == "queued"


@pytest.mark.parametrize("algorithm", ["md5", "sha256", "sha512"])
@pytest.mark.parametrize("all_stores_must_succeed", [True, False])
def test_a_download_may_be_held_against_a_digest(server, stores, origin, algorithm, all_stores_must_succeed):
    uri = origin.put("/published", DATA)
    how = {"name": "web-download", "uri": uri, "os_hash_algo": algorithm}
    good, bad = server.create()["id"], server.create()["id"]
    fields = {"all_stores": True, "all_stores_must_succeed": all_stores_must_succeed}

    taken = imported(server, good, how | {"os_hash_value": hashlib.new(algorithm, DATA).hexdigest()}, **fields)
    refused = imported(server, bad, how | {"os_hash_value": hashlib.new(algorithm, b"other").hexdigest()}, **fields)

    assert taken["status"] == "success", taken["message"]
    assert_active_in(server, stores, good, "fast", "cheap", "heavy")
    assert (refused["status"], algorithm in refused["message"]) == ("failure", True)
    assert server.status_of(bad) == "queued"
    assert [name for name in stores.files() if bad in name] == []
    assert_settled(server, stores, bad)


@pytest.mark.parametrize("digest", [
    {"os_hash_algo": "sha256"}, {"os_hash_value": "0" * 64}, {"os_hash_algo": "crc32", "os_hash_value": "0" * 8},
    {"os_hash_algo": "sha256", "os_hash_value": "0" * 63}, {"os_hash_algo": "sha256", "os_hash_value": "x" * 64},
    {"os_hash_algo": 1, "os_hash_value": "0" * 64}])
def test_what_is_no_digest_is_refused_at_once(server, origin, digest):
    image_id = server.create()["id"]

    answer = ask(server, image_id, {"name": "web-download", "uri": origin.put("/published", DATA)} | digest)

    assert answer.status_code == 400
    assert tasks_of(server, image_id) == []


def test_a_failed_import_can_be_tried_again(server, stores, origin):
    uri = origin.put("/again", DATA)
    origin.cut_after["/again"] = 10
    image_id, _ = download(server, uri)
    del origin.cut_after["/again"]

    task = imported(server, image_id, {"name": "web-download", "uri": uri})

    assert task["status"] == "success", task["message"]
    assert server.show(image_id)["os_glance_failed_import"] == ""
    assert_active_in(server, stores, image_id, "fast")


@pytest.mark.parametrize("uri", [None, "", "nonsense", "file:///etc/passwd", "http://169.254.169.254/x",
                                 "http://localhost/x", "http://0x7f000001/x", "http://127.0.0.1:99999/x"])
def test_what_may_not_be_downloaded_is_refused_at_once(server, uri):
    image_id = server.create()["id"]

    answer = ask(server, image_id, {"name": "web-download"} | ({} if uri is None else {"uri": uri}))

    assert answer.status_code == 400, answer.text
    assert tasks_of(server, image_id) == []
    assert lock_of(server, image_id) is None
    assert server.status_of(image_id) == "queued"


def test_deleting_the_image_ends_its_download(server, stores, origin):
    uri = origin.put("/slow", DATA)
    image_id = server.create()["id"]
    with origin.held("/slow"):
        assert ask(server, image_id, {"name": "web-download", "uri": uri}).status_code == 202
        server.wait_for_status(image_id, "importing")

        assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 204

        wait_until(lambda: server.journal() == [], "the import to end")
    assert server.rows("SELECT status FROM tasks WHERE image_id = ?", image_id) == [("failure",)]
    message = server.rows("SELECT message FROM task_info JOIN tasks ON id = task_id WHERE image_id = ?", image_id)
    assert "deleted" in message[0][0]
    assert not [name for name in stores.files() if image_id in name]


def test_an_unsafe_image_is_refused(server, stores, origin):
    evil = bytearray(b"QFI\xfb" + (3).to_bytes(4, "big") + bytes(1 << 16))
    evil[8:16] = (512).to_bytes(8, "big")  # a backing file
    image_id = server.create(disk_format="qcow2")["id"]

    task = imported(server, image_id, {"name": "web-download", "uri": origin.put("/evil", bytes(evil))})

    assert task["status"] == "failure"
    assert "safety" in task["message"]
    assert server.status_of(image_id) == "queued"
    assert not [name for name in stores.files() if image_id in name]


# copy-image.

def test_an_image_is_copied(server, stores):
    image_id = server.create_with_data(DATA)

    task = imported(server, image_id, "copy-image", stores=["cheap"])

    assert task["status"] == "success"
    assert_active_in(server, stores, image_id, "fast", "cheap")


def test_a_copy_to_all_stores_leaves_out_those_that_have_one(server, stores):
    image_id = server.create_with_data(DATA)
    imported(server, image_id, "copy-image", stores=["cheap"])

    imported(server, image_id, "copy-image", all_stores=True)

    assert_active_in(server, stores, image_id, "fast", "cheap", "heavy")
    assert ask(server, image_id, "copy-image", all_stores=True).status_code == 202
    assert len(tasks_of(server, image_id)) == 2


def test_a_copy_where_one_is_already_is_refused(server):
    image_id = server.create_with_data(DATA)

    answer = ask(server, image_id, "copy-image", stores=["cheap", "fast"])

    assert answer.status_code == 400
    assert "already present at store &#x27;fast&#x27;" in answer.text


def test_a_copy_that_differs_is_not_kept(server, stores):
    image_id = server.create_with_data(DATA)
    stores.file("fast", image_id).write_bytes(bytes(len(DATA)))

    task = imported(server, image_id, "copy-image", stores=["cheap", "heavy"])

    assert task["status"] == "failure"
    image = server.show(image_id)
    assert (image["status"], image["stores"]) == ("active", "fast")
    assert not stores.file("cheap", image_id).exists()
    assert not stores.file("heavy", image_id).exists()
    assert_settled(server, stores, image_id)


# Failing stores.

@pytest.fixture(name="broken")
def broken_fixture(server, stores):  # pylint: disable=unused-argument
    """The store `cheap` takes nothing as long as this lasts: a file stands where its directory was."""
    directory = stores.directory("cheap")
    aside = directory.with_name("aside")
    directory.rename(aside)
    directory.write_text("not a directory")
    yield "cheap"
    directory.unlink()
    aside.rename(directory)


def test_one_failing_store_fails_the_import_and_nothing_stays(server, stores, broken):
    image_id = staged(server, DATA)

    task = imported(server, image_id, "glance-direct", stores=["fast", broken, "heavy"])

    assert task["status"] == "failure"
    assert broken in task["message"]
    image = server.show(image_id)
    assert (image["status"], image["size"]) == ("queued", None)
    assert broken in image["os_glance_failed_import"].split(",")
    assert not [name for name in stores.files() if image_id in name and not name.startswith(broken)]
    assert_settled(server, stores, image_id)


def test_other_stores_go_on_without_a_failing_one(server, stores, broken):
    image_id = staged(server, DATA)

    task = imported(server, image_id, "glance-direct", stores=["fast", broken, "heavy"],
                    all_stores_must_succeed=False)

    assert task["status"] == "success"
    image = server.show(image_id)
    assert (image["status"], image["stores"]) == ("active", "fast,heavy")
    assert image["os_glance_failed_import"] == broken
    assert_settled(server, stores, image_id)


def test_no_store_left_is_a_failure(server, stores, broken):
    image_id = staged(server, DATA)

    task = imported(server, image_id, "glance-direct", stores=[broken], all_stores_must_succeed=False)

    assert task["status"] == "failure"
    assert server.status_of(image_id) == "queued"
    assert_settled(server, stores, image_id)


def test_a_failing_copy_leaves_the_image_active(server, stores, broken):
    image_id = server.create_with_data(DATA)

    task = imported(server, image_id, "copy-image", stores=["heavy", broken])

    assert task["status"] == "failure"
    image = server.show(image_id)
    assert (image["status"], image["stores"]) == ("active", "fast")
    assert_settled(server, stores, image_id)


# What is refused, in Glance's order.

@pytest.mark.parametrize("body, status, word", [
    ([], 400, "JSON object"),
    ({}, 400, "method"),
    ({"method": "glance-direct"}, 400, "object"),
    ({"method": {}}, 400, "name"),
    ({"method": {"name": "teleport"}}, 400, "Unknown import method name"),
    ({"method": {"name": "glance-direct"}, "all_stores": "yes"}, 400, "all_stores"),
    ({"method": {"name": "glance-direct"}, "all_stores_must_succeed": 1}, 400, "all_stores_must_succeed"),
    ({"method": {"name": "glance-direct"}, "all_stores": True, "stores": ["fast"]}, 400, "stores"),
    ({"method": {"name": "glance-direct"}, "stores": ["nowhere"]}, 409, "nowhere"),
    ({"method": {"name": "glance-direct"}, "stores": []}, 400, "stores"),
    ({"method": {"name": "glance-direct"}, "stores": [1]}, 400, "stores"),
    ({"method": {"name": "web-download", "uri": "http://127.0.0.1/x"}}, 409, "queued"),
    ({"method": {"name": "copy-image"}, "stores": ["cheap"]}, 409, "active"),
])
def test_a_wrong_request_changes_nothing(server, stores, body, status, word):
    image_id = staged(server, DATA)

    answer = server.request("POST", f"/v2/images/{image_id}/import", json=body)

    assert answer.status_code == status, answer.text
    assert word in answer.text
    assert server.status_of(image_id) == "uploading"
    assert tasks_of(server, image_id) == []
    assert lock_of(server, image_id) is None
    assert image_id in staged_files(stores)


def test_nothing_is_imported_before_it_is_staged(server):
    image_id = server.create()["id"]

    assert ask(server, image_id, "glance-direct").status_code == 409


def test_formats_are_needed(server):
    image_id = server.request("POST", "/v2/images", json={}).json()["id"]
    stage(server, image_id, DATA)

    answer = ask(server, image_id, "glance-direct")

    assert answer.status_code == 409
    assert "container_format" in answer.text


def test_an_active_image_is_not_imported_to(server):
    image_id = server.create_with_data(DATA)

    assert ask(server, image_id, "glance-direct").status_code == 409


# The lock.

def lock(server, image_id, task_id, task_status, updated_at):
    execute(server, "INSERT INTO tasks (id, type, status, owner, created_at, updated_at, deleted) VALUES "
            "(?, 'api_image_import', ?, '', '2026-01-01 00:00:00.000000', ?, 0)", task_id, task_status, updated_at)
    execute(server, "INSERT INTO task_info (task_id, input) VALUES (?, ?)", task_id, '{"backend": ["heavy"]}')
    execute(server, "INSERT INTO image_properties (image_id, name, value, created_at, deleted) VALUES "
            "(?, 'os_glance_import_task', ?, '2026-01-01 00:00:00.000000', 0)", image_id, task_id)


def test_a_living_task_keeps_others_out(server):
    image_id = staged(server, DATA)
    lock(server, image_id, "11111111-0000-4000-8000-000000000000", "processing", "2999-01-01 00:00:00.000000")

    answer = ask(server, image_id, "glance-direct")

    assert answer.status_code == 409
    assert "active task" in answer.text


def test_a_dead_tasks_lock_is_broken(server, stores):
    image_id = staged(server, DATA)
    dead = "22222222-0000-4000-8000-000000000000"
    lock(server, image_id, dead, "processing", "2026-01-01 00:00:00.000000")

    assert ask(server, image_id, "glance-direct").status_code == 202

    wait_for_end(server, image_id)
    assert server.rows("SELECT status FROM tasks WHERE id = ?", dead) == [("failure",)]
    assert_active_in(server, stores, image_id, "fast")


def test_two_at_once_make_one_import(server, stores):
    image_id = staged(server, DATA)

    answers = sorted(ask(server, image_id, "glance-direct").status_code for _ in range(2))

    assert answers[0] == 202
    assert answers[1] in (202, 409)
    wait_for_end(server, image_id)
    assert len([task for task in tasks_of(server, image_id) if task["status"] == "success"]) == 1
    assert_active_in(server, stores, image_id, "fast")
