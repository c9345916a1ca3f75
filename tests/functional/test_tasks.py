"""Tasks as records, which the tests write as Glance does."""

import contextlib
import json
import sqlite3
import uuid

import pytest

NOWHERE = "00000000-0000-4000-8000-000000000000"
FAR = "2099-01-01 00:00:00.000000"
STUB_KEYS = ["id", "type", "status", "owner", "created_at", "updated_at", "self", "schema"]


def add_task(server, **fields):
    """Writes a task and returns its id."""
    row = {"id": str(uuid.uuid4()), "type": "import", "status": "pending", "owner": "p", "deleted": 0,
           "created_at": "2026-01-01 00:00:00.000000", "updated_at": "2026-01-01 00:00:00.000000"}
    info = {"input": "{}", "result": None, "message": ""}
    for name, value in fields.items():
        (info if name in info else row)[name] = value
    with contextlib.closing(sqlite3.connect(server.database, timeout=30)) as database, database:
        for table, values in (("tasks", row), ("task_info", info | {"task_id": row["id"]})):
            database.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
                             list(values.values()))
    return row["id"]


def listed(server, query):
    """The ids that a list shows."""
    answer = server.get(f"/v2/tasks?{query}")
    assert answer.status_code == 200, answer.text
    return [task["id"] for task in answer.json()["tasks"]]


@pytest.fixture
def owner():
    """A project that no other test's tasks belong to."""
    return uuid.uuid4().hex


def test_a_task_is_shown_as_glance_shows_it(server):
    task_id = add_task(server, type="api_image_import", status="success", image_id=NOWHERE, request_id="req-1",
                       user_id="u", expires_at=FAR, message="fünf", input='{"a": "\\u00e9", "n": [1, null]}',
                       result='{"image_id": "x"}')

    answer = server.get(f"/v2/tasks/{task_id}")

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.text == (
        f'{{"id": "{task_id}", "input": {{"a": "é", "n": [1, null]}}, "type": "api_image_import", '
        '"status": "success", "owner": "p", "message": "fünf", "result": {"image_id": "x"}, '
        f'"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "self": "/v2/tasks/{task_id}", '
        f'"schema": "/v2/schemas/task", "image_id": "{NOWHERE}", "request_id": "req-1", "user_id": "u", '
        '"expires_at": "2099-01-01T00:00:00Z"}')


def test_what_is_not_set_is_not_shown(server):
    task = server.get(f"/v2/tasks/{add_task(server)}").json()

    assert list(task) == ["id", "input", "type", "status", "owner", "message", "result", "created_at", "updated_at",
                          "self", "schema"]
    assert (task["input"], task["result"], task["message"]) == ({}, None, "")


@pytest.mark.parametrize("task_id", [NOWHERE, "nothing"])
def test_a_task_that_is_not_there_is_not_found(server, task_id):
    assert server.get(f"/v2/tasks/{task_id}").status_code == 404


