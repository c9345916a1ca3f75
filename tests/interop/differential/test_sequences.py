"""Random sequences, few and short; `run` makes longer ones."""

import pytest

from differential.sequences import Generator, report, shrink


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_answer_a_random_sequence_alike(pair_for, seed):
    difference = report(pair_for("plain"), Generator(seed).steps(80))

    assert difference is None, f"seed {seed}: {difference}"


def test_a_seed_makes_one_sequence():
    assert Generator(5).steps(100) == Generator(5).steps(100)
    assert Generator(5).steps(100) != Generator(6).steps(100)


def test_shrinking_keeps_only_what_is_needed():
    steps = list(range(100))

    shortest = shrink(steps, lambda candidate: 17 in candidate and 60 in candidate)

    assert shortest == [17, 60]
