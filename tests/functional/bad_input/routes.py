"""Every route, with what a good request for it looks like."""

import dataclasses
import re

from support.server import REPOSITORY

V20 = "application/openstack-images-v2.0-json-patch"
V21 = "application/openstack-images-v2.1-json-patch"
JSON, BYTES = "application/json", "application/octet-stream"
ROUTE = re.compile(r'^ *\{"([A-Z]+)", "(/v2/[^"]*)"', re.MULTILINE)

IMAGE = "/v2/images/{image_id}"
MEMBERS = IMAGE + "/members"


@dataclasses.dataclass(frozen=True)
class Route:
    """`image` names the image that stands in for {image_id}; `good` is a body that this route takes; `kind` its media
    type, empty if the route takes no body. `drops_body`: one that is sent all the same is not looked at."""
    method: str
    path: str
    image: str = "active"
    good: object = None
    kind: str = ""
    drops_body: bool = False

    def __str__(self):
        return f"{self.method} {self.path}"

    @property
    def takes_json(self):
        return self.good is not None and self.kind != BYTES

    @property
    def parameters(self):
        return re.findall(r"\{(\w+)\}", self.path)


ROUTES = (
    Route("GET", "/v2/images", drops_body=True),
    Route("POST", "/v2/images", good={"name": "new"}, kind=JSON),
    Route("GET", IMAGE),
    Route("PATCH", IMAGE, good=[{"op": "replace", "path": "/name", "value": "new"}], kind=V21),
    Route("DELETE", IMAGE),
    Route("GET", IMAGE + "/file"),
    Route("PUT", IMAGE + "/file", "queued", good=b"data", kind=BYTES),
    Route("POST", IMAGE + "/actions/deactivate"),
    Route("POST", IMAGE + "/actions/reactivate", "deactivated"),
    Route("GET", IMAGE + "/locations", drops_body=True),
    Route("POST", IMAGE + "/locations", "queued", good={"url": "http://127.0.0.1:1/blob"}, kind=JSON),
    Route("PUT", IMAGE + "/stage", "queued", good=b"data", kind=BYTES),
    Route("POST", IMAGE + "/import", good={"method": {"name": "copy-image"}}, kind=JSON),
    Route("GET", IMAGE + "/tasks"),
    Route("PUT", IMAGE + "/tags/{tag}"),
    Route("DELETE", IMAGE + "/tags/{tag}"),
    Route("GET", MEMBERS, "shared"),
    Route("POST", MEMBERS, "shared", good={"member": "another"}, kind=JSON),
    Route("GET", MEMBERS + "/{member_id}", "shared"),
    Route("PUT", MEMBERS + "/{member_id}", "shared", good={"status": "accepted"}, kind=JSON),
    Route("DELETE", MEMBERS + "/{member_id}", "shared"),
    Route("DELETE", "/v2/stores/{store_id}/{image_id}"),
    Route("GET", "/v2/tasks", drops_body=True),
    Route("POST", "/v2/tasks", good={"type": "import", "input": {}}, kind=JSON),
    Route("GET", "/v2/tasks/{task_id}", drops_body=True),
    Route("DELETE", "/v2/tasks/{task_id}", drops_body=True),
    Route("GET", "/v2/info/import"),
    Route("GET", "/v2/info/stores"),
    Route("GET", "/v2/info/stores/detail"),
    Route("GET", "/v2/info/usage"),
    *[Route("GET", f"/v2/schemas/{name}") for name in ("image", "images", "member", "members")],
    *[Route("GET", f"/v2/schemas/{name}", drops_body=True) for name in ("task", "tasks")],
)


def routes_of_the_program():
    """What the tables in the source say, so that no route is forgotten here."""
    found = set()
    for path in sorted((REPOSITORY / "src" / "api").glob("*.cc")):
        if not path.stem.endswith("_test"):
            found.update(ROUTE.findall(path.read_text()))
    return found
