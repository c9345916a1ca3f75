"""Two nodes of ours, each with its own node of one Galera cluster, both of which take changes."""

import pytest

from differential.pair import temporary_home
from shared import races
from shared.house import SharedHouse
from services.galera import galera_cluster
from support.server import Server, wait_until

ROUNDS = 4


@pytest.fixture(scope="module", name="cluster")
def cluster_fixture():
    with galera_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module", name="house")
def house_fixture(cluster):
    with temporary_home() as home:
        house = SharedHouse(home, *cluster, kinds={"first": Server, "second": Server},
                            database_options={"mysql_wsrep_sync_wait": 1})
        try:
            yield house.start()
        finally:
            house.stop()


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


def test_one_of_two_uploads_wins(house, nodes):
    for _ in range(ROUNDS):
        image_id = races.create(nodes[0])

        statuses = races.at_once(*(lambda node=node, data=data: races.upload(node, image_id, data)
                                   for node, data in zip(nodes, (b"first", b"second"))))

        assert sorted(statuses) == [204, 409]
        assert races.download(nodes[0], image_id).content == (b"first", b"second")[statuses.index(204)]
        wait_until(lambda: house.disagreements() == [], "records and files to agree")


def test_one_of_two_deletions_wins(house, nodes):
    for _ in range(ROUNDS):
        image_id = races.create(nodes[0])
        assert races.upload(nodes[0], image_id).status_code == 204

        assert sorted(races.at_once(*(lambda node=node: races.delete(node, image_id) for node in nodes))) == [204, 404]
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
