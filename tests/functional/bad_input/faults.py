"""What can be wrong with a request: a name for it, and what is sent in place of the good path, body or headers."""

import dataclasses
import json

from bad_input.routes import BYTES, JSON, V20, V21

NUL, FOUR_BYTES, LONG = "\x00", "\U0001f600", "x" * 256
DEEP = 100_000
MANY = 200_000
NOWHERE = "00000000-0000-4000-8000-0123456789ab"


@dataclasses.dataclass(frozen=True)
class Bad:
    """A bad request for a route. `values` go into the path, `image` stands in for the route's own. `is_attempt`: only
    trying shows that it is bad, so the time of the last change may move."""
    what: str
    body: bytes | None = None
    headers: dict = dataclasses.field(default_factory=dict)
    values: dict = dataclasses.field(default_factory=dict)
    image: str | None = None
    query: str = ""
    is_attempt: bool = False


def _json(what, value, kind):
    return Bad(what, json.dumps(value).encode(), {"Content-Type": kind})


def _raw(what, text, kind):
    return Bad(what, text if isinstance(text, bytes) else text.encode(), {"Content-Type": kind})


# The body as a whole.

def malformed_json(route):
    good = json.dumps(route.good)
    texts = {"half of it": good[:-1], "something behind it": good + "x", "two of them": good + good,
             "a comma too many": good[:-1] + "," + good[-1], "apostrophes": good.replace('"', "'"), "blank": " \n",
             "a word": "nonsense", "a number": "1", "a text": '"x"', "null": "null", "true": "true", "NaN": "NaN",
             "a comment": "/**/" + good, "bad UTF-8": good.encode().replace(b'"', b'"\xff', 1),
             "UTF-16": good.encode("utf-16"), "half a surrogate pair": '{"name": "\\ud800"}',
             "a bare control character": '{"name": "a\tb"}', "the other kind of thing":
             json.dumps([route.good] if isinstance(route.good, dict) else route.good[0])}
    return [_raw(what, text, route.kind) for what, text in texts.items()] + [Bad("nothing", None,
                                                                               {"Content-Type": route.kind})]


def deep_nesting(route):
    deep = {"lists": "[" * DEEP + "]" * DEEP, "objects": '{"a":' * DEEP + "1" + "}" * DEEP,
            "lists that do not end": "[" * DEEP, "objects that do not end": '{"a":' * DEEP}
    within = {f"{what} in it": f'{{"name": {text}, "type": {text}, "member": {text}, "status": {text}}}'
              if isinstance(route.good, dict) else f'[{{"op": "add", "path": "/x", "value": {text}}}]'
              for what, text in deep.items()}
    return [_raw(what, text, route.kind) for what, text in (deep | within).items()]


def huge_arrays(route):
    bad = {"numbers": [1] * MANY, "texts": ["x"] * MANY, "empty lists": [[]] * MANY, "empty objects": [{}] * MANY}
    bodies = [_json(what, value, route.kind) for what, value in bad.items()]
    if route.method == "PATCH":
        last = {"op": "replace", "path": "/name", "value": 1}
        bodies.append(_json("good operations, and a bad one at the end", [*route.good * MANY, last], route.kind))
        bodies.append(_json("a long list as a value", [{"op": "add", "path": "/x", "value": ["x"] * MANY}], route.kind))
    else:
        for name in route.good:
            bodies.append(_json(f"a long list as {name}", route.good | {name: ["x"] * MANY}, route.kind))
    if route.path == "/v2/images":
        bodies.append(_json("tags", {"tags": [f"t{index}" for index in range(MANY)]}, route.kind))
        bodies.append(_json("properties", {f"p{index}": "x" for index in range(MANY)}, route.kind))
    return bodies


def duplicate_keys(route):
    """Of two members with one name the last counts; these are bad by it."""
    if route.method == "PATCH":
        text = '[{"op": "replace", "path": "/name", "value": "new", "value": 1}]'
        paths = text.replace("1}", '"x", "path": "/self"}')
        return [_raw("values", text, route.kind), _raw("paths", paths, route.kind)]
    return [_raw(name, json.dumps(route.good)[:-1] + f', "{name}": 1}}', route.kind) for name in route.good]


def unexpected_body(_):
    return [_json("an object", {"a": 1}, JSON), _raw("text", "nonsense", "text/plain"),
            Bad("in chunks", b"nonsense", {"Transfer-Encoding": "chunked"})]


# What is in it. For each field values that are none of its own.

TEXTS = (1, 1.5, True, [], {}, ["x"])
NUMBERS = ("1", "", True, 1.5, None, [], {}, -1, 2147483648, 10 ** 20, -10 ** 400)
FIELDS = {
    "name": TEXTS, "owner": TEXTS, "id": (*TEXTS, None, "x", NOWHERE + "0", NOWHERE.replace("-", "")),
    "visibility": (*TEXTS, None, "", "secret", "Public"), "protected": ("true", "", 0, 1, None, [], {}),
    "os_hidden": ("true", 0, None, [], {}), "container_format": (*TEXTS, "", "nonsense", "Bare"),
    "disk_format": (*TEXTS, "", "nonsense", "Raw"), "min_ram": NUMBERS, "min_disk": NUMBERS,
    "tags": ("x", 1, None, {}, [1], [None], [["x"]], ["x", {}]), "any_property": (*TEXTS, None),
}
READ_ONLY = ("self", "file", "schema", "direct_url", "status", "checksum", "size", "virtual_size", "created_at",
             "updated_at", "location", "deleted", "deleted_at", "os_glance_x", "os_hash_algo", "os_hash_value",
             "stores")
