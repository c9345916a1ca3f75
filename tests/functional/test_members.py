"""Sharing an image with other projects. Without Keystone everybody is an administrator: who may do what is tested
where the use cases are."""

import concurrent.futures
import re

import pytest

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
NOWHERE = "00000000-0000-4000-8000-000000000000"


def members_path(image_id, project=""):
    return f"/v2/images/{image_id}/members{'/' if project else ''}{project}"


def add(server, image_id, project):
    return server.request("POST", members_path(image_id), json={"member": project})


def answer_for(server, image_id, project, status):
    return server.request("PUT", members_path(image_id, project), json={"status": status})


def projects_of(server, image_id):
    listed = server.get(members_path(image_id))
    assert listed.status_code == 200, listed.text
    return [member["member_id"] for member in listed.json()["members"]]


@pytest.fixture
def image_id(server):
    """A shared image without members."""
    return server.create()["id"]


def test_the_document_is_glances(server, image_id):
    answer = add(server, image_id, "projekt-ä")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert TIME.sub("<time>", answer.content.decode()) == (
        f'{{"member_id": "projekt-ä", "image_id": "{image_id}", "status": "pending", "created_at": "<time>", '
        f'"updated_at": "<time>", "schema": "/v2/schemas/member"}}')
    assert server.get(members_path(image_id, "projekt-%C3%A4")).content == answer.content


def test_members_are_listed_in_the_order_in_which_they_came(server, image_id):
    first, second = add(server, image_id, "z"), add(server, image_id, "a")

    listed = server.get(members_path(image_id))

    assert list(listed.json()) == ["members", "schema"]
    assert listed.json() == {"members": [first.json(), second.json()], "schema": "/v2/schemas/members"}


def test_nobody_is_a_list_too(server, image_id):
    assert server.get(members_path(image_id)).json() == {"members": [], "schema": "/v2/schemas/members"}


@pytest.mark.parametrize("status", ["pending", "accepted", "rejected"])
def test_a_member_answers(server, image_id, status):
    add(server, image_id, "p")

    answer = answer_for(server, image_id, "p", status)

    assert answer.status_code == 200
    assert answer.json()["status"] == status
    assert server.get(members_path(image_id, "p")).json() == answer.json()


def test_a_member_goes_and_comes_back(server, image_id):
    first = add(server, image_id, "p").json()
    answer_for(server, image_id, "p", "accepted")

    gone = server.request("DELETE", members_path(image_id, "p"))

    assert (gone.status_code, gone.content) == (204, b"")
    assert "Content-Type" not in gone.headers
    assert projects_of(server, image_id) == []
    back = add(server, image_id, "p")
    assert back.status_code == 200
    assert (back.json()["status"], back.json()["created_at"]) == ("pending", first["created_at"])
    assert server.rows("SELECT deleted, deleted_at FROM image_members WHERE image_id = ?", image_id) == [(0, None)]


def test_a_member_is_added_once(server, image_id):
    add(server, image_id, "p")
    answer_for(server, image_id, "p", "accepted")

    assert add(server, image_id, "p").status_code == 409

    assert server.get(members_path(image_id, "p")).json()["status"] == "accepted"


@pytest.mark.parametrize("body", [
    b"", b" ", b"{", b"[]", b'"p"', b"null", b"{}", b'{"member": null}', b'{"member": ""}', b'{"member": 1}',
    b'{"member": ["p"]}', b'{"member": {}}', b'{"member": "\xf0\x9f\x98\x80"}', b'{"member": "a\\u0000b"}',
    b'{"member": "\xff"}', b'{"member": "' + b"p" * 256 + b'"}', b'{"other": "p"}'])
def test_what_names_no_project_is_refused(server, image_id, body):
    assert server.request("POST", members_path(image_id), data=body).status_code == 400
    assert projects_of(server, image_id) == []


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"1", b"{}", b'{"status": null}', b'{"status": ""}', b'{"status": 1}', b'{"status": ["pending"]}',
    b'{"status": "Accepted"}', b'{"status": "all"}', b'{"member": "p"}'])
