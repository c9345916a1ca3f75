"""Deactivation, and the end of an image, in every status that an image can have."""

from differential.request import Statement, UNKNOWN, active, create, delete, download, get, patch, replace, send, upload

STATUSES = ("queued", "saving", "active", "killed", "deactivated", "uploading", "importing", "pending_delete")


def act(verb, image, name=None, **options):
    return send("POST", name or f"{verb} {image}", f"/v2/images/{{image:{image}}}/actions/{verb}", **options)


def in_status(status, prefix, steps):
    """An image that is in the status, however it came to be, and what is done to it."""
    image = f"{prefix}_{status}"
    return [create(f"{prefix}: make one for {status}", save=image, disk_format="raw", container_format="bare"),
            Statement("status", f"UPDATE images SET status = '{status}' WHERE id = '{{image:{image}}}';"),
            *steps(image)]


STEPS = [
    *active("a"),
    act("deactivate", "a"),
    get("show deactivated", "/v2/images/{image:a}"),
    act("deactivate", "a", "deactivate again"),
    download("data of a deactivated image", "a"),
    get("list deactivated", "/v2/images?status=deactivated"),
    patch("rename while deactivated", "a", replace("/name", "x")),
    act("reactivate", "a"),
    act("reactivate", "a", "reactivate again"),
    get("show reactivated", "/v2/images/{image:a}"),
    act("deactivate", "a", "deactivate with a body", headers={"Content-Type": "application/json"}, body=b"{}"),
    act("reactivate", "a", "reactivate with a body", headers={"Content-Type": "application/json"}, body=b"{}"),
    act("deactivate", "a", "deactivate with an empty body", headers={"Content-Type": "application/json"}, body=b""),
    act("reactivate", "a", "reactivate after an empty body"),
    send("POST", "deactivate no such image", f"/v2/images/{UNKNOWN}/actions/deactivate"),
    *[step for status in STATUSES for step in in_status(status, "deactivate",
                                                        lambda image: [act("deactivate", image)])],
    *[step for status in STATUSES for step in in_status(status, "reactivate",
                                                        lambda image: [act("reactivate", image)])],
    *[step for status in STATUSES for step in in_status(status, "upload",
                                                        lambda image: [upload(f"fill {image}", image, b"data")])],
    *[step for status in STATUSES for step in in_status(status, "download",
                                                        lambda image: [download(f"get {image}", image)])],
    *[step for status in STATUSES for step in in_status(status, "format", lambda image: [
        patch(f"change the format of {image}", image, replace("/disk_format", "qcow2"))])],
    *[step for status in STATUSES for step in in_status(status, "rename", lambda image: [
        patch(f"change the name of {image}", image, replace("/name", "renamed"))])],
    *[step for status in STATUSES for step in in_status(status, "delete", lambda image: [
        delete(f"end {image}", f"/v2/images/{{image:{image}}}"),
        get(f"after the end of {image}", f"/v2/images/{{image:{image}}}")])],
    delete("with a body", "/v2/images/{image:a}", {"Content-Type": "application/json"}, body=b"{}"),
    patch("protect", "a", replace("/protected", True)),
    delete("protected", "/v2/images/{image:a}"),
    get("a protected image is still there", "/v2/images/{image:a}"),
    patch("unprotect", "a", replace("/protected", False)),
    delete("unprotected", "/v2/images/{image:a}"),
    delete("twice", "/v2/images/{image:a}"),
    get("show what is deleted", "/v2/images/{image:a}"),
    download("data of what is deleted", "a"),
    act("deactivate", "a", "deactivate what is deleted"),
    delete("no such image", f"/v2/images/{UNKNOWN}"),
    delete("an id that is no UUID", "/v2/images/hello"),
]
