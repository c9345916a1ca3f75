"""Two nodes of ours behind one load balancer, on one MariaDB and the same stores: of two that race for an image one wins,
and a node that is killed takes nothing along that was acknowledged."""

import concurrent.futures
import contextlib
import threading

import pytest
import requests

from differential.pair import temporary_home
from shared import races
from shared.house import ADMIN, TWO_OF_OURS, SharedHouse
from services.databases import MariaDB, running
from support.server import wait_until

ROUNDS = 4


@pytest.fixture(scope="module", name="house")
def house_fixture():
    with temporary_home() as home, running(MariaDB) as (peer,), SharedHouse(home, peer, kinds=TWO_OF_OURS) as house:
        yield house


@pytest.fixture(name="nodes")
def nodes_fixture(house):
    return list(house.nodes.values())


def files_of(house, image_id):
    return [name for name in house.stores.files() if image_id in name]


def test_no_update_is_lost(house):
    assert races.lost_updates(house.nodes, rounds=ROUNDS) == {"first": 0, "second": 0}


def test_one_of_two_uploads_wins(house, nodes):
    for _ in range(ROUNDS):
        assert len(files_of(house, races.upload_by_each(nodes))) == 1


def test_one_of_two_deletions_wins(house, nodes):
    for _ in range(ROUNDS):
        assert not files_of(house, races.delete_by_each(nodes))


def test_an_upload_and_a_deletion_leave_data_only_with_an_image(house, nodes):
    for _ in range(ROUNDS):
        image_id = races.create(nodes[0])

        upload, deletion = races.at_once(lambda: races.upload(nodes[0], image_id),
                                         lambda: races.delete(nodes[1], image_id))

        assert deletion == 204
        assert upload in (204, 404, 409, 410)
        wait_until(lambda: not files_of(house, image_id), "the data to be gone with its image")


def test_one_of_two_imports_wins(house, nodes):
    for _ in range(ROUNDS):
        image_id = races.create(nodes[0])
        assert races.stage(nodes[0], image_id).status_code == 204

        statuses = races.at_once(*(lambda node=node: races.ask_for_import(node, image_id) for node in nodes))

        assert sorted(statuses) == [202, 409]
        wait_until(lambda: races.show(nodes[0], image_id)["status"] == "active", "the import to end")
        assert races.download(nodes[1], image_id).content == races.DATA
        assert len(files_of(house, image_id)) == 2


def test_what_a_killed_node_acknowledged_is_there(house, nodes):
    """Clients of the load balancer write all the time; a request that fails is tried again, as clients do."""
    stop = threading.Event()
    url = house.balancer.url("/v2/images")
    created, filled = [], {}

    def write(number):
        image = {"disk_format": "raw", "container_format": "bare", "name": f"client {number}"}
        while not stop.is_set():
            with contextlib.suppress(requests.ConnectionError):
                answer = requests.post(url, json=image, headers=ADMIN, timeout=30)
                if answer.status_code != 201:
                    continue
                image_id = answer.json()["id"]
                created.append(image_id)
                data = image_id.encode() * 100
                sent = requests.put(f"{url}/{image_id}/file", data=data, timeout=30,
                                    headers=ADMIN | {"Content-Type": "application/octet-stream"})
                if sent.status_code == 204:
                    filled[image_id] = data

    with concurrent.futures.ThreadPoolExecutor(4) as clients:
        writing = [clients.submit(write, number) for number in range(4)]
        wait_until(lambda: len(filled) > 20, "some writes")
        nodes[0].kill()
        count = len(filled)
        wait_until(lambda: len(filled) > count + 20, "writes through the other node")
        stop.set()
        for client in writing:
            client.result()

    assert {races.show(nodes[1], image_id).get("id") for image_id in created} == set(created)
    for image_id, data in filled.items():
        assert races.show(nodes[1], image_id)["status"] == "active"
        assert races.download(nodes[1], image_id).content == data
    house.switch_on("first")
    wait_until(lambda: house.disagreements() == [], "the node to have undone what it had begun")
