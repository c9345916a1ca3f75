"""Random sequences of requests to a few images, and the shortest part of one that still shows a difference."""

import dataclasses
import random
from urllib.parse import quote

from differential import judge
from differential.intended_differences import EXPLANATIONS
from differential.request import (V20, V21, delete, download, get, patch, post, put, send, upload)

IMAGES = ("a", "b", "c", "d")
NAMES = ("one", "two", "zwölf", "with blank")
TAGS = ("red", "green", "blue")
PROPERTIES = ("colour", "shape", "a/b")
PROJECTS = ("p1", "p2", "p3")
VISIBILITIES = ("public", "private", "shared", "community")
KIND = {"disk_format": "raw", "container_format": "bare"}
# Values that a field takes and, after them, values that it refuses.
FIELDS = {
    "name": ((*NAMES, None), (1, "n" * 256)),
    "visibility": (VISIBILITIES, ("secret", None)),
    "protected": ((False, False, True), ("true",)),
    "os_hidden": ((False, False, True), (1,)),
    "min_ram": ((0, 1, 512), (1.5, "1")),
    "min_disk": ((0, 7), (True, None)),
    "owner": ((*PROJECTS, None), (1,)),
    "tags": (([], ["red"], ["red", "blue"]), ("red", [1])),
    **{name: (("x", "y", ""), (1, None)) for name in PROPERTIES},
}
READ_ONLY = ("status", "size", "checksum", "created_at", "id", "self", "os_glance_x")
FILTERS = (*(f"name={name}" for name in NAMES), "name=in:one,two", "status=queued", "status=in:active,deactivated",
           *(f"tag={tag}" for tag in TAGS), *(f"visibility={value}" for value in VISIBILITIES),
           "visibility=all", "protected=true", "os_hidden=true", "size_min=1", "size_max=100", "min_ram=512",
           "owner=p1", "colour=x", "disk_format=raw", "member_status=all", "created_at=gt:2000-01-01",
           "status=eq:active", "name=bad:operator", "limit=x", "sort=nothing")
# Times of change are left out, as two servers do not tick alike, and so are orders in which some images are equal.
ORDERS = ("sort=created_at:asc", "sort=id:asc", "sort=id:desc", "sort=status:asc", "sort_key=status&sort_dir=desc", "")
RANGES = ("bytes=0-0", "bytes=5-", "bytes=-3", "bytes=2-1000", "bytes=5000-", "bytes=1-2,4-5", "nonsense")


