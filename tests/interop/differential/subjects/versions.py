"""Version documents, and how a version is chosen."""

from differential.request import get, send

ACCEPT = "application/vnd.openstack.images-"

STEPS = [
    get("the root", "/"),
    get("the list of versions", "/versions"),
    get("below the list of versions", "/versions/x"),
    get("the list with a trailing slash", "/versions/"),
    send("POST", "POST to the list of versions", "/versions"),
    send("HEAD", "HEAD of the list of versions", "/versions"),
    send("HEAD", "HEAD of the root", "/"),
    send("DELETE", "DELETE of the root", "/"),
    get("no slash after the version", "/v2"),
    get("only the version", "/v2/"),
    *[get(f"unknown first segment {path}", path)
      for path in ("/v1", "/v1/images", "/v3", "/v2.99/images", "/images", "/v2.8/images", "/v2.14/images",
                   "/V2/images",
                   "/v/images", "/v2.", "/v2.x/images", "/v-2/images", "/v2.1.1/images")],
    *[get(f"accepted version {minor}", f"/v2.{minor}/images") for minor in (0, 1, 5, 7, 9, 15)],
    get("a minor version without a path", "/v2.5"),
    get("a version asked for by Accept", "/images", {"Accept": ACCEPT + "v2.1"}),
    get("an unknown version asked for by Accept", "/images", {"Accept": ACCEPT + "v9"}),
    get("a version in Accept and in the path", "/v2/images", {"Accept": ACCEPT + "v2"}),
    get("Accept of another make", "/v2/images", {"Accept": "application/vnd.openstack.compute-v2"}),
    get("versions for a named host", "/versions", {"Host": "images.example.org:9292"}),
    get("proxy headers are not believed", "/versions", {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil"}),
    get("health", "/healthcheck"),
    send("HEAD", "health by HEAD", "/healthcheck"),
    send("POST", "health by POST", "/healthcheck"),
    get("health below", "/healthcheck/x"),
    get("health as JSON", "/healthcheck", {"Accept": "application/json"}),
]
