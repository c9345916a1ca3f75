"""Every rule and every kind of caller: we give the answer that Debian's Glance gives under the same policy."""

import pytest

from differential.pair import temporary_home
from policy_matrix.intended import INTENDED, explanations
from policy_matrix.personas import PERSONAS, appointed
from policy_matrix.probes import NOT_BUILT, PARTS, PROBES
from policy_matrix.world import SETUPS, Worlds, all_rules


class Journal:
    """What has been asked in this run, and which intended differences were met."""

    asked = set()
    met = set()


@pytest.fixture(scope="module", params=SETUPS)
def worlds(request):
    with temporary_home() as home:
        both = Worlds(home, request.param)
        try:
            yield both.start()
        finally:
            both.stop()


@pytest.fixture(scope="module")
def rules():
    return all_rules()


def callers(worlds, rules, probe):
    return appointed(rules, probe) if worlds.has_own_roles else PERSONAS


def expected(worlds, probe, who, caller):
    """What Debian's Glance answers, or would if it were newer."""
    return worlds.theirs.ask(probe, caller) if probe.newer is None else (probe.newer[worlds.setup][who], None)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_the_verdicts_are_those_of_glance(worlds, rules, probe):
    different = {}
    Journal.asked.add((worlds.setup, probe.name))
    for who, caller in callers(worlds, rules, probe).items():
        ours, theirs = worlds.ours.ask(probe, caller), expected(worlds, probe, who, caller)
        if ours == theirs:
            continue
        explained = explanations(probe.name, who, ours, theirs)
        Journal.met |= explained
        if not explained:
            different[who] = {"ours": ours, "expected": theirs}

    assert not different


def test_every_rule_has_a_probe(rules):
    probed = {rule for probe in PROBES for rule in probe.rules} | PARTS
    waiting = {rule for rule in rules for waits in NOT_BUILT.values() if waits(rule)}

    assert probed <= set(rules)
    assert not waiting & (probed - PARTS)
    assert set(rules) == probed | waiting


@pytest.mark.parametrize(("method", "path"), NOT_BUILT)
def test_what_waits_for_a_route_has_none(fresh_server, method, path):
    """If this fails, the route is there: its rules want probes."""
    assert fresh_server.request(method, path).status_code in (404, 405)


def test_every_intended_difference_is_still_one():
    if len(Journal.asked) < len(SETUPS) * len(PROBES):
        pytest.skip("can be told only after all probes")

    assert [entry.reason for entry in INTENDED if entry not in Journal.met] == []
