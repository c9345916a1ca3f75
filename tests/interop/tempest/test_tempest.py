"""tempest's tests of the image API: what passes, what does not, and nothing unexpected in either direction."""

import pytest

from expected import EXPECTED, GLANCE, VITRINE, judge
from session import Outcome, Subject
from support.debian_glance import DebianGlance
from support.server import Server

KINDS = {VITRINE: Server, GLANCE: DebianGlance}
LEAST = {VITRINE: 45, GLANCE: 60}  # tests that have to pass: an empty run must not be taken for a good one


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", KINDS)
def test_nothing_unexpected(keystone, tmp_path, name):
    with Subject(tmp_path, keystone, KINDS[name]) as subject:
        outcomes = subject.run()

    complaints = judge(outcomes, name)
    assert not complaints, "\n".join(complaints)
    assert sum(outcome.outcome == "passed" for outcome in outcomes) >= LEAST[name]


def outcomes_as_listed():
    """One test for each line of the list, with the outcome that the list says."""
    return [Outcome(pattern.replace("*", "x"), entry.outcome, "") for entry in EXPECTED
            if VITRINE in entry.servers for pattern in entry.tests]


def test_what_is_listed_is_no_complaint():
    assert judge([Outcome("any", "passed", ""), *outcomes_as_listed()], VITRINE) == []


@pytest.mark.parametrize("outcome", ["failed", "skipped"])
def test_what_is_not_listed_is_a_complaint(outcome):
    complaints = judge([Outcome("unheard.of", outcome, "the detail"), *outcomes_as_listed()], VITRINE)

    assert complaints == [f"unheard.of {outcome}: the detail"]


def test_what_is_listed_and_passes_is_a_complaint():
    listed = outcomes_as_listed()

    complaints = judge([Outcome(listed[0].test, "passed", ""), *listed[1:]], VITRINE)

    assert any("take it off the list" in complaint for complaint in complaints)


def test_what_is_listed_and_no_longer_there_is_a_complaint():
    complaints = judge(outcomes_as_listed()[1:], VITRINE)

    assert len(complaints) == 1
    assert "any more" in complaints[0]
