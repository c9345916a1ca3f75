"""A catalog moves from engine to engine, and whoever serves a copy finds what was there."""

import re
import sqlite3
import subprocess

import pytest

from services.databases import SERVERS, MariaDB, PostgreSQL, database_of, running
from support.debian_glance import DebianGlance
from support.server import BINARY, Server, run

FRACTION = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.\d+$")
PATCH_TYPE = "application/openstack-images-v2.1-json-patch"


@pytest.fixture(scope="module", name="peers")
def peers_fixture():
    with running(*SERVERS) as servers:
        yield {type(server): server for server in servers}


def fill(server):
    """What an image can have, some of it deleted; returns the images that are left and their data."""
    shared = server.create_with_data(b"shared", name="Größe", visibility="shared", tags=["a", "b"], os_distro="debian")
    queued = server.create(name="queued", protected=True, min_ram=512)["id"]
    gone = server.create_with_data(b"gone", name="gone", tags=["c"], colour="red")
    for member in ("friend", "foe"):
        answer = server.request("POST", f"/v2/images/{shared}/members", json={"member": member})
        assert answer.status_code == 200, answer.text
    assert server.request("DELETE", f"/v2/images/{shared}/members/foe").status_code == 204
    assert server.request("DELETE", f"/v2/images/{gone}").status_code == 204
    return {shared: b"shared", queued: b""}


def documents(server, images):
    shown = {image_id: server.show(image_id) for image_id in images}
    for document in shown.values():
        document["tags"].sort()
    return shown


def file_rows(path):
    """Every row of every table, without the fractions of seconds that one of the engines on the way does not keep."""
    with sqlite3.connect(path) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: sorted(tuple(FRACTION.sub(r"\1", value) if isinstance(value, str) else value for value in row)
                              for row in map(without_zeros, database.execute(f"SELECT * FROM {table}")))
                for table in tables}


def without_zeros(row):
    return tuple("" if value is None else str(value) for value in row)


def copy(server, command, url):
    """Runs `db import-from` or `export-to` beside a server's configuration, and returns what it printed."""
    result = run("db", command, url, "--config-file", server.config)
    assert result.returncode == 0, result.stderr
    assert re.search(r"^\d+ rows are copied and compared\.$", result.stdout, re.MULTILINE), result.stdout
    return result.stdout


def serve_and_change(kind, home, connection, images, expected):
    """Whoever serves the copy shows the same, finds the data, and can go on."""
    server = kind(home, {"database": {"connection": connection}} if connection else None)
    server.launch()
    try:
        server.wait_until_ready(seconds=90)
        assert documents(server, images) == expected
        for image_id, data in images.items():
            assert server.download(image_id).content == data
        image_id = next(iter(images))
        members = server.get(f"/v2/images/{image_id}/members").json()["members"]
        assert [member["member_id"] for member in members] == ["friend"]
        new = server.create_with_data(b"new", name="new", tags=["a"], os_distro="debian")
        patched = server.request("PATCH", f"/v2/images/{new}", headers={"Content-Type": PATCH_TYPE},
                                 json=[{"op": "add", "path": "/more", "value": "properties"}])
        assert patched.status_code == 200, patched.text
        assert server.request("DELETE", f"/v2/images/{new}").status_code == 204
    finally:
        server.stop()


def test_a_catalog_comes_back_from_a_journey_through_all_engines(peers, tmp_path):
    glance = DebianGlance(tmp_path / "house").start()
    images = fill(glance)
    expected = documents(glance, images)
    glance.stop()
    source = Server(glance.home).sync()
    mariadb, postgresql = peers[MariaDB].new_database(), peers[PostgreSQL].new_database()

    said = copy(source, "export-to", mariadb)
    assert "images: 3 rows." in said
    assert "p%40ss" not in said
    source.write_config({"database": {"connection": postgresql}})
    copy(source, "import-from", mariadb)
    back = Server(tmp_path / "back")
    copy(back, "import-from", postgresql)

    assert file_rows(back.database) == file_rows(glance.database)
    serve_and_change(DebianGlance, glance.home, mariadb, images, expected)
    serve_and_change(Server, glance.home, postgresql, images, expected)
    serve_and_change(DebianGlance, glance.home, f"sqlite:///{back.database}", images, expected)


@pytest.mark.parametrize("kind", SERVERS, ids=lambda kind: kind.engine)
def test_a_copy_that_is_killed_is_begun_anew(kind, peers, tmp_path):
    source = Server(tmp_path).sync()
    with sqlite3.connect(source.database) as database:
        database.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) INSERT INTO tasks "
            "(id, type, status, owner, created_at, deleted) "
            "SELECT 'task ' || i, 't', 's', 'p', '2026-01-01 00:00:00.000000', 0 FROM n")
    url = peers[kind].new_database()
    name = database_of(url)

    def copied():
        try:
            return int(peers[kind].query("SELECT count(*) FROM tasks", name))
        except RuntimeError:
            return 0

    with subprocess.Popen([BINARY, "db", "export-to", url, "--config-file", source.config],
                          stdout=subprocess.DEVNULL) as process:
        while copied() == 0:
            assert process.poll() is None, "the copy ended before it could be killed"
        process.kill()
    refusing = tmp_path / "refusing.conf"
    refusing.write_text(f"[database]\nconnection = {url}\n")
    refused = run("db", "sync", "--config-file", refusing)
    assert refused.returncode == 1
    assert "not finished" in refused.stderr
    assert "not finished" in run("api", "--config-file", refusing).stderr

    copy(source, "export-to", url)

    assert copied() == 6000


def test_what_cannot_be_copied_is_said_and_leaves_the_target_empty(peers, tmp_path):
    source = Server(tmp_path).start()
    source.create(name="twice", Colour="red", colour="blue")
    source.stop()
    url = peers[MariaDB].new_database()
    name = database_of(url)

    failed = run("db", "export-to", "-", "--config-file", source.config, input=f"{url}\n")

    assert failed.returncode == 1
    assert "cannot hold the row with id 2 of the table image_properties" in failed.stderr
    assert peers[MariaDB].query("SELECT count(*) FROM images", name) == "0\n"
    assert run("db", "export-to", url.replace("glance:", "nobody:"), "--config-file", source.config).returncode == 1