# What no database may be given, or not that much of it.
UNSTORABLE = {
    "a long name": ("name", LONG), "a long owner": ("owner", LONG), "a long tag": ("tags", [LONG]),
    "a long property name": (LONG, "x"), "a long property": ("p", "x" * 65536),
    **{f"{what} in {place}": (field, value) for what, character in (("NUL", NUL), ("four bytes", FOUR_BYTES))
       for place, field, value in (("the name", "name", f"a{character}"), ("a tag", "tags", [f"a{character}"]),
                                   ("a property", "p", f"a{character}"), ("a property's name", f"p{character}", "x"),
                                   ("the owner", "owner", f"a{character}"))},
}


def _fields(route, field, value, what):
    """The request that gives the field that value."""
    if route.method == "POST":
        return [_json(what, {field: value}, route.kind)]
    path = "/" + field.replace("~", "~0").replace("/", "~1")
    return [_json(f"{what}, {op}", [route.good[0], {"op": op, "path": path, "value": value}], route.kind)
            for op in ("add", "replace")] + [_json(f"{what}, old dialect", [{"add": path, "value": value}], V20)]


def wrong_types(route):
    if route.path.endswith("/members"):
        return [_json(f"member {value!r:.40}", {"member": value}, route.kind) for value in (*TEXTS, None, "")]
    if route.path.endswith("/{member_id}"):
        return [_json(f"status {value!r:.40}", {"status": value}, route.kind) for value in (*TEXTS, None, "", "maybe")]
    if route.path == "/v2/tasks":
        return ([_json(f"type {value!r:.40}", route.good | {"type": value}, route.kind)
                 for value in (*TEXTS, None, "", "nonsense")] +
                [_json(f"input {value!r:.40}", route.good | {"input": value}, route.kind)
                 for value in (1, True, "x", [], None)])
    return [bad for field, values in FIELDS.items() for value in values
            for bad in _fields(route, field, value, f"{field} {value!r:.40}")]


def forbidden_fields(route):
    return [bad for field in (*READ_ONLY, *(("id",) if route.method == "PATCH" else ("locations",)))
            for bad in _fields(route, field, "x" if field != "locations" else [], field)]


def unstorable_values(route):
    if route.path.endswith("/members"):
        return [_json(what, {"member": value}, route.kind) for what, value in
                (("NUL", f"a{NUL}"), ("four bytes", FOUR_BYTES), ("long", LONG))]
    if route.path.endswith("/{member_id}"):
        return [_json(what, {"status": value}, route.kind) for what, value in
                (("NUL", f"accepted{NUL}"), ("four bytes", FOUR_BYTES), ("long", LONG))]
    if route.path == "/v2/tasks":
        return [_json(what, route.good | {"type": value}, route.kind) for what, value in
                (("NUL", f"import{NUL}"), ("four bytes", FOUR_BYTES), ("long", LONG))]
    return [bad for what, (field, value) in UNSTORABLE.items() for bad in _fields(route, field, value, what)]


def unknown_fields(route):
    """What is no field and can be no property either."""
    if route.method == "PATCH":
        good = route.good[0]
        return [_json(what, [good, operation], route.kind) for what, operation in {
            "an unknown operation": good | {"op": "test"}, "no operation": {"path": "/name", "value": "x"},
            "no path": {"op": "add", "value": "x"}, "no value": {"op": "add", "path": "/x"},
            "a path that is no pointer": good | {"path": "name"}, "a path of two": good | {"path": "/a/b"},
            "an empty path": good | {"path": ""}, "a bad escape": good | {"path": "/a~2"},
            "what is not there": {"op": "remove", "path": "/absent"},
            "what cannot go": {"op": "remove", "path": "/name"},
            "a number as a path": good | {"path": 1}, "a list as an operation": good | {"op": []},
            "no object": "x"}.items()]
    if route.path == "/v2/images":
        return [_json(f"an unknown field of {value!r:.40}", {"unknown": value}, route.kind) for value in (*TEXTS, None)]
    return [_json("only unknown fields", {"unknown": "x"}, route.kind), _json("no field", {}, route.kind)]


# The path, the query and the headers.

ODD = {"NUL": "%00", "four bytes": "%F0%9F%98%80", "bad UTF-8": "%FF%FE", "half an escape": "%", "a bad escape": "%zz",
       "long": "x" * 4000, "a slash": "a%2Fb", "dots": "%2E%2E", "blank": "%20", "a line break": "%0d%0aX:%20y",
       "no such": NOWHERE, "no id": "nonsense", "capitals": NOWHERE.upper()}


