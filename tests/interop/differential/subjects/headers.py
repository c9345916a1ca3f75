"""What headers ask for: the form of errors, the id of a request."""

from differential.request import UNKNOWN, create, get, post, send

MISSING = f"/v2/images/{UNKNOWN}"
ACCEPTS = ["*/*", "text/html", "text/plain", "application/json", "application/xml", "", "text/*", "application/*",
           "image/png",
           "application/json, text/html", "text/html, application/json", "text/html;q=0.1, application/json",
           "application/json;q=0.1, text/html",
           "*/*;q=0.1, application/json", "application/json;q=0", "text/plain, */*", "hello",
           "application/json; charset=utf-8", "text/html;level=1",
           ",", "*", "APPLICATION/JSON", "text/plain, application/json"]
IDS = {"a UUID": "11111111-2222-4333-8444-555555555555", "a request id": "req-11111111-2222-4333-8444-555555555555",
       "a word": "hello",
       "empty": "", "64 characters": "x" * 64, "65 characters": "x" * 65, "1000 characters": "x" * 1000,
       "characters to escape": "<a href=\"x\">",
       "blanks": "a b", "several": "a, b"}

STEPS = [
    create("an image", save="a"),
    *[get(f"404, Accept {accept}", MISSING, {"Accept": accept}) for accept in ACCEPTS],
    *[send("POST", f"400, Accept {accept}", "/v2/images", {"Accept": accept, "Content-Type": "application/json"}, b"[")
      for accept in ACCEPTS[:5]],
    *[send("PUT", f"405, Accept {accept}", "/v2/images", {"Accept": accept}) for accept in ACCEPTS[:5]],
    *[get(f"404 outside, Accept {accept}", "/v2/unknown", {"Accept": accept}) for accept in ACCEPTS[:5]],
    *[get(f"200, Accept {accept}", "/v2/images/{image:a}", {"Accept": accept}) for accept in ACCEPTS[:5]],
    *[get(f"300, Accept {accept}", "/", {"Accept": accept}) for accept in ACCEPTS[:5]],
    *[send("PATCH", f"415, Accept {accept}", "/v2/images/{image:a}", {"Accept": accept, "Content-Type": "text/plain"},
           b"[]")
      for accept in ACCEPTS[:5]],
    post("403, as a page", "/v2/images", {"status": "active"}, {"Accept": "*/*"}),
    post("409, as a page", "/v2/images", {"id": "{image:a}"}, {"Accept": "*/*"}),
    get("what must be escaped in a page", "/v2/images/%3Cscript%3E", {"Accept": "text/html"}),
    *[get(f"request id: {name}", "/v2/images/{image:a}", {"X-Openstack-Request-ID": value}) for name,
      value in IDS.items()],
    get("request id on an error", MISSING, {"X-Openstack-Request-ID": "req-error"}),
    get("request id on versions", "/versions", {"X-Openstack-Request-ID": "req-version"}),
    get("a token that nobody asked for", "/v2/images/{image:a}", {"X-Auth-Token": "x"}),
    get("an identity that nobody asked for", "/v2/images/{image:a}",
        {"X-Roles": "member", "X-Project-Id": "p", "X-Identity-Status": "Confirmed"}),
    get("a language", MISSING, {"Accept-Language": "de"}),
    get("an origin that nobody allowed", "/v2/images/{image:a}", {"Origin": "https://example.org"}),
    send("OPTIONS", "a preflight that nobody allowed", "/v2/images",
         {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}),
    get("conditions mean nothing", "/v2/images/{image:a}", {"If-None-Match": "*",
                                                            "If-Modified-Since": "Tue, 24 Nov 2037 16:59:30 GMT"}),
    post("where it is: a named host", "/v2/images", {}, {"Host": "images.example.org"}, save="b"),
    post("where it is: a host and a port", "/v2/images", {}, {"Host": "images.example.org:9292"}, save="c"),
    post("where it is: a minor version", "/v2.5/images", {}, save="d"),
    post("where it is: proxy headers", "/v2/images", {}, {"X-Forwarded-Proto": "https",
                                                          "X-Forwarded-Host": "evil.example.org"}, save="e"),
    get("redirect for a named host", "/v2", {"Host": "images.example.org:9292"}),
]
