"""Taking images out of circulation, giving them back, and deleting them."""

import contextlib
import sqlite3

import pytest

NOWHERE = "00000000-0000-4000-8000-000000000000"


def act(server, image_id, action, **options):
    return server.request("POST", f"/v2/images/{image_id}/actions/{action}", **options)


def set_status(server, image_id, status):
    """Writes a status that needs an import to come about."""
    with contextlib.closing(sqlite3.connect(server.database, timeout=30)) as database, database:
        database.execute("UPDATE images SET status = ? WHERE id = ?", (status, image_id))


def test_an_image_is_deactivated_and_reactivated(server):
    image_id = server.create_with_data(b"12345")

    for action, status in (("deactivate", "deactivated"), ("reactivate", "active")):
        answer = act(server, image_id, action)
        assert (answer.status_code, answer.content) == (204, b"")
        assert server.status_of(image_id) == status

    assert server.download(image_id).content == b"12345"


@pytest.mark.parametrize("action, status", [("deactivate", "deactivated"), ("reactivate", "active")])
def test_a_second_time_changes_nothing(server, action, status):
    image_id = server.create_with_data(b"12345")
    act(server, image_id, action)
    before = server.show(image_id)

    assert act(server, image_id, action).status_code == 204

    assert server.show(image_id) == before
    assert before["status"] == status


@pytest.mark.parametrize("action", ["deactivate", "reactivate"])
@pytest.mark.parametrize("status", ["queued", "saving", "uploading", "importing"])
def test_no_other_status_is_left_that_way(server, action, status):
    image_id = server.create()["id"]
    set_status(server, image_id, status)

    assert act(server, image_id, action).status_code == 403
    assert server.status_of(image_id) == status


@pytest.mark.parametrize("action", ["deactivate", "reactivate"])
def test_an_image_that_is_not_there_is_not_found(server, action):
    assert act(server, NOWHERE, action).status_code == 404


@pytest.mark.parametrize("action", ["deactivate", "reactivate"])
def test_bodies_are_refused(server, action):
    image_id = server.create_with_data(b"12345")

    assert act(server, image_id, action, json={}).status_code == 400
    assert server.status_of(image_id) == "active"


def test_other_actions_are_unknown(server):
    assert act(server, server.create()["id"], "explode").status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods_are_not_allowed(server, method):
    answer = server.request(method, f"/v2/images/{NOWHERE}/actions/deactivate")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("status", ["queued", "saving", "uploading", "importing", "active", "deactivated"])
def test_an_image_is_deleted_in_every_status_and_leaves_nothing(server, status):
    image_id = server.create_with_data(b"12345", tags=["t"], colour="red")
    server.request("POST", f"/v2/images/{image_id}/members", json={"member": "p"})
    set_status(server, image_id, status)

    assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 204

    assert server.get(f"/v2/images/{image_id}").status_code == 404
    assert server.rows("SELECT status, deleted FROM images WHERE id = ?", image_id) == [("deleted", 1)]
    for table in ("image_members", "image_tags", "image_properties"):
        assert server.rows(f"SELECT deleted FROM {table} WHERE image_id = ?", image_id) == [(1,)]
    server.assert_nothing_left_of(image_id)


def test_a_protected_image_stays_whatever_its_status(server):
    image_id = server.create_with_data(b"12345", protected=True)
    act(server, image_id, "deactivate")

    assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 403

    act(server, image_id, "reactivate")
    assert server.download(image_id).content == b"12345"