# Of a tag less is bad, as a tag may be any text that a database can store.
BAD_TAGS = ("NUL", "four bytes", "bad UTF-8", "long", "a slash")


def odd_paths(route):
    return [Bad(f"{parameter}: {what}", values={parameter: text}) for parameter in route.parameters
            for what, text in ODD.items() if parameter != "tag" or what in BAD_TAGS]


def missing_image(_):
    return [Bad("no such image", image="missing"), Bad("an image that was deleted", image="deleted")]


# Values that are good for nothing, by parameter of a list.
QUERIES = {
    "/v2/images": {
        "limit": ("x", "-1", "", "1.5", "1_0"), "marker": ("", "x", NOWHERE, "%00"),
        "sort_key": ("", "x", "owner", "name%00"), "sort_dir": ("", "up", "ASC"),
        "sort": ("", ":", "x", "name:up", "name,"), "visibility": ("secret", "Public", "%00"),
        "member_status": ("", "maybe"), "os_hidden": ("maybe", ""), "protected": ("maybe", "", "True"),
        "name": ("in:%22", "in:a%22b%22", "x:y", "%FF"), "status": ("x:y", "in:%22a"),
        "created_at": ("x", "gt:", "gt:x", "up:2020-01-01"), "updated_at": ("lt:99", "%FF"),
        "size_min": ("x", "", "1.5.1", "99999999999999999999"), "size_max": ("x",), "unknown_min": ("1",),
        "changes-since": ("2020-01-01",)},
    "/v2/tasks": {
        "limit": ("x", "-1", ""), "marker": ("", "x", NOWHERE), "sort_key": ("", "x"), "sort_dir": ("", "up"),
        "status": ("x", "%00"), "type": ("x", "%FF")},
}


def bad_queries(route):
    found = [Bad(f"{name}={value}", query=f"?{name}={value}") for name, values in QUERIES[route.path].items()
             for value in values]
    return [*found, Bad("no UTF-8 in a name", query="?%FF=x")]


def bad_headers(route):
    kinds = {"none": {}, "text": {"Content-Type": "text/plain"}, "no type": {"Content-Type": "nonsense"},
             "empty": {"Content-Type": ""}}
    if route.kind == BYTES:
        sizes = {"a word": "x", "negative": "-1", "a fraction": "1.5", "another size": "99", "huge": "9" * 30}
        return ([Bad(f"media type: {what}", route.good, headers) for what, headers in kinds.items()] +
                [Bad(f"announced size: {what}", route.good, {"Content-Type": BYTES, "X-OpenStack-Image-Size": size},
                     is_attempt=what == "another size") for what, size in sizes.items()])
    return [Bad(f"media type: {what}", json.dumps(route.good).encode(), headers)
            for what, headers in (kinds | {"plain JSON": {"Content-Type": JSON}}).items()]


# What an image is not in the state for.
WRONG_STATE = {
    "PUT /v2/images/{image_id}/file": ("active", "deactivated"),
    "POST /v2/images/{image_id}/actions/deactivate": ("queued",),
    "POST /v2/images/{image_id}/actions/reactivate": ("queued",),
    "DELETE /v2/images/{image_id}": ("protected",),
    "POST /v2/images/{image_id}/locations": ("active", "deactivated"),
    "GET /v2/images/{image_id}/members": ("active", "private"),
    "POST /v2/images/{image_id}/members": ("active", "private"),
    "GET /v2/images/{image_id}/members/{member_id}": ("active", "private"),
    "PUT /v2/images/{image_id}/members/{member_id}": ("active", "private"),
    "DELETE /v2/images/{image_id}/members/{member_id}": ("active", "private"),
    "DELETE /v2/stores/{store_id}/{image_id}": ("active", "queued"),
}


def wrong_state(route):
    body = None if route.good is None else route.good if route.kind == BYTES else json.dumps(route.good).encode()
    headers = {"Content-Type": route.kind} if route.kind else {}
    if route.method == "PATCH":
        changes = ({"op": "replace", "path": "/disk_format", "value": "qcow2"},
                   {"op": "replace", "path": "/container_format", "value": "ova"})
        return [_json(f"{change['path']} of an active image", [route.good[0], change], V21) for change in changes]
    return [Bad(f"{image} image", body, headers, image=image) for image in WRONG_STATE[str(route)]]


def _has_json(route):
    return route.takes_json


FAULTS = (
    (malformed_json, _has_json), (deep_nesting, _has_json), (huge_arrays, _has_json), (duplicate_keys, _has_json),
    (wrong_types, _has_json), (unstorable_values, _has_json), (unknown_fields, _has_json),
    (forbidden_fields, lambda route: route.path in ("/v2/images", "/v2/images/{image_id}") and route.takes_json),
    (unexpected_body, lambda route: not route.kind and not route.drops_body),
    (odd_paths, lambda route: route.parameters), (missing_image, lambda route: "image_id" in route.parameters),
    (bad_queries, lambda route: route.method == "GET" and route.path in QUERIES),
    (bad_headers, lambda route: route.kind in (BYTES, V21)),
    (wrong_state, lambda route: str(route) in WRONG_STATE or route.method == "PATCH"),
)
