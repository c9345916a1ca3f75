"""The service on MariaDB and on PostgreSQL: every journey once, and what happens when the server does not."""

import concurrent.futures
import subprocess
import time

import pytest

from services.databases import SERVERS, running
from support.databases import DatabaseServerHouse
from support.imports import imported, staged
from support.server import run, wait_until

DATA = b"vitrine" * 1000
SETTINGS = {"DEFAULT": {"enabled_import_methods": "[glance-direct]"},
            "database": {"max_retries": 0, "connection_parameters": "connect_timeout=2"},
            "vitrine": {"database_answer_timeout": 2}}


@pytest.fixture(scope="module", params=SERVERS, ids=lambda kind: kind.engine)
def peer(request):
    with running(request.param) as (server,):
        yield server


@pytest.fixture(scope="module")
def house(peer, tmp_path_factory):
    server = DatabaseServerHouse(tmp_path_factory.mktemp(peer.engine), peer, SETTINGS).start()
    yield server
    server.stop()


def patch(server, image_id, *changes):
    return server.request("PATCH", f"/v2/images/{image_id}", json=list(changes),
                          headers={"Content-Type": "application/openstack-images-v2.1-json-patch"})


def set_name(server, image_id, name):
    return patch(server, image_id, {"op": "replace", "path": "/name", "value": name})


def test_an_image_lives_its_whole_life(house):
    image_id = house.create(name="Füll", tags=["a", "A "], visibility="shared", os_distro="debian")["id"]
    assert house.upload(image_id, DATA).status_code == 204
    assert house.download(image_id).content == DATA

    assert patch(house, image_id, {"op": "add", "path": "/os_version", "value": "12"},
                 {"op": "remove", "path": "/os_distro"}).status_code == 200
    shown = house.show(image_id)
    assert (shown["status"], shown["size"], shown["os_version"]) == ("active", len(DATA), "12")
    assert sorted(shown["tags"]) == ["A ", "a"]
    assert "os_distro" not in shown
    assert house.request("DELETE", f"/v2/images/{image_id}/tags/a").status_code == 204
    assert house.show(image_id)["tags"] == ["A "]

    assert house.request("DELETE", f"/v2/images/{image_id}").status_code == 204
    assert house.get(f"/v2/images/{image_id}").status_code == 404
    house.assert_nothing_left_of(image_id)


def test_images_are_listed_by_filter_order_and_page(house):
    ids = [house.create(name=f"list {number}", os_distro="listed")["id"] for number in range(3)]

    def listed(query):
        return [image["id"] for image in house.get(f"/v2/images?os_distro=listed&{query}").json()["images"]]

    assert listed("sort=name:asc") == ids
    assert listed("sort=name:desc&limit=2") == ids[:0:-1]
    assert listed(f"sort=name:asc&marker={ids[0]}") == ids[1:]
    assert listed("name=in:%22list%200%22,%22list%202%22&sort=name:asc") == [ids[0], ids[2]]
    assert listed("size_min=1") == []
    assert listed("created_at=gt:2020-01-01T00:00:00Z&sort=name:asc") == ids
    assert house.get("/v2/images?min_ram=99999999999").json()["images"] == []


def test_an_image_is_shared(house):
    image_id = house.create(visibility="shared")["id"]
    assert house.request("POST", f"/v2/images/{image_id}/members", json={"member": "friend"}).status_code == 200
    assert house.request("POST", f"/v2/images/{image_id}/members", json={"member": "friend"}).status_code == 409
    members = house.get(f"/v2/images/{image_id}/members").json()["members"]
    assert [(member["member_id"], member["status"]) for member in members] == [("friend", "pending")]
    assert house.request("DELETE", f"/v2/images/{image_id}/members/friend").status_code == 204


def test_an_image_is_imported(house):
    image_id = staged(house, DATA)

    assert imported(house, image_id, "glance-direct")["status"] == "success"

    assert house.download(image_id).content == DATA


def test_texts_that_look_like_sql_stay_texts(house):
    text = "it's \\ :name % _ \" ; DROP TABLE images; -- \\'"
    image_id = house.create(name=text, prop=text)["id"]

    assert house.show(image_id)["name"] == house.show(image_id)["prop"] == text
    answer = house.get("/v2/images", params={"prop": text})
    assert [image["id"] for image in answer.json()["images"]] == [image_id]


def test_concurrent_changes_lose_nothing(house):
    image_id = house.create()["id"]

    def add(number):
        return patch(house, image_id, {"op": "add", "path": f"/p{number}", "value": "v"}).status_code

    with concurrent.futures.ThreadPoolExecutor(8) as clients:
        assert set(clients.map(add, range(24))) == {200}
    assert sum(name.startswith("p") and name[1:].isdigit() for name in house.show(image_id)) == 24


