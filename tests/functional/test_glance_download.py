"""Images of another region: two services and one Keystone, whose catalog says where they are."""

import hashlib
import os

import pytest

from support.fake_keystone import FakeKeystone
from support.imports import ask, imported, tasks_of
from support.origin import ADMITTED
from support.server import Server

DATA = os.urandom(1 << 20)


@pytest.fixture(scope="module", name="keystone")
def keystone_fixture():
    with FakeKeystone() as running:
        yield running


@pytest.fixture(scope="module", name="regions")
def regions_fixture(keystone, tmp_path_factory):
    """The service that imports, and the one in region Other that it imports from."""
    settings = {"paste_deploy": {"flavor": "keystone"}, "keystone_authtoken": keystone.authtoken()} | ADMITTED
    methods = {"DEFAULT": {"enabled_import_methods": "[glance-download]"}, "vitrine": {"import_attempts": 2},
               "glance_download_properties": {"extra_properties": "[hw_,os_]"}}
    here = Server(tmp_path_factory.mktemp("here"), settings | methods).start()
    other = Server(tmp_path_factory.mktemp("other"), settings).start()
    keystone.catalog = [{"type": "image", "endpoints": [
        {"interface": "public", "region": "Here", "region_id": "Here", "url": here.url("")},
        {"interface": "public", "region": "Other", "region_id": "Other", "url": other.url("")}]}]
    yield here, other
    for one in (here, other):
        one.stop()


@pytest.fixture(name="come_as")
def come_as_fixture(keystone, regions):
    """Lets a user speak to both services from now on; returns the token."""
    def come(name):
        token = keystone.give(name, "member", "reader")
        for one in regions:
            one.session.headers["X-Auth-Token"] = token
        return token
    return come


def wish(image_id, region="Other", **more):
    return {"name": "glance-download", "glance_region": region, "glance_image_id": image_id} | more


def test_an_image_is_brought_from_another_region(regions, come_as):
    here, other = regions
    token = come_as("ann")
    remote = other.create_with_data(DATA, disk_format="raw", container_format="ova", hw_disk_bus="scsi", color="red")
    image_id = here.create(name="mine", disk_format="qcow2")["id"]

    task = imported(here, image_id, wish(remote))

    assert task["status"] == "success", task
    image = here.show(image_id)
    assert (image["status"], image["size"], image["name"]) == ("active", len(DATA), "mine")
    assert (image["disk_format"], image["container_format"]) == ("raw", "ova")
    assert image["os_hash_value"] == hashlib.sha512(DATA).hexdigest()
    assert image["hw_disk_bus"] == "scsi"
    assert "color" not in image
    assert here.download(image_id).content == DATA
    assert token not in str(tasks_of(here, image_id)) + here.log_text()
    assert token not in str(here.rows("SELECT * FROM task_info"))


def test_only_what_the_requester_may_see_there_is_brought(regions, come_as):
    here, other = regions
    come_as("ann")
    remote = other.create_with_data(DATA)
    come_as("bob")
    image_id = here.create()["id"]

    task = imported(here, image_id, wish(remote))

    assert task["status"] == "failure"
    assert "status 404" in task["message"]
    assert here.status_of(image_id) == "queued"
    here.assert_nothing_left_of(image_id)


def test_an_image_without_data_is_not_brought(regions, come_as):
    here, other = regions
    come_as("ann")
    image_id = here.create(disk_format="qcow2")["id"]

    task = imported(here, image_id, wish(other.create()["id"]))

    assert "has to be active" in task["message"]
    assert (here.status_of(image_id), here.show(image_id)["disk_format"]) == ("queued", "qcow2")


def test_data_that_is_not_what_the_other_region_says_is_not_brought(regions, come_as):
    here, other = regions
    come_as("ann")
    remote = other.create_with_data(DATA)
    (other.images / remote).write_bytes(DATA[:-1] + bytes([DATA[-1] ^ 1]))  # as if its disk had rotted
    image_id = here.create()["id"]

    task = imported(here, image_id, wish(remote))

    assert task["status"] == "failure"
    assert "not the expected one: its sha512 is" in task["message"]
    assert here.status_of(image_id) == "queued"
    here.assert_nothing_left_of(image_id)


@pytest.mark.parametrize("region, interface", [("Nowhere", "public"), ("Other", "internal")])
def test_a_region_that_the_catalog_does_not_have_is_a_failure(regions, come_as, region, interface):
    here, other = regions
    come_as("ann")
    image_id = here.create()["id"]

    task = imported(here, image_id, wish(other.create()["id"], region, glance_service_interface=interface))

    assert f"no {interface} image service in region {region}" in task["message"]


@pytest.mark.parametrize("missing", ["glance_region", "glance_image_id"])
def test_a_wish_that_says_too_little_is_refused(regions, come_as, missing):
    here, other = regions
    come_as("ann")
    image_id = here.create()["id"]
    said = wish(other.create()["id"])
    del said[missing]

    answer = ask(here, image_id, said)

    assert answer.status_code == 400
    assert missing in answer.text
    assert here.status_of(image_id) == "queued"


def test_without_keystone_there_are_no_regions(make_server):
    server = make_server({"DEFAULT": {"enabled_import_methods": "[glance-download]"}}).start()
    image_id = server.create()["id"]

    assert ask(server, image_id, wish(image_id)).status_code == 400

    assert server.status_of(image_id) == "queued"
