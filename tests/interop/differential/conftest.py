"""Pairs of servers for all tests of this folder."""

import pytest

from differential.pair import SETTINGS, Pair, temporary_home


@pytest.fixture(scope="package")
def pair_for():
    """Gives the pair under the settings of that name. All pairs start at once, when the first is asked for."""
    with temporary_home() as home:
        pairs = {name: Pair(home / name, name) for name in SETTINGS}
        try:
            first, *others = pairs.values()
            first.prepare()
            for pair in others:
                pair.prepare(like=first)
            for pair in pairs.values():
                pair.launch()
            yield lambda name: pairs[name].wait()
        finally:
            for pair in pairs.values():
                pair.stop()
