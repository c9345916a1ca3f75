"""Two nodes of ours, each with its own node of one Galera cluster, both of which take changes."""

import pytest

from differential.pair import temporary_home
from shared import races
from shared.house import TWO_OF_OURS, SharedHouse
from services.galera import galera_cluster
from support.server import wait_until

ROUNDS = 4


@pytest.fixture(scope="module", name="cluster")
def cluster_fixture():
    with galera_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module", name="house")
def house_fixture(cluster):
    with temporary_home() as home, SharedHouse(home, *cluster, kinds=TWO_OF_OURS,
                                               database_options={"mysql_wsrep_sync_wait": 1}) as house:
        yield house


@pytest.fixture(name="nodes")
def nodes_fixture(house):
    return list(house.nodes.values())


def test_a_change_that_was_overtaken_is_made_again(cluster, house):
    before = sum(peer.overtaken() for peer in cluster)

    assert races.lost_updates(house.nodes, rounds=ROUNDS) == {"first": 0, "second": 0}

    assert sum(peer.overtaken() for peer in cluster) > before, "nothing was overtaken, and nothing shown"


def test_what_one_node_wrote_the_other_shows_at_once(nodes):
    for number in range(20):
        writer, reader = nodes[number % 2], nodes[1 - number % 2]
        assert races.show(reader, races.create(writer))["status"] == "queued"


@pytest.mark.parametrize("race", [races.upload_by_each, races.delete_by_each], ids=["uploads", "deletions"])
def test_one_of_two_wins(house, nodes, race):
    for _ in range(ROUNDS):
        race(nodes)
        wait_until(lambda: house.disagreements() == [], "records and files to agree")


def test_without_the_cluster_a_database_node_serves_nobody_until_it_is_the_cluster(cluster, house, nodes):
    image_id = races.create(nodes[0])
    cluster[1].kill()
    wait_until(lambda: not cluster[0].is_in_primary_component(), "the node to miss the other one")

    for node in nodes:
        answer = races.download(node, image_id)
        assert answer.status_code == 503
        assert "database" in answer.text
    cluster[0].found_anew()

    wait_until(lambda: races.show(nodes[0], image_id).get("id") == image_id, "the service to go on")
    cluster[1].start()
    wait_until(lambda: races.show(nodes[1], image_id).get("id") == image_id, "the other one to go on, too", seconds=60)
    assert races.upload(nodes[1], image_id).status_code == 204
    assert races.download(nodes[0], image_id).content == races.DATA
