"""Behind a proxy that may say how clients see the service, and for pages of another origin."""

from differential.request import get, post, send

ORIGIN = "https://dashboard.example.org"

STEPS = [
    get("no proxy", "/versions"),
    get("a proxy's scheme", "/versions", {"X-Forwarded-Proto": "https"}),
    get("a proxy's host", "/versions", {"X-Forwarded-Host": "images.example.org"}),
    get("a proxy's host and port", "/versions", {"X-Forwarded-Host": "images.example.org:8443",
                                                 "X-Forwarded-Proto": "https"}),
    get("several proxies", "/versions", {"X-Forwarded-Host": "outer.example.org, inner.example.org"}),
    get("a proxy's prefix", "/versions", {"X-Forwarded-Prefix": "/image"}),
    get("the standard header", "/versions", {"Forwarded": "for=1.2.3.4;proto=https;host=images.example.org"}),
    post("the place of what was created", "/v2/images", {}, {"X-Forwarded-Proto": "https",
                                                             "X-Forwarded-Host": "images.example.org"}, save="a"),
    get("redirect", "/v2", {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "images.example.org"}),
    get("an allowed origin", "/v2/images/{image:a}", {"Origin": ORIGIN}),
    get("another origin", "/v2/images/{image:a}", {"Origin": "https://evil.example.org"}),
    get("an error for an allowed origin", "/v2/unknown", {"Origin": ORIGIN}),
    get("versions for an allowed origin", "/versions", {"Origin": ORIGIN}),
    send("OPTIONS", "preflight", "/v2/images", {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}),
    send("OPTIONS", "preflight with headers", "/v2/images", {
        "Origin": ORIGIN, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "X-Auth-Token, Content-MD5"}),
    send("OPTIONS", "preflight with a header that is not allowed", "/v2/images", {
        "Origin": ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "X-Unknown"}),
    send("OPTIONS", "preflight of a method that is not allowed", "/v2/images",
         {"Origin": ORIGIN, "Access-Control-Request-Method": "TRACE"}),
    send("OPTIONS", "preflight of another origin", "/v2/images",
         {"Origin": "https://evil.example.org", "Access-Control-Request-Method": "GET"}),
    send("OPTIONS", "preflight without a method", "/v2/images", {"Origin": ORIGIN}),
    send("OPTIONS", "no origin", "/v2/images"),
    send("OPTIONS", "preflight of the list of versions", "/versions",
         {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}),
]
