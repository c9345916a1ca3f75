"""Tasks as resources. The rows are put in by hand: who has no project cannot make tasks."""

from differential.request import Statement, UNKNOWN, create, delete, get, post, send

TASKS = "/v2/tasks"
KINDS = [("import", "pending"), ("import", "processing"), ("api_image_import", "success"), ("import", "failure"),
         ("api_image_import", "failure"), ("import", "success")]
RESULT = """'{"image_id": "x"}'"""
INPUT = '{"import_from": "https://example.org/x", "image_properties": {}}'
ROWS = "".join(
    f"INSERT INTO tasks (id, type, status, owner, created_at, updated_at, deleted, image_id, request_id, user_id) "
    f"VALUES ('10000000-0000-4000-8000-00000000000{number}', '{kind}', '{status}', 'project{number % 2}', "
    f"'2020-01-0{number + 1} 12:00:00.000000', '2020-02-0{9 - number} 12:00:00.000000', 0, "
    f"'{{image:a}}', 'req-{number}', 'user{number % 3}');"
    f"INSERT INTO task_info (task_id, input, result, message) VALUES ('10000000-0000-4000-8000-00000000000{number}', "
    f"'{INPUT}', {RESULT if status == 'success' else 'null'}, "
    f"'{'Copied 5 MiB' if number % 2 else ''}');"
    for number, (kind, status) in enumerate(KINDS))
FIRST, LAST = "10000000-0000-4000-8000-000000000000", "10000000-0000-4000-8000-000000000005"
QUERIES = ["limit=2", "limit=0", "limit=6", "limit=-1", "limit=x", "limit=", f"marker={FIRST}", f"marker={LAST}",
           f"limit=2&marker={LAST}",
           f"marker={UNKNOWN}", "marker=hello", "marker=", "sort_key=status", "sort_key=created_at&sort_dir=asc",
           "sort_key=updated_at&sort_dir=desc",
           "sort_key=id", "sort_key=unknown", "sort_key=input", "sort_dir=asc", "sort_dir=up", "sort_key=", "sort_dir=",
           "sort=id",
           *[f"status={status}" for status in ("pending", "processing", "success", "failure", "unknown", "")],
           "type=import", "type=api_image_import", "type=unknown", "type=", "owner=project0", "owner=nobody",
           "image_id={image:a}",
           "user_id=user1", "request_id=req-1", "unknown=x", "status=success&type=import", "id=" + FIRST, "%ff=x",
           "status=%ff"]
BODIES = {
    "nothing": {}, "only a type": {"type": "import"}, "only an input": {"input": {}},
    "an unknown type": {"type": "unknown", "input": {}},
    "a type that is a number": {"type": 1, "input": {}}, "an input that is a list": {"type": "import", "input": []},
    "an input that is text": {"type": "import", "input": "x"},
    "an unknown key": {"type": "import", "input": {}, "unknown": 1},
    "no import_from": {"type": "import", "input": {}}, "a list": [], "a string": "x", "null": None,
    "a file": {"type": "import", "input": {"import_from": "file:///etc/passwd", "import_from_format": "raw",
                                           "image_properties": {}}},
    "a scheme that is none": {"type": "import", "input": {"import_from": "hello", "import_from_format": "raw",
                                                          "image_properties": {}}},
}

STEPS = [
    get("no tasks", TASKS),
    create("an image with tasks", save="a"),
    get("no tasks of an image", "/v2/images/{image:a}/tasks"),
    Statement("rows", ROWS),
    get("all tasks", TASKS),
    *[get(f"show a {kind} {status}", f"{TASKS}/10000000-0000-4000-8000-00000000000{number}") for number,
      (kind, status) in enumerate(KINDS)],
    get("show no such task", f"{TASKS}/{UNKNOWN}"),
    get("show what is no id", f"{TASKS}/hello"),
    get("tasks of an image", "/v2/images/{image:a}/tasks"),
    get("tasks of no such image", f"/v2/images/{UNKNOWN}/tasks"),
    *[get(f"list {query}", f"{TASKS}?{query}") for query in QUERIES],
    *[post(f"make: {name}", TASKS, body) for name, body in BODIES.items()],
    send("POST", "make: no body", TASKS),
    send("POST", "make: malformed JSON", TASKS, {"Content-Type": "application/json"}, b'{"type": '),
    delete("delete a task", f"{TASKS}/{FIRST}"),
    delete("delete no such task", f"{TASKS}/{UNKNOWN}"),
    delete("delete the image", "/v2/images/{image:a}"),
    get("tasks of a deleted image", "/v2/images/{image:a}/tasks"),
    Statement("expired", f"UPDATE tasks SET expires_at = '2020-03-01 00:00:00.000000' WHERE id = '{LAST}';"),
    get("an expired task", f"{TASKS}/{LAST}"),
    get("a list with an expired task", TASKS),
    Statement("expires", f"UPDATE tasks SET expires_at = '2099-03-01 00:00:00.000000' WHERE id = '{FIRST}';"),
    get("a task that will expire", f"{TASKS}/{FIRST}"),
]
