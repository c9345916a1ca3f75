"""The written list of requests, subject by subject."""

import pytest

from differential.intended_differences import EXPLANATIONS
from differential.judge import judge, run
from differential.subjects import SUBJECTS


@pytest.mark.timeout(300)
@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_both_answer_alike(pair_for, subject):
    pair = pair_for(subject.settings)
    pair.empty()

    verdict = judge(run(pair, subject.steps), EXPLANATIONS, subject.name)

    assert verdict, f"\n{verdict}"


def test_there_are_as_many_requests_as_promised():
    requests = [request for subject in SUBJECTS.values()
                for request in subject.requests]

    assert len({request.name for request in requests}) == len(requests) >= 400
