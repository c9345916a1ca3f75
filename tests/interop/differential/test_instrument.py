"""The instrument itself: it has to see differences, and to let nothing pass that no entry explains."""

import types

from differential.compare import ABSENT, Difference, compare_answers, compare_values, error_form
from differential.differences import Explained
from differential.judge import judge
from differential.names import Names
from differential.request import get
from support.raw import Response


def answer(status=200, body=b"", **headers):
    return Response(status, "", {name.replace("_", "-"): value for name, value in headers.items()}, body)


def differences(ours, theirs):
    """What of two answers differs, in short."""
    side = types.SimpleNamespace(names=Names("/home"))
    return [difference.what for difference in compare_answers(get("request", "/"), side, ours, side, theirs)]


def test_equal_answers_do_not_differ():
    first = answer(body=b'{"a": 1, "b": 2}', content_type="application/json", content_length="16", date="now")
    second = answer(body=b'{"b": 2, "a": 1.0}', content_type="application/json", content_length="18", date="then")

    assert differences(first, second) == []


def test_a_status_that_differs_is_all_that_is_said():
    assert differences(answer(400, b"x"), answer(403, b"y")) == ["status"]


def test_our_own_failure_counts_even_if_the_other_fails_too():
    assert differences(answer(500), answer(500)) == ["our failure"]
    assert differences(answer(0), answer(0)) == ["our failure"]


def test_headers_and_the_announcement_of_length_are_compared():
    assert differences(answer(location="/a", content_length="0"), answer(allow="GET")) == [
        "header.allow", "header.location", "length"]


def test_values_differ_where_they_differ():
    ours, theirs = {"same": [1, {"x": True}], "more": None}, {"same": [1, {"x": 1}]}

    found = compare_values("request", "", ours, theirs)

    assert [(difference.what, difference.ours, difference.theirs) for difference in found] == [
        ("more", None, ABSENT), ("same.1.x", True, 1)]


def test_another_order_is_one_difference():
    found = compare_values("request", "list", [{"id": "a", "n": 1}, {"id": "b"}], [{"id": "b"}, {"id": "a", "n": 1}])

    assert found == [Difference("request", "list", ["a", "b"], ["b", "a"])]


def test_errors_are_compared_by_form():
    assert error_form("text/plain", "404 Not Found\n\nours") == error_form("text/plain", "404 Not Found\n\ntheirs")
    assert error_form("text/plain", "404 Not Found") != error_form("text/plain", "403 Forbidden")
    assert (error_form("application/json", '{"message": "ours", "code": "404 Not Found"}')
            != error_form("application/json", '{"message": "theirs"}'))


def test_ids_times_and_folders_become_names():
    names = Names("/home")
    names.learn("a", {"id": "12345678-0000-4000-8000-000000000001"})

    assert names.canonical({"self": "/v2/images/12345678-0000-4000-8000-000000000001", "at": "2026-01-01T00:00:00Z",
                            "url": "file:///home/x", "tags": ["b", "a"], "list": ["b", "a"]}) == {
        "self": "/v2/images/<a>", "at": "<time>", "url": "file://<home>/x", "tags": ["a", "b"], "list": ["b", "a"]}
    assert names.fill("/v2/images/{image:a}") == "/v2/images/12345678-0000-4000-8000-000000000001"


def test_only_what_an_entry_names_is_explained():
    entry = Explained("reason", ("subject: one",), "status", 400, 500)

    verdict = judge([Difference("subject: one", "status", 400, 500), Difference("subject: one", "status", 403, 500),
                     Difference("subject: two", "status", 400, 500)], [entry], "subject")

    assert [(difference.request, difference.ours) for difference in verdict.unexplained] == [
        ("subject: one", 403), ("subject: two", 400)]
    assert not verdict.idle


def test_an_entry_that_nothing_needs_is_a_failure_of_its_subject():
    entry = Explained("reason", ("subject: one",))

    assert judge([], [entry], "subject").idle == [entry]
    assert judge([], [entry], "other")
