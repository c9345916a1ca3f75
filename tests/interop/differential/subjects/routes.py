"""Every path with every verb that it does not know, and paths that nothing knows."""

from differential.request import UNKNOWN, create, delete, get, post, send

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "FOO")
IMAGE = "/v2/images/{image:a}"
# Each path with the verbs that mean something there.
PATHS = {
    "/v2/images": ("GET", "POST"),
    IMAGE: ("GET", "PATCH", "DELETE"),
    f"{IMAGE}/file": ("GET", "PUT"),
    f"{IMAGE}/stage": ("PUT",),
    f"{IMAGE}/import": ("POST",),
    f"{IMAGE}/actions/deactivate": ("POST",),
    f"{IMAGE}/actions/reactivate": ("POST",),
    f"{IMAGE}/locations": ("GET", "POST"),
    f"{IMAGE}/tasks": ("GET",),
    f"{IMAGE}/tags/t": ("PUT", "DELETE"),
    f"{IMAGE}/members": ("GET", "POST"),
    f"{IMAGE}/members/m": ("GET", "PUT", "DELETE"),
    "/v2/tasks": ("GET", "POST"),
    f"/v2/tasks/{UNKNOWN}": ("GET",),
    "/v2/info/import": ("GET",),
    "/v2/info/stores": ("GET",),
    "/v2/info/stores/detail": ("GET",),
    "/v2/info/usage": ("GET",),
    "/v2/schemas/image": ("GET",),
    "/v2/schemas/images": ("GET",),
    "/v2/schemas/member": ("GET",),
    "/v2/schemas/members": ("GET",),
    "/v2/schemas/task": ("GET",),
    "/v2/schemas/tasks": ("GET",),
    "/v2/stores/one/{image:a}": ("DELETE",),
}
UNKNOWN_PATHS = (
    "/v2/images/", f"{IMAGE}/", f"{IMAGE}/file/", f"{IMAGE}/unknown", f"{IMAGE}/tags", f"{IMAGE}/tags/",
    f"{IMAGE}/tags/a/b",
    f"{IMAGE}/actions", f"{IMAGE}/actions/unknown", f"{IMAGE}/members/", f"{IMAGE}/members/m/n", f"{IMAGE}.json",
    "/v2/unknown", "/v2/images.json", "/v2/schemas", "/v2/schemas/unknown", "/v2/info", "/v2/info/unknown",
    "/v2/tasks/",
    "/v2/Images", "/v2/images%2F", "/v2/im%61ges", "//v2/images", "/v2//images", "/v2/images/..", "/v2/images/%2e%2e",
)
BODILESS = (("GET", IMAGE), ("DELETE", f"/v2/images/{UNKNOWN}"), ("GET", f"{IMAGE}/file"), ("GET", f"{IMAGE}/members"),
            ("POST", f"{IMAGE}/actions/deactivate"), ("POST", f"{IMAGE}/actions/reactivate"),
            ("PUT", f"{IMAGE}/tags/t"),
            ("GET", "/v2/info/import"), ("GET", "/v2/schemas/image"), ("GET", f"{IMAGE}/tasks"), ("GET", "/v2/images"),
            ("GET", "/v2/tasks"))

STEPS = [
    create("an image to speak of", save="a"),
    *[send(verb, f"{verb} {path}", path) for path, known in PATHS.items() for verb in VERBS if verb not in known],
    *[get(f"unknown path {path}", path) for path in UNKNOWN_PATHS],
    *[send(verb, f"{verb} on an unknown path", "/v2/unknown/path")
      for verb in ("POST", "PUT", "PATCH", "DELETE", "HEAD", "FOO")],
    *[send(verb, f"{verb} {path} with a body", path, {"Content-Type": "application/json"}, b"{}")
      for verb, path in BODILESS],
    *[send(verb, f"{verb} {path} with a body that is no JSON", path, {"Content-Type": "text/plain"}, b"hello")
      for verb, path in BODILESS],
    send("PUT", "a wrong verb with a body that is no JSON", "/v2/images", {"Content-Type": "text/plain"}, b"hello"),
    send("PUT", "a wrong verb with a JSON body", "/v2/images", {"Content-Type": "application/json"}, b"{}"),
    *[send("OPTIONS", f"OPTIONS {path}", path) for path in ("/v2/images", IMAGE, "/v2/unknown", "/")],
    get("no such image", f"/v2/images/{UNKNOWN}"),
    get("an id that is no UUID", "/v2/images/hello"),
    get("an id with a NUL", "/v2/images/a%00b"),
    get("an id of bad UTF-8", "/v2/images/%ff%fe"),
    get("an id of four-byte characters", "/v2/images/%F0%9F%98%80"),
    get("an id that is very long", "/v2/images/" + "a" * 5000),
    get("a slash in an id", "/v2/images/a%2Fb"),
    delete("delete no such image", f"/v2/images/{UNKNOWN}"),
    post("actions on no such image", f"/v2/images/{UNKNOWN}/actions/deactivate", {}),
    send("POST", "deactivate no such image", f"/v2/images/{UNKNOWN}/actions/deactivate"),
    send("POST", "reactivate no such image", f"/v2/images/{UNKNOWN}/actions/reactivate"),
]
