"""Imports as a client makes them: stage, ask, wait for the end."""

from support.server import wait_until

FINAL = ("success", "failure")


def stage(server, image_id, data, **headers):
    headers = {"Content-Type": "application/octet-stream"} | headers
    return server.request("PUT", f"/v2/images/{image_id}/stage", data=data, headers=headers)


def ask(server, image_id, method, headers=None, **fields):
    """Asks for an import; `method` is a name, or the whole object."""
    how = {"name": method} if isinstance(method, str) else method
    return server.request("POST", f"/v2/images/{image_id}/import", json={"method": how} | fields, headers=headers)


def tasks_of(server, image_id):
    answer = server.get(f"/v2/images/{image_id}/tasks")
    assert answer.status_code == 200, answer.text
    return answer.json()["tasks"]


def wait_for_end(server, image_id, seconds=60):
    """Waits until the image's last task has ended and its lock is gone; returns the task."""
    def ended():
        tasks = tasks_of(server, image_id)
        is_over = tasks and all(task["status"] in FINAL for task in tasks)
        return tasks[-1] if is_over and lock_of(server, image_id) is None else None
    return wait_until(ended, f"the import of {image_id} to end", seconds)


def lock_of(server, image_id):
    rows = server.rows("SELECT value FROM image_properties WHERE image_id = ? AND name = 'os_glance_import_task' "
                       "AND deleted = 0", image_id)
    return rows[0][0] if rows else None


def imported(server, image_id, method, **fields):
    """Asks for an import that must be accepted, and returns its task at its end."""
    answer = ask(server, image_id, method, **fields)
    assert answer.status_code == 202, answer.text
    return wait_for_end(server, image_id)


def staged(server, data, **fields):
    """A new image with staged data; returns its id."""
    image_id = server.create(**fields)["id"]
    answer = stage(server, image_id, data)
    assert answer.status_code == 204, answer.text
    return image_id