def test_one_of_two_nodes_wins_an_upload(house, tmp_path):
    second = DatabaseServerHouse(tmp_path / "second", house.peer,
                                 SETTINGS | {"glance_store": {"filesystem_store_datadir": house.images}})
    second.write_config(SETTINGS | {"database": {"connection": house.connection},
                                    "glance_store": {"filesystem_store_datadir": house.images}})
    second.launch().wait_until_ready()
    try:
        for _ in range(4):
            image_id = house.create()["id"]
            with concurrent.futures.ThreadPoolExecutor(2) as clients:
                statuses = list(clients.map(lambda node: node.upload(image_id, DATA).status_code, (house, second)))
            assert sorted(statuses) == [204, 409]
            assert house.download(image_id).content == DATA
            assert len([name for name in house.stored_files() if image_id in name]) == 1
    finally:
        second.stop()


def test_connections_that_were_cut_are_replaced_unnoticed(house):
    image_id = house.create()["id"]

    for number in range(3):
        house.peer.cut_connections()
        assert set_name(house, image_id, f"name {number}").status_code == 200
        house.peer.cut_connections()
        assert house.show(image_id)["name"] == f"name {number}"


def test_a_server_that_is_down_is_said_clearly_and_found_again(house):
    image_id = house.create(name="old")["id"]
    house.peer.stop()
    try:
        for answer in (house.get(f"/v2/images/{image_id}"), set_name(house, image_id, "new"), house.get("/v2/images"),
                       house.request("POST", "/v2/images", json={})):
            assert answer.status_code == 503
            assert "database" in answer.text
            assert "glance:" not in answer.text
    finally:
        house.peer.start()

    assert house.show(image_id)["name"] == "old"
    assert set_name(house, image_id, "new").status_code == 200


def test_a_frozen_server_is_given_up(house):
    image_id = house.create(name="old")["id"]
    with house.peer.frozen():
        started = time.monotonic()
        answer = house.get(f"/v2/images/{image_id}")
        assert time.monotonic() - started < 20
        assert answer.status_code == 503
        assert "database" in answer.text

    assert set_name(house, image_id, "new").status_code == 200


def test_an_upload_during_which_the_server_goes_leaves_nothing_half_written(house):
    image_id = house.create()["id"]

    def chunks():
        yield DATA
        house.peer.stop()
        yield DATA

    answer = house.upload(image_id, chunks())
    house.peer.start()

    assert answer.status_code == 503
    wait_until(lambda: house.status_of(image_id) == "queued", "the image to be queued again")
    house.assert_nothing_left_of(image_id)
    assert house.upload(image_id, DATA).status_code == 204
    assert house.download(image_id).content == DATA


def test_no_password_reaches_the_log_or_a_message(house, tmp_path):
    wrong = tmp_path / "wrong.conf"
    wrong.write_text(house.config.read_text().replace("glance:p%40ss", "glance:wr0ng"))
    said = run("db", "version", "--config-file", wrong)

    assert said.returncode == 1
    for secret in ("wr0ng", "p%40ss", "p@ss"):
        assert secret not in said.stdout + said.stderr
        assert secret not in house.log_text()


def test_tls_is_used_and_the_authority_counts(house, tmp_path):
    foreign = tmp_path / "foreign.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", "/CN=127.0.0.1", "-keyout", tmp_path / "key.pem", "-out", foreign],
                   check=True, capture_output=True)
    config = tmp_path / "tls.conf"

    def version(authority):
        config.write_text(f"[database]\nmax_retries = 0\nconnection = {house.peer.tls_url(house.name, authority)}\n")
        return run("db", "version", "--config-file", config)

    house.peer.harden_password()
    assert version(house.peer.authority).returncode == 0
    refused = version(foreign)
    assert refused.returncode == 1
    assert "certificate" in refused.stderr


def test_a_database_that_is_missing_is_said_by_name(house, tmp_path):
    config = tmp_path / "missing.conf"
    config.write_text(house.config.read_text().replace(house.name, "nowhere"))

    said = run("db", "sync", "--config-file", config)

    assert said.returncode == 1
    assert "nowhere" in said.stderr


def test_deadlocks_are_tried_again(house):
    """Others lock one image for a moment while many of our changes meet them and each other."""
    ids = [house.create()["id"] for _ in range(2)]

    def change(number):
        return set_name(house, ids[number % 2], f"name {number}").status_code

    statements = "; ".join(f"UPDATE images SET min_ram = min_ram + 1 WHERE id = '{image}'"
                           for image in ids + ids[::-1])
    with concurrent.futures.ThreadPoolExecutor(10) as clients:
        foreign = [clients.submit(house.peer.query, f"BEGIN; {statements}; COMMIT", house.name) for _ in range(2)]
        assert set(clients.map(change, range(16))) == {200}
    assert any(other.exception() is None for other in foreign)


def test_a_read_only_server_refuses_changes_clearly(house):
    image_id = house.create(name="old")["id"]
    house.peer.set_read_only(True)
    house.peer.cut_connections()
    try:
        answer = set_name(house, image_id, "new")
        assert answer.status_code == 503
        assert "no changes" in answer.text
        assert house.show(image_id)["name"] == "old"
    finally:
        house.peer.set_read_only(False)
        house.peer.cut_connections()
    assert set_name(house, image_id, "new").status_code == 200
