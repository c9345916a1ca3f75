"""A node of ours beside one of Debian's Glance, on one database and the same stores, each with a staging directory of
its own: whichever is asked, the one that holds the data does the work, as the same caller that Keystone knows."""

import os

import pytest

from support.debian_glance import DebianGlance
from support.imports import wait_for_end
from support.nodes import Nodes, staged_files
from support.server import Server

DATA = os.urandom(1 << 20)


class Caller:
    """Talks to a node with somebody's token."""

    def __init__(self, server, token):
        self.server = server
        self.headers = {"X-Auth-Token": token}

    def request(self, method, path, **options):
        headers = self.headers | (options.pop("headers", None) or {})
        return self.server.request(method, path, headers=headers, **options)

    def get(self, path):
        return self.request("GET", path)

    def rows(self, *query):
        return self.server.rows(*query)

    def staged(self):
        """A new image whose data waits on this node."""
        image = self.request("POST", "/v2/images", json={"disk_format": "raw", "container_format": "bare"}).json()
        answer = self.request("PUT", f"/v2/images/{image['id']}/stage", data=DATA,
                              headers={"Content-Type": "application/octet-stream"})
        assert answer.status_code == 204, answer.text
        assert staged_files(self.server) == [image["id"]]
        return image["id"]

    def ask_for_import(self, image_id, **fields):
        return self.request("POST", f"/v2/images/{image_id}/import",
                            json={"method": {"name": "glance-direct"}} | fields)


@pytest.fixture(scope="module", name="nodes")
def nodes_fixture(tmp_path_factory, keystone):
    running = Nodes(tmp_path_factory.mktemp("nodes"), (Server, DebianGlance), {
        "DEFAULT": {"enabled_import_methods": "[glance-direct]"}, "paste_deploy": {"flavor": "keystone"},
        "keystone_authtoken": keystone.authtoken()}).start()
    yield running
    running.stop()


@pytest.fixture(name="ours")
def ours_fixture(nodes, keystone):
    return Caller(nodes.all[0], keystone.token("demo"))


@pytest.fixture(name="glance")
def glance_fixture(nodes, keystone):
    return Caller(nodes.all[1], keystone.token("demo"))


def assert_imported(holder, asked, image_id):
    answer = asked.ask_for_import(image_id, stores=["cheap"])

    assert answer.status_code == 202, answer.text
    assert wait_for_end(asked, image_id)["status"] == "success"
    assert asked.get(f"/v2/images/{image_id}/file").content == DATA
    assert holder.get(f"/v2/images/{image_id}").json()["stores"] == "cheap"
    assert staged_files(holder.server) == []
    assert answer.headers["x-openstack-request-id"] == tasks_request_id(asked, image_id)


def tasks_request_id(caller, image_id):
    return caller.rows("SELECT request_id FROM tasks WHERE image_id = ?", image_id)[0][0]


def test_glance_lets_us_import_what_we_hold(ours, glance):
    assert_imported(ours, glance, ours.staged())


def test_we_let_glance_import_what_it_holds(ours, glance):
    assert_imported(glance, ours, glance.staged())


def test_glance_lets_us_delete_what_we_hold(ours, glance):
    image_id = ours.staged()

    assert glance.request("DELETE", f"/v2/images/{image_id}").status_code == 204

    assert staged_files(ours.server) == []
    assert ours.get(f"/v2/images/{image_id}").status_code == 404


def test_we_let_glance_delete_what_it_holds(ours, glance):
    image_id = glance.staged()

    assert ours.request("DELETE", f"/v2/images/{image_id}").status_code == 204

    assert staged_files(glance.server) == []
    assert glance.get(f"/v2/images/{image_id}").status_code == 404


def test_what_glance_refuses_we_refuse(ours, glance):
    image_id = glance.staged()

    answer = ours.ask_for_import(image_id, stores=["none"])

    assert answer.status_code == 409
    assert ours.get(f"/v2/images/{image_id}").json()["status"] == "uploading"
    assert ours.request("DELETE", f"/v2/images/{image_id}").status_code == 204


def test_without_glance_the_image_can_be_deleted(nodes, ours, glance):
    image_id = glance.staged()
    nodes.all[1].kill()

    assert ours.ask_for_import(image_id).status_code == 504
    assert ours.request("DELETE", f"/v2/images/{image_id}").status_code == 204

    nodes.all[1].start()
