"""Vitrine and Debian's Glance serve one catalog behind one load balancer; shared/run does so for longer."""

import pytest

from differential.pair import temporary_home
from shared import campaign, races
from shared.house import GLANCE, OURS, shared_house


@pytest.fixture(scope="module", name="home")
def home_fixture():
    with temporary_home() as home:
        yield home


@pytest.fixture(scope="module", name="house")
def house_fixture(home):
    with shared_house(home) as house:
        yield house


def test_no_update_of_glance_is_lost_by_us(house):
    lost = races.lost_updates(house.nodes, rounds=3)

    # Those of ours that Glance loses are its own last-writer-wins.
    assert lost[GLANCE] == 0
    assert house.nodes[OURS].is_running()


@pytest.mark.timeout(300)
def test_it_does_not_matter_who_answers(house, home):
    problems, outcomes = campaign.run(house, home, seed=7, steps=40)

    assert not problems, "\n".join(problems)
    assert sum(count for (_, status), count in outcomes.items() if status < 300) > 30


def test_what_files_and_records_say_is_compared(house):
    """Glance's Python and ours alike would pass for right if the comparison saw nothing."""
    image_id = races.create(house.nodes[OURS])
    assert races.upload(house.nodes[OURS], image_id).status_code == 204
    assert house.disagreements() == []
    blob = house.stores.file("alpha", image_id)

    blob.rename(blob.with_name("stray"))

    assert sorted(house.disagreements()) == ["no record names the file alpha/stray",
                                             f"the file of image {image_id} is missing: file://{blob}"]
    blob.with_name("stray").rename(blob)