class Generator:
    """Makes the same sequence from the same seed, whatever servers answer: it knows nothing of the images."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.makers = {self._create: 10, self._patch: 25, self._list: 15, self._show: 4, self._tag: 8, self._untag: 4,
                       self._share: 5, self._answer: 4, self._unshare: 2, self._members: 3, self._upload: 8,
                       self._download: 6, self._act: 6, self._delete: 3}

    def steps(self, count):
        """First every image, then whatever comes."""
        pick = self.random.choices
        made = [self._create(image) for image in IMAGES]
        made += [maker(self._one(IMAGES)) for maker in pick(list(self.makers), self.makers.values(), k=count)]
        return [dataclasses.replace(step, name=f"sequence: {step.name} {number}") for number, step in enumerate(made)]

    def _one(self, values):
        return self.random.choice(values)

    def _often(self):
        return self.random.random() < 0.85

    def _value(self, field):
        good, bad = FIELDS[field]
        return self._one(good if self._often() else bad)

    def _create(self, image):
        fields = {field: FIELDS[field][0][0] if self._often() else self._value(field)
                  for field in self.random.sample(list(FIELDS), self.random.randrange(5))}
        return post("create", "/v2/images", {"id": f"{{new:{image}}}"} | (KIND if self._often() else {}) | fields)

    def _patch(self, image):
        media_type = V21 if self._often() else V20
        changes = [self._change() for _ in range(self.random.choice((1, 1, 1, 2, 3)))]
        if media_type == V20:
            changes = [{change["op"]: change["path"]} | {key: change[key] for key in change if key == "value"}
                       for change in changes]
        return patch("patch", image, *changes, media_type=media_type)

    def _change(self):
        field = self._one(list(FIELDS) if self._often() else READ_ONLY)
        path = "/" + field.replace("/", "~1")
        verb = self._one(("add", "replace", "remove" if field in (*PROPERTIES, *READ_ONLY) else "replace"))
        if verb == "remove":
            return {"op": verb, "path": path}
        return {"op": verb, "path": path, "value": self._value(field) if field in FIELDS else "x"}

    def _list(self, image):
        query = [self._one(FILTERS) for _ in range(self.random.randrange(3))]
        query.append(self._one(ORDERS))
        query += self._one(([], [], ["limit=2"], ["limit=0"], [f"marker={{image:{image}}}"]))
        once = {part.split("=")[0]: part for part in query if part}  # the written list tells of what is repeated
        return get("list", "/v2/images?" + quote("&".join(once.values()), safe="=&:,{}"))

    def _show(self, image):
        return get("show", f"/v2/images/{{image:{image}}}")

    def _tag(self, image):
        return send("PUT", "tag", f"/v2/images/{{image:{image}}}/tags/{self._one(TAGS)}")

    def _untag(self, image):
        return delete("untag", f"/v2/images/{{image:{image}}}/tags/{self._one(TAGS)}")

    def _share(self, image):
        return post("share", f"/v2/images/{{image:{image}}}/members", {"member": self._one((*PROJECTS, ""))})

    def _answer(self, image):
        return put("answer", f"/v2/images/{{image:{image}}}/members/{self._one(PROJECTS)}",
                   {"status": self._one(("accepted", "rejected", "pending", "perhaps"))})

    def _unshare(self, image):
        return delete("unshare", f"/v2/images/{{image:{image}}}/members/{self._one(PROJECTS)}")

    def _members(self, image):
        return get("members", f"/v2/images/{{image:{image}}}/members")

    def _upload(self, image):
        return upload("upload", image, self.random.randbytes(self._one((0, 1, 10, 1000))), is_chunked=not self._often())

    def _download(self, image):
        return download("download", image, {} if self.random.random() < 0.5 else {"Range": self._one(RANGES)})

    def _act(self, image):
        verb = self._one(("deactivate", "reactivate"))
        return send("POST", "act", f"/v2/images/{{image:{image}}}/actions/{verb}")

    def _delete(self, image):
        return delete("delete", f"/v2/images/{{image:{image}}}")


def first_difference(pair, steps):
    """Runs the steps on empty servers up to the first unexplained difference; returns how many it took and what
    differed, or None."""
    pair.empty()
    for number, step in enumerate(steps, start=1):
        verdict = judge.judge(judge.run_one(pair, step), EXPLANATIONS, subject=None)
        if not verdict:
            return number, verdict.unexplained
    return None


def shrink(steps, fails):
    """The shortest sequence that can be had by leaving steps out, larger parts first, and that still fails."""
    size = len(steps) // 2
    while size:
        start = 0
        while start < len(steps):
            shorter = steps[:start] + steps[start + size:]
            if shorter and fails(shorter):
                steps = shorter
            else:
                start += size
        size //= 2
    return steps


def report(pair, steps):
    """None, or how to see the difference in as few steps as possible."""
    found = first_difference(pair, steps)
    if not found:
        return None
    shortest = shrink(steps[:found[0]], lambda candidate: first_difference(pair, candidate) is not None)
    _, differences = first_difference(pair, shortest)
    lines = [f"{step.method} {step.path} {dict(step.headers)} {step.body or b''!r}" for step in shortest]
    return "\n".join([f"{len(shortest)} of {len(steps)} steps show it:", *lines, *map(str, differences)])
