"""The database server is killed, or its disk is full, in the middle of everything. Afterwards an image has its data or
is ready for another try, and no file is left that the catalog does not name."""

import hashlib
import os
import pathlib
import subprocess
import tempfile

import pytest

from services.databases import SERVERS, running
from support.databases import DatabaseServerHouse
from support.imports import FINAL, ask, stage, tasks_of
from support.origin import ADMITTED, Origin
from support.server import wait_until

DATA = os.urandom(1 << 20)
SETTINGS = {"DEFAULT": {"enabled_import_methods": "[glance-direct,web-download]"},
            "database": {"max_retries": 0, "connection_parameters": "connect_timeout=2"},
            "vitrine": {"task_heartbeat": 1}, **ADMITTED}
DISK = 256 << 20


@pytest.fixture(scope="module", params=SERVERS, ids=lambda kind: kind.engine)
def peer(request):
    with running(request.param) as (server,):
        yield server


@pytest.fixture(scope="module")
def house(peer, tmp_path_factory):
    server = DatabaseServerHouse(tmp_path_factory.mktemp(peer.engine), peer, SETTINGS).start()
    yield server
    server.stop()


def assert_whole_or_queued(server, image_id):
    """And if it is queued, nothing is left, and the next try succeeds."""
    if server.status_of(image_id) == "queued":
        server.assert_nothing_left_of(image_id)
        assert server.upload(image_id, DATA).status_code == 204
    shown = server.show(image_id)
    assert (shown["status"], shown["size"]) == ("active", len(DATA))
    assert shown["os_hash_value"] == hashlib.sha512(DATA).hexdigest()
    assert server.download(image_id).content == DATA
    assert len([name for name in server.stored_files() if image_id in name]) == 1


def test_killed_and_back_within_an_upload_it_is_not_noticed(house):
    image_id = house.create()["id"]

    def chunks():
        yield DATA[:1000]
        house.wait_for_status(image_id, "saving")
        house.peer.kill()
        house.peer.start()
        yield DATA[1000:]

    assert house.upload(image_id, chunks()).status_code == 204
    assert_whole_or_queued(house, image_id)


def test_killed_within_an_upload_it_leaves_an_image_for_another_try(house):
    image_id = house.create()["id"]

    def chunks():
        yield DATA[:1000]
        house.wait_for_status(image_id, "saving")
        house.peer.kill()
        yield DATA[1000:]

    answer = house.upload(image_id, chunks())
    house.peer.start()

    assert answer.status_code == 503
    assert "database" in answer.text
    wait_until(lambda: house.status_of(image_id) == "queued", "the image to be queued again")
    assert_whole_or_queued(house, image_id)


@pytest.mark.parametrize("is_back", [True, False], ids=["back before the end", "back after the end"])
@pytest.mark.parametrize("method", ["web-download", "glance-direct"])
def test_killed_within_an_import_it_leaves_the_image_whole_or_queued(house, method, is_back):
    image_id = house.create()["id"]
    with Origin() as origin:
        uri = origin.put("/data", DATA)
        if method == "web-download":
            with origin.held("/data"):
                assert ask(house, image_id, {"name": method, "uri": uri}).status_code == 202
                wait_until(lambda: house.status_of(image_id) in ("importing", "queued"), "the import to begin")
                house.peer.kill()
                if is_back:
                    house.peer.start()
        else:
            assert stage(house, image_id, DATA).status_code == 204
            assert ask(house, image_id, method).status_code == 202
            house.peer.kill()
            if is_back:
                house.peer.start()
        if not is_back:
            assert house.get(f"/v2/images/{image_id}").status_code == 503
            house.peer.start()
        wait_until(lambda: all(task["status"] in FINAL for task in tasks_of(house, image_id)), "the task to end", 90)
        wait_until(lambda: house.status_of(image_id) in ("active", "queued"), "the image to be whole or queued")

    assert_whole_or_queued(house, image_id)


@pytest.fixture(params=SERVERS, ids=lambda kind: kind.engine)
def full_disk(request, tmp_path):
    """A house whose database lies on a small disk, and the file that takes the rest of it."""
    disk = pathlib.Path(tempfile.mkdtemp(prefix="disk."))  # where the server's user can get
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=711", "none", disk], check=False,
                      capture_output=True).returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        with request.param(disk / "server") as server:
            house = DatabaseServerHouse(tmp_path / "house", server, SETTINGS).start()
            yield house, server, disk / "ballast"
            house.stop()
    finally:
        subprocess.run(["umount", disk], check=True)
        disk.rmdir()


def fill(ballast):
    """Takes what is left of the disk."""
    with open(ballast, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass


def grow(server, number):
    """Makes the database larger."""
    body = {"name": f"large {number}"} | {f"property {part}": "x" * 60000 for part in range(10)}
    return server.request("POST", "/v2/images", json=body)


def test_a_full_disk_is_said_clearly_and_harms_nothing(full_disk):
    house, server, ballast = full_disk
    image_id = house.create(name="old")["id"]
    fill(ballast)

    grown = 0
    while (answer := grow(house, grown)).status_code == 201:
        grown += 1

    assert answer.status_code == 503
    assert "database" in answer.text
    ballast.unlink()
    if not server.is_running():  # MariaDB may give up where what it holds to be its own cannot be written
        server.start()
    wait_until(lambda: grow(house, 0).status_code == 201, "room for changes", 60)
    assert house.show(image_id)["name"] == "old"
    assert len(house.get("/v2/images?limit=1000").json()["images"]) == grown + 2
