"""A campaign: twins under both nodes; then Glance is away; then it is back."""

import itertools

from shared.house import GLANCE, OURS
from shared.twins import MISSING, SharedGenerator, Twins
from support.origin import Origin

DATA = b"from the web " * 1000
SEQUENCE = 200  # steps of a seed


def run(house, root, seed, steps):
    """Returns what went wrong, as lines for people, and what was done how often with which status."""
    with Origin() as origin:
        source = origin.put("/data", DATA)
        twins = Twins(house, root, seed)
        problems = with_both(twins, source, seed, steps)
        if not problems:
            problems = with_ours_alone(house, twins, source, seed + 1)
        if not problems:
            problems = with_both(twins, source, seed + 2, min(steps, 20))
        return problems + house.disagreements(), twins.outcomes


def sequences(source, seed, steps):
    for number in itertools.count(seed):
        if steps <= 0:
            return
        yield SharedGenerator(number, source, source + MISSING).steps(min(steps, SEQUENCE))
        steps -= SEQUENCE


def with_both(twins, source, seed, steps):
    for sequence in sequences(source, seed, steps):
        if found := twins.run(sequence):
            step, differences = found
            return [f"step {twins.steps}: {step.method} {step.path} {dict(step.headers)} {step.body!r:.300}",
                    *map(str, differences), *map(str, twins.shown(step))]
    return []


def with_ours_alone(house, twins, source, seed):
    """Glance is switched off, and ours goes on with all images."""
    house.switch_off(GLANCE)
    problems = []
    for step in SharedGenerator(seed, source, source + MISSING).steps(10):
        for node, answer in twins.ask_each(step):
            if node != OURS or answer.status >= 500:
                problems.append(f"{step.name} was answered by {node} with {answer.status}")
    house.switch_on(GLANCE)
    return problems
