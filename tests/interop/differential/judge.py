"""Sends requests to both servers, and decides which differences are explained."""

import dataclasses

from differential.compare import Difference, compare_answers, compare_values, json_of
from differential.names import named
from differential.request import Statement

CHANGING = ("POST", "PUT", "PATCH", "DELETE")


def run(pair, steps):
    """Sends the steps in order and returns what differs, as it comes."""
    for step in steps:
        if isinstance(step, Statement):
            for side in pair.sides:
                side.execute(step.sql)
        else:
            yield from run_one(pair, step)


def run_one(pair, request):
    """Everything that differs at one request: the answers, and then the images that it named. What we refuse must have
    changed nothing, whatever the other server does. A request on whose outcome the two disagree is undone in both, so
    that those after it begin alike."""
    pair.allot(request)
    if request.method not in CHANGING:
        return compare_answers(request, pair.ours, pair.ours.ask(request), pair.theirs, pair.theirs.ask(request))
    images = list(dict.fromkeys(named("image", request) + named("new", request)))
    before = {image: pair.ours.show(image) for image in images}
    records = [side.records(images) for side in pair.sides]
    ours, theirs = pair.ours.ask(request), pair.theirs.ask(request)
    made = [_learn(side, request, answer) for side, answer in zip(pair.sides, (ours, theirs))]
    found = compare_answers(request, pair.ours, ours, pair.theirs, theirs)
    found += _compare_images(request, pair, before, ours.status, theirs.status)
    if ours.status != theirs.status:
        for side, old, new in zip(pair.sides, records, made):
            side.restore(old, new)
    return found


def _learn(side, request, answer):
    """Remembers what was created under its name, and returns that name, if there is one."""
    name = request.save or f"made by {request.name}"
    return [name] if answer.status == 201 and side.names.learn(name, json_of(answer)) else []


def _compare_images(request, pair, before, our_status, their_status):
    found = []
    for image, old in before.items():
        new = pair.ours.show(image)
        if our_status >= 400 and new != old:
            found.append(Difference(request.name, f"refused, and yet {image} changed", new, old))
        if our_status == their_status < 400:
            found += compare_values(request.name, f"then {image}", new, pair.theirs.show(image))
    return found


@dataclasses.dataclass
class Verdict:
    """What is left to complain about: differences that nothing explains, and explanations of nothing."""
    unexplained: list
    idle: list

    def __str__(self):
        lines = [f"{len(self.unexplained)} differences without a reason:",
                 *map(str, self.unexplained)] if self.unexplained else []
        lines += ["differences that are listed, but no longer there:", *map(str, self.idle)] if self.idle else []
        return "\n".join(lines)

    def __bool__(self):
        return not self.unexplained and not self.idle


def judge(differences, explanations, subject):
    """Holds what was found in one subject against the explanations that speak of this subject."""
    used, unexplained = set(), []
    for difference in differences:
        matching = [index for index, explanation in enumerate(explanations) if explanation.explains(difference)]
        used.update(matching)
        if not matching:
            unexplained.append(difference)
    idle = [explanation for index, explanation in enumerate(explanations)
            if index not in used and explanation.speaks_of(subject)]
    return Verdict(unexplained, idle)