def test_what_is_no_status_is_refused(server, image_id, body):
    add(server, image_id, "p")

    assert server.request("PUT", members_path(image_id, "p"), data=body).status_code == 400
    assert server.get(members_path(image_id, "p")).json()["status"] == "pending"


def test_who_is_no_member_is_not_found(server, image_id):
    add(server, image_id, "p")

    assert server.get(members_path(image_id, "q")).status_code == 404
    assert answer_for(server, image_id, "q", "accepted").status_code == 404
    assert server.request("DELETE", members_path(image_id, "q")).status_code == 404
    assert projects_of(server, image_id) == ["p"]


@pytest.mark.parametrize("missing", [NOWHERE, "nothing"])
def test_an_image_that_is_not_there_has_no_members(server, missing):
    assert server.get(members_path(missing)).status_code == 404
    assert server.get(members_path(missing, "p")).status_code == 404
    assert add(server, missing, "p").status_code == 404
    assert answer_for(server, missing, "p", "accepted").status_code == 404
    assert server.request("DELETE", members_path(missing, "p")).status_code == 404


@pytest.mark.parametrize("visibility", ["private", "public", "community"])
def test_only_shared_images_have_members(server, visibility):
    image_id = server.create(visibility=visibility)["id"]

    assert server.get(members_path(image_id)).status_code == 403
    assert server.get(members_path(image_id, "p")).status_code == 404
    assert add(server, image_id, "p").status_code == 403
    assert answer_for(server, image_id, "p", "accepted").status_code == 403
    assert server.request("DELETE", members_path(image_id, "p")).status_code == 403
    assert server.rows("SELECT * FROM image_members WHERE image_id = ?", image_id) == []


def test_members_come_back_with_the_visibility(server, image_id):
    add(server, image_id, "p")
    patch = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
    for visibility, status in (("private", 403), ("shared", 200)):
        server.request("PATCH", f"/v2/images/{image_id}", headers=patch,
                       json=[{"op": "replace", "path": "/visibility", "value": visibility}])
        assert server.get(members_path(image_id)).status_code == status

    assert projects_of(server, image_id) == ["p"]


def test_members_go_with_the_image(server, image_id):
    add(server, image_id, "p")

    server.request("DELETE", f"/v2/images/{image_id}")

    assert server.get(members_path(image_id)).status_code == 404
    assert server.rows("SELECT deleted FROM image_members WHERE image_id = ?", image_id) == [(1,)]


def test_bodies_where_none_belongs_are_refused(server, image_id):
    add(server, image_id, "p")

    assert server.get(members_path(image_id), json={}).status_code == 400
    assert server.get(members_path(image_id, "p"), json={}).status_code == 400
    assert server.request("DELETE", members_path(image_id, "p"), json={}).status_code == 400
    assert projects_of(server, image_id) == ["p"]


def test_other_methods_are_not_allowed(server, image_id):
    whole = server.request("PUT", members_path(image_id), json={})
    single = server.request("POST", members_path(image_id, "p"), json={})

    assert (whole.status_code, whole.headers["Allow"]) == (405, "GET, POST")
    assert (single.status_code, single.headers["Allow"]) == (405, "GET, PUT, DELETE")


def test_the_quota_is_never_exceeded(make_server):
    server = make_server({"DEFAULT": {"image_member_quota": 5}}).start()
    image_id = server.create()["id"]

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda i: add(server, image_id, f"p{i}").status_code, range(12)))

    assert sorted(statuses) == [200] * 5 + [413] * 7
    assert len(projects_of(server, image_id)) == 5
    assert add(server, image_id, projects_of(server, image_id)[0]).status_code == 413, "the quota comes first"


def test_a_negative_quota_is_none_and_zero_allows_nobody(make_server):
    unlimited = make_server({"DEFAULT": {"image_member_quota": -1}}).start()
    image_id = unlimited.create()["id"]
    assert {add(unlimited, image_id, f"p{i}").status_code for i in range(130)} == {200}

    closed = make_server({"DEFAULT": {"image_member_quota": 0}}).start()
    assert add(closed, closed.create()["id"], "p").status_code == 413