def test_the_list_shows_stubs_the_latest_first(server, owner):
    old = add_task(server, owner=owner)
    new = add_task(server, owner=owner, created_at="2026-01-02 00:00:00.000000", expires_at=FAR, image_id=NOWHERE)

    answer = server.get(f"/v2/tasks?owner={owner}").json()

    assert list(answer) == ["tasks", "first", "schema"]
    assert (answer["first"], answer["schema"]) == (f"/v2/tasks?owner={owner}", "/v2/schemas/tasks")
    assert [task["id"] for task in answer["tasks"]] == [new, old]
    assert [list(task) for task in answer["tasks"]] == [STUB_KEYS + ["expires_at"], STUB_KEYS]


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("key", ["created_at", "updated_at", "id", "type", "status", "image_id", "expires_at", "owner"])
def test_pages_show_every_task_once(server, owner, key, direction):
    for i in range(5):
        add_task(server, owner=owner, type=("import", "location_import")[i % 2], status="processing",
                 image_id=(None, NOWHERE)[i % 2], expires_at=(None, FAR)[i // 3],
                 created_at=f"2026-01-0{1 + i // 2} 00:00:00.000000")
    query = f"owner={owner}&sort_key={key}&sort_dir={direction}"
    expected = listed(server, query)

    pages, link = [], f"/v2/tasks?{query}&limit=2"
    while link:
        page = server.get(link).json()
        pages += [task["id"] for task in page["tasks"]]
        link = page.get("next")

    assert pages == expected
    assert len(set(pages)) == 5


def test_links_keep_the_question(server, owner):
    add_task(server, owner=owner)
    last = add_task(server, owner=owner)

    answer = server.get(f"/v2/tasks?limit=1&owner={owner}&sort_dir=asc&foo=a%20b").json()

    assert answer["first"] == f"/v2/tasks?limit=1&owner={owner}&sort_dir=asc&foo=a+b"
    assert answer["next"] == f"{answer['first']}&marker={answer['tasks'][0]['id']}"
    assert last is not None


def test_tasks_are_searched_for(server, owner):
    one = add_task(server, owner=owner, status="success", image_id=NOWHERE, user_id="u")
    two = add_task(server, owner=owner, type="location_import")

    for query, ids in (("status=success", [one]), ("status=pending", [two]), ("type=import", [one]),
                       (f"image_id={NOWHERE}", [one]), ("user_id=u", [one]), ("user_id=v", []), (f"id={two}", [two]),
                       ("status=", []), ("created_at=2026-01-01T00:00:00Z&status=success", [one]), ("created_at=x", []),
                       ("status=success&user_id=v", [])):
        assert listed(server, f"owner={owner}&{query}") == ids, query
    assert sorted(listed(server, f"owner={owner}&foo=bar&deleted=1")) == sorted([one, two])


def test_a_page_of_nothing_is_the_last(server, owner):
    add_task(server, owner=owner)

    answer = server.get(f"/v2/tasks?owner={owner}&limit=0").json()

    assert answer["tasks"] == []
    assert "next" not in answer


@pytest.mark.parametrize("query", [
    "limit=x", "limit=-1", "limit=", "marker=", "marker=nothing", f"marker={NOWHERE}", "sort_key=", "sort_key=input",
    "sort_key=foo", "sort_dir=", "sort_dir=up", "status=x", "type=api_image_import", "type=x", "foo=%FF"])
def test_a_list_that_cannot_be_meant_is_refused(server, query):
    assert server.get(f"/v2/tasks?{query}").status_code == 400


def test_expired_tasks_go_when_somebody_looks(server, owner):
    image_id = server.create()["id"]
    expired = add_task(server, owner=owner, image_id=image_id, expires_at="2026-01-03 00:00:00.000000")
    kept = add_task(server, owner=owner, image_id=image_id, expires_at=FAR)

    assert listed(server, f"owner={owner}") == [kept]

    assert server.rows("SELECT id FROM tasks WHERE owner = ? AND deleted = 1 AND deleted_at IS NOT NULL", owner) == [
        (expired,)]
    assert [task["id"] for task in server.get(f"/v2/images/{image_id}/tasks").json()["tasks"]] == [kept]


def test_the_tasks_of_an_image_are_shown_as_rows(server):
    image_id = server.create()["id"]
    task_id = add_task(server, image_id=image_id, created_at="2026-01-01 00:00:00.000042", updated_at=None)
    add_task(server, image_id=NOWHERE)

    answer = server.get(f"/v2/images/{image_id}/tasks")

    assert answer.status_code == 200
    assert list(answer.json()) == ["tasks"]
    assert json.dumps(answer.json()["tasks"]) == (
        f'[{{"id": "{task_id}", "type": "import", "status": "pending", "owner": "p", "expires_at": null, '
        '"created_at": "2026-01-01T00:00:00.000042", "updated_at": "2026-01-01T00:00:00.000042", "deleted_at": null, '
        f'"deleted": false, "image_id": "{image_id}", "request_id": null, "user_id": null, "input": {{}}, '
        '"result": null, "message": ""}]')


def test_an_image_that_is_not_there_has_no_tasks(server):
    add_task(server, image_id=NOWHERE)

    assert server.get(f"/v2/images/{NOWHERE}/tasks").status_code == 404


def test_an_image_without_tasks_has_an_empty_list(server):
    assert server.get(f"/v2/images/{server.create()['id']}/tasks").json() == {"tasks": []}


def test_tasks_of_an_image_take_no_body_and_no_other_method(server):
    path = f"/v2/images/{server.create()['id']}/tasks"

    assert server.get(path, json={}).status_code == 400
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = server.request(method, path)
        assert answer.status_code == 404
        assert "Allow" not in answer.headers


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b'"x"', b"1", b"{}", b'{"type": "import"}', b'{"input": {}}', b'{"type": "x", "input": {}}',
    b'{"type": 1, "input": {}}', b'{"type": "import", "input": "x"}', b'{"type": "import", "input": []}',
    b'{"type": "import", "input": {}, "foo": 1}', b'{"type": "import", "input": {}, "id": "x"}',
    b'{"type": "import", "input": {}, "id": "' + b"0" * 2_000_000 + b'"}'])
def test_what_is_no_task_is_refused(server, body):
    before = server.rows("SELECT count(*) FROM tasks")

    assert server.request("POST", "/v2/tasks", data=body).status_code == 400
    assert server.rows("SELECT count(*) FROM tasks") == before


def test_a_task_cannot_be_deleted(server):
    task_id = add_task(server)
    for path in (task_id, NOWHERE):
        answer = server.request("DELETE", f"/v2/tasks/{path}")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")

    assert server.get(f"/v2/tasks/{task_id}").status_code == 200


@pytest.mark.parametrize("path, allow", [("/v2/tasks", "GET, POST"), (f"/v2/tasks/{NOWHERE}", "GET, DELETE")])
def test_other_methods_are_not_allowed(server, path, allow):
    answer = server.request("PUT", path, json={})

    assert (answer.status_code, answer.headers["Allow"]) == (405, allow)
