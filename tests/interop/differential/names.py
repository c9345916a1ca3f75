"""One server's values for the names that both share, and back: what differs between servers only by chance."""

import re
import uuid

from differential.request import UNKNOWN

REFERENCE = re.compile(r"\{(image|new|created):(\w+)\}")
SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
MICROSECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")
REQUEST_ID = re.compile(r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def named(kind, request):
    """The names that a request uses in one way ("image", "new"), in order."""
    text = request.path + (request.body or b"").decode("latin-1")
    return [name for found, name in REFERENCE.findall(text) if found == kind]


class FreshIds:
    """Ids that no server has seen, each greater than the last; both servers are given the same."""

    def __init__(self):
        self.run = uuid.uuid4().hex[:8]
        self.count = 0

    def next(self):
        self.count += 1
        return f"{self.run}-0000-4000-8000-{self.count:012x}"


class Names:
    """What the names of requests stand for on one server."""

    def __init__(self, home):
        self.home = str(home)
        self.ids = {}
        self.created = {}

    def learn(self, name, document):
        """Remembers the id that an answer gives; returns whether it gave one."""
        if isinstance(document, dict) and isinstance(document.get("id"), str):
            self.ids[name] = document["id"]
            self.created[name] = document.get("created_at", "")
            return True
        return False

    def fill(self, text):
        """The text with values in place of names; what was never made has an id that nothing has."""

        def value(match):
            kind, name = match.groups()
            if kind == "created":
                return self.created.get(name, "2000-01-01T00:00:00Z")
            return self.ids.get(name, UNKNOWN)

        return REFERENCE.sub(value, text)

    def canonical(self, value, key=None):
        """A JSON value in which ids, times and folders have become names. Tags are a set, whatever their order;
        the descriptions in schemas are wording."""
        if isinstance(value, dict):
            names = {self.canonical(name): self.canonical(member, name) for name, member in value.items()}
            return names | {"description": "<description>"} if "type" in names and "description" in names else names
        if isinstance(value, list):
            members = [self.canonical(member) for member in value]
            return sorted(members) if key == "tags" and all(isinstance(tag, str) for tag in members) else members
        return self._canonical_text(value) if isinstance(value, str) else value

    def _canonical_text(self, text):
        if SECONDS.fullmatch(text):
            return "<time>"
        if MICROSECONDS.fullmatch(text):
            return "<time in microseconds>"
        text = REQUEST_ID.sub("<request id>", text)
        for name, identity in self.ids.items():
            text = text.replace(identity, f"<{name}>")
        return text.replace(self.home, "<home>")
