"""Twins: two images with one history, of which each step was done by different nodes. What the nodes answer, and what
the twins become, must be the same."""

import collections
import random

from differential import judge
from differential.compare import compare_answers, compare_values, json_of
from differential.intended_differences import EXPLANATIONS
from differential.names import FreshIds, Names, named
from differential.pair import Side
from differential.request import get, patch, post, replace, send
from differential.sequences import KIND, Generator
from services.haproxy import NODE
from shared.differences import SHARED
from shared.house import GLANCE, OURS
from support.imports import FINAL
from support.server import wait_until

MISSING = "/missing"


class SharedGenerator(Generator):
    """Sequences with imports besides; `source` is the URL of data, `broken` that of nothing."""

    def __init__(self, seed, source, broken):
        super().__init__(seed)
        self.source, self.broken = source, broken
        self.makers |= {self._stage: 8, self._import_staged: 8, self._download_from_web: 8, self._copy: 4}

    def _stage(self, image):
        return send("PUT", "stage", f"/v2/images/{{image:{image}}}/stage", {"Content-Type": "application/octet-stream"},
                    self.random.randbytes(self._one((1, 100, 70_000))))

    def _import(self, image, method, **fields):
        return post("import", f"/v2/images/{{image:{image}}}/import", {"method": method} | fields)

    def _where(self):
        return self._one(({}, {"stores": ["beta"]}, {"stores": ["alpha", "beta"]}, {"all_stores": True},
                          {"stores": ["none"]}))

    def _import_staged(self, image):
        return self._import(image, {"name": "glance-direct"}, **self._where())

    def _download_from_web(self, image):
        uri = self.source if self._often() else self.broken
        return self._import(image, {"name": "web-download", "uri": uri}, **self._where())

    def _copy(self, image):
        return self._import(image, {"name": "copy-image"}, **self._where())


class Twin:
    """One of two images for every name, behind the load balancer."""

    is_identified = True
    ask_balancer = Side.ask

    def __init__(self, home, balancer):
        self.names = Names(home)
        self.server = balancer  # whose port requests go to

    def ask(self, request):
        """Returns which node answered, and how."""
        answer = self.ask_balancer(request)
        return answer.headers.pop(NODE, None), answer


class Twins:
    """Runs sequences. `explained` counts differences that may be, `outcomes` what was done how often with which
    status."""

    def __init__(self, house, root, seed):
        self.house = house
        self.pair = [Twin(root, house.balancer) for _ in range(2)]
        self.random = random.Random(seed)
        self.ids = FreshIds()
        self.steps = 0
        self.explained = 0
        self.outcomes = collections.Counter()

    def run(self, steps):
        """The differences of the first step that has any without a reason, and the step; None if there are none."""
        for step in steps:
            self.steps += 1
            found = self.step(step)
            unexplained = judge.judge(found, EXPLANATIONS + SHARED, subject=None).unexplained
            if unexplained:
                return step, unexplained
            self.explained += len(found)
            if any(difference.what == "status" for difference in found):
                self._renew(step)
        return None

    def step(self, request):
        """Everything that differs at one step."""
        if self.random.random() < 0.5:
            self.pair[0].ask(get("look", "/healthcheck"))  # the other twin gets the other node
        if request.name.startswith("sequence: list"):
            return self._compare(request, self._from_both(self.pair[0], request))
        nodes, answers = zip(*self.ask_each(request))
        assert set(nodes) == {OURS, GLANCE}, f"{request.name} was answered by {nodes}"
        found = self._compare(request, dict(zip(nodes, zip(self.pair, answers))))
        if request.method != "GET":
            found += self._compare_images(request)
        return found

    def ask_each(self, request):
        """Sends the request for each twin, and waits until what it began has ended."""
        for twin in self.pair:
            for name in named("new", request):
                twin.names.ids[name] = self.ids.next()
        answers = [twin.ask(request) for twin in self.pair]
        for twin, (_, answer) in zip(self.pair, answers):
            self.outcomes[request.name.split()[1], answer.status] += 1
            if answer.status == 201:
                twin.names.learn("made by step", json_of(answer))
        self._wait_for_imports(request)
        return answers

    def _from_both(self, twin, request):
        """The answers of both nodes to one request."""
        answers = {}
        while len(answers) < 2:
            node, answer = twin.ask(request)
            answers[node] = (twin, answer)
        return answers

    @staticmethod
    def _compare(request, answers):
        (our_twin, ours), (their_twin, theirs) = answers[OURS], answers[GLANCE]
        return compare_answers(request, our_twin, ours, their_twin, theirs)

    def _images(self, request):
        return dict.fromkeys(named("image", request) + named("new", request))

    def _compare_images(self, request):
        """The nodes must show each twin alike, and the twins must be alike."""
        found = []
        for image in self._images(request):
            shown = []
            for twin in self.pair:
                answers = self._from_both(twin, get(request.name, f"/v2/images/{{image:{image}}}"))
                found += self._compare(get(f"{request.name}, then show", ""), answers)
                shown.append(twin.names.canonical(json_of(answers[OURS][1])))
            found += compare_values(request.name, f"then {image}", *shown)
        return found

    def _wait_for_imports(self, request):
        if not request.name.startswith("sequence: import"):
            return
        for twin in self.pair:
            wait_until(lambda twin=twin: self._has_ended(twin, request), f"{request.name} to end", 60)

    def shown(self, request):
        """The images of a request, as they are now."""
        return [json_of(twin.ask(get("look", f"/v2/images/{{image:{image}}}"))[1])
                for image in self._images(request) for twin in self.pair]

    def _has_ended(self, twin, request):
        for image in self._images(request):
            tasks = json_of(twin.ask(get("look", f"/v2/images/{{image:{image}}}/tasks"))[1])
            if any(task["status"] not in FINAL for task in (tasks or {}).get("tasks", [])):
                return False
        return not self.house.rows("SELECT 1 FROM image_properties WHERE name = 'os_glance_import_task' "
                                   "AND deleted = 0 LIMIT 1")

    def _renew(self, request):
        """After a difference that may be the twins are no longer alike, so others take their place."""
        for image in self._images(request):
            for twin in self.pair:
                twin.ask(patch("renew", image, replace("/protected", False)))
                twin.ask(send("DELETE", "renew", f"/v2/images/{{image:{image}}}"))
                twin.names.ids[image] = self.ids.next()
                twin.ask(post("renew", "/v2/images", {"id": f"{{image:{image}}}"} | KIND))

