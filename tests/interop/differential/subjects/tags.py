"""Tags, one at a time."""

from differential.request import UNKNOWN, create, delete, get, put, send

TAGS = "/v2/images/{image:a}/tags"
NAMES = {
    "a plain tag": "plain", "a tag with a blank": "a%20b", "a tag with a plus": "a+b",
    "a tag of 255 characters": "t" * 255,
    "a tag of blanks": "%20", "a tag with a percent sign": "100%25", "a tag with a colon": "a:b",
    "a tag with a question mark": "a%3Fb",
    "a tag with a hash": "a%23b", "a tag like JSON": "%7B%22a%22%7D", "a tag in capitals": "PLAIN", "dots": "...",
    "a quote": "%22",
}
BAD = {
    "a tag of 256 characters": "t" * 256, "a tag with a slash": "a%2Fb",
    "a tag of four-byte characters": "%F0%9F%98%80", "a tag with a NUL": "a%00b",
    "a tag of bad UTF-8": "%ff%fe", "an empty tag": "", "half an escape": "%4", "a bad escape": "%zz",
}

STEPS = [
    create("an image to tag", save="a"),
    *[send("PUT", f"add {name}", f"{TAGS}/{tag}") for name, tag in NAMES.items()],
    send("PUT", "add again", f"{TAGS}/plain"),
    send("PUT", "add one beyond ASCII", f"{TAGS}/gr%C3%BC%C3%9F"),
    get("list by a tag", "/v2/images?tag=plain&tag=a%20b"),
    *[send("PUT", f"refused: {name}", f"{TAGS}/{tag}") for name, tag in BAD.items()],
    put("add with a body", f"{TAGS}/body", {}),
    delete("remove", f"{TAGS}/plain"),
    delete("remove again", f"{TAGS}/plain"),
    delete("remove what was never there", f"{TAGS}/never"),
    delete("remove one with a blank", f"{TAGS}/a%20b"),
    delete("remove one of blanks", f"{TAGS}/%20"),
    delete("remove one beyond ASCII", f"{TAGS}/gr%C3%BC%C3%9F"),
    delete("remove one of 256 characters", f"{TAGS}/{'t' * 256}"),
    send("DELETE", "remove with a body", f"{TAGS}/PLAIN", {"Content-Type": "application/json"}, b"{}"),
    create("an image with tags from the start", save="b", tags=["one", "zwölf", "a/b", ""]),
    delete("remove a tag from the start", "/v2/images/{image:b}/tags/one"),
    delete("remove a tag from the start beyond ASCII", "/v2/images/{image:b}/tags/zw%C3%B6lf"),
    delete("remove a tag from the start with a slash", "/v2/images/{image:b}/tags/a%2Fb"),
    create("an image full of tags", save="full", tags=[f"t{number}" for number in range(128)]),
    send("PUT", "one too many", "/v2/images/{image:full}/tags/more"),
    send("PUT", "one that is there already", "/v2/images/{image:full}/tags/t5"),
    send("PUT", "one too many of four bytes", "/v2/images/{image:full}/tags/%F0%9F%98%80"),
    send("PUT", "on no such image", f"/v2/images/{UNKNOWN}/tags/t"),
    delete("from no such image", f"/v2/images/{UNKNOWN}/tags/t"),
    delete("delete the image", "/v2/images/{image:a}"),
    send("PUT", "on a deleted image", f"{TAGS}/t"),
]
