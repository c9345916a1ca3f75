"""What is sent to both servers, as data: a request says in its name what it tries.

Paths, headers and bodies may hold {image:a}, the id of the image that an earlier request saved as "a"; {new:a}, a fresh
id that sorts after those before it; and {created:a}, the time that the image's own server gave as its creation.
"""

import dataclasses
import json as json_module

V20 = "application/openstack-images-v2.0-json-patch"
V21 = "application/openstack-images-v2.1-json-patch"
UNKNOWN = "00000000-0000-4000-8000-0123456789ab"  # the id of no image and of no task
NUL, FOUR_BYTES, BAD_UTF8 = "\x00", "\U0001f600", b"\xff\xfe"

# What a caller's identity looks like behind the filter that checked it.
PERSONAS = {
    "admin": {"X-User-Id": "user-admin", "X-Project-Id": "project-admin", "X-Roles": "admin,member,reader"},
    "ann": {"X-User-Id": "user-ann", "X-Project-Id": "project-a", "X-Roles": "member,reader"},
    "bob": {"X-User-Id": "user-bob", "X-Project-Id": "project-b", "X-Roles": "member,reader"},
    "eve": {"X-User-Id": "user-eve", "X-Project-Id": "project-e", "X-Roles": "member,reader"},
    "reader of a": {"X-User-Id": "user-reader", "X-Project-Id": "project-a", "X-Roles": "reader"},
    "billing of a": {"X-User-Id": "user-billing", "X-Project-Id": "project-a", "X-Roles": "member,reader,billing"},
    "nobody": None,
}


@dataclasses.dataclass(frozen=True)
class Request:
    """One request, byte for byte but for what the names in braces stand for."""
    name: str
    method: str
    path: str
    headers: tuple = ()
    body: bytes | None = None
    save: str | None = None  # the name under which an id in the answer is remembered
    persona: str = "admin"
    is_chunked: bool = False


@dataclasses.dataclass(frozen=True)
class Statement:
    """SQL that both databases run: for states that take too long, or cannot be reached, through the API."""
    name: str
    sql: str


def send(method, name, path, headers=(), body=None, **options):
    """Any request; text goes out as UTF-8, and "\\xff" in a path can be had by writing bytes in the body only."""
    if isinstance(body, str):
        body = body.encode()
    return Request(name, method, path, tuple(dict(headers).items()), body, **options)


def get(name, path, headers=(), **options):
    return send("GET", name, path, headers, **options)


def delete(name, path, headers=(), **options):
    return send("DELETE", name, path, headers, **options)


def with_json(method, name, path, value, headers=(), **options):
    headers = {"Content-Type": "application/json"} | dict(headers)
    return send(method, name, path, headers, json_module.dumps(value, ensure_ascii=False), **options)


def post(name, path, value, headers=(), **options):
    return with_json("POST", name, path, value, headers, **options)


def put(name, path, value, headers=(), **options):
    return with_json("PUT", name, path, value, headers, **options)


def create(name, /, save=None, headers=(), persona="admin", **fields):
    return post(name, "/v2/images", fields, headers, save=save, persona=persona)


def patch(name, image, *operations, media_type=V21, **options):
    """A patch of the image saved under that name; each operation in the dialect of the media type."""
    return with_json("PATCH", name, f"/v2/images/{{image:{image}}}", operations, {"Content-Type": media_type},
                     **options)


def add(path, value):
    return {"op": "add", "path": path, "value": value}


def replace(path, value):
    return {"op": "replace", "path": path, "value": value}


def remove(path):
    return {"op": "remove", "path": path}


def upload(name, image, data, headers=(), **options):
    headers = {"Content-Type": "application/octet-stream"} | dict(headers)
    return send("PUT", name, f"/v2/images/{{image:{image}}}/file", headers, data, **options)


def download(name, image, headers=(), **options):
    return get(name, f"/v2/images/{{image:{image}}}/file", headers, **options)


def active(image, /, data=b"0123456789", persona="admin", **fields):
    """Two requests that make an image with data."""
    fields = {"disk_format": "raw", "container_format": "bare"} | fields
    return [create(f"make {image}", save=image, persona=persona, **fields),
            upload(f"fill {image}", image, data, persona=persona)]
