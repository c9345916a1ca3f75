"""What of two answers counts as different."""

import dataclasses
import html
import json
import re

# Said by the connection, or once per request, or compared in another way.
IGNORED_HEADERS = {"connection", "keep-alive", "date", "server", "content-length", "transfer-encoding"}
ABSENT = "<absent>"
NO_ANSWER = 0  # the status of an answer that never came


@dataclasses.dataclass(frozen=True)
class Difference:
    """One thing in which the two servers differ: its place, and what each has there."""
    request: str
    what: str
    ours: object
    theirs: object

    def __str__(self):
        return f"{self.request}: {self.what}\n    ours:   {_short(self.ours)}\n    theirs: {_short(self.theirs)}"


def _short(value, length=300):
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
    return text if len(text) <= length else f"{text[:length]}… ({len(text)} characters)"


def compare_answers(request, our_side, ours, their_side, theirs):
    """Every difference between two answers to one request. Once the status differs, nothing else counts."""
    found = []
    if (ours.status >= 500 and ours.status != 501) or ours.status == NO_ANSWER:
        found.append(Difference(request.name, "our failure", ours.status, theirs.status))
    elif ours.status != theirs.status:
        found.append(Difference(request.name, "status", ours.status, theirs.status))
    else:
        mine = _answer(request, ours, our_side.names)
        other = _answer(request, theirs, their_side.names)
        found += compare_values(request.name, "", mine, other)
    return found


def compare_values(request, place, ours, theirs):
    """The smallest parts in which two JSON values differ."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return [difference for key in sorted(ours.keys() | theirs.keys())
                for difference in compare_values(request, f"{place}.{key}" if place else key,
                                                 ours.get(key, ABSENT), theirs.get(key, ABSENT))]
    if isinstance(ours, list) and isinstance(theirs, list) and _ids(ours) != _ids(theirs):
        return [Difference(request, place, _ids(ours), _ids(theirs))]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [difference for index, (mine, other) in enumerate(zip(ours, theirs))
                for difference in compare_values(request, f"{place}.{index}", mine, other)]
    if ours == theirs and isinstance(ours, bool) == isinstance(theirs, bool):  # to Python, True is 1
        return []
    return [Difference(request, place, ours, theirs)]


def _ids(values):
    """What a list consists of, where that can be said in short: what is in another order differs only in that."""
    return [value.get("id") if isinstance(value, dict) else None for value in values]


def _answer(request, answer, names):
    """What matters of an answer, as one JSON value."""
    headers = {name: names.canonical(value) for name, value in answer.headers.items() if name not in IGNORED_HEADERS}
    return {"header": headers, "length": _length(request, answer), "body": _body(answer, names)}


def _length(request, answer):
    """How the end of the body is known; a number only where no body shows it."""
    if "transfer-encoding" in answer.headers:
        return answer.headers["transfer-encoding"]
    if "content-length" not in answer.headers:
        return "no body" if answer.status in (204, 304) else "unknown"
    return answer.headers["content-length"] if request.method == "HEAD" else "announced"


def _body(answer, names):
    kind = answer.headers.get("content-type", "").split(";")[0]
    if answer.status >= 400:
        return error_form(kind, answer.body.decode(errors="replace"))
    if kind == "application/json" and answer.body:
        return _by_version(names.canonical(json.loads(answer.body)))
    return names.canonical(answer.body.decode("latin-1"))


def _by_version(document):
    """Versions by id, as their order means nothing."""
    if isinstance(document, dict) and isinstance(document.get("versions"), list):
        return document | {"versions": {version["id"]: version for version in document["versions"]}}
    return document


def error_form(kind, text):
    """An error's body without its wording: how a client would take it apart."""
    if not text:
        return "empty"
    if kind == "application/json":
        document = json.loads(text)
        return {name: "<message>" if name == "message" else value for name, value in document.items()}
    if kind == "text/html":
        page = re.fullmatch(r"<html>\s*<head>\s*<title>(.*?)</title>\s*</head>\s*<body>\s*<h1>(.*?)</h1>(.*)</body>\s*"
                            r"</html>\s*", text, re.DOTALL)
        return ["page", html.unescape(page[1]), html.unescape(page[2])] if page else "unlike an error page"
    return ["text", text.split("\n", 1)[0]]


def json_of(answer):
    """The JSON value in an answer, or None."""
    try:
        return json.loads(answer.body)
    except ValueError:
        return None
