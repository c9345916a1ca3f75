"""Images in the Swift accounts of their projects, with a real Swift and a real Keystone."""

import os

import pytest
import requests

from services.keystone import PASSWORD, Keystone
from services.swift import Swift
from support.server import run, wait_until
from support.stores import Stores, execute

MIB = 1 << 20
SMALL = os.urandom(MIB + 1)
LARGE = os.urandom(13 * MIB + 1)  # three segments


class Cloud:
    """A server whose default store `cloud` is in the accounts of projects, and who may do what in Swift itself."""

    def __init__(self, keystone, swift, server):
        self.keystone = keystone
        self.swift = swift
        self.server = server
        self.tokens = {}

    def token(self, user):
        if user not in self.tokens:
            self.tokens[user] = self.keystone.token(user)
        return self.tokens[user]

    def ask(self, user, method, path, **options):
        headers = {"X-Auth-Token": self.token(user)} | options.pop("headers", {})
        return self.server.request(method, path, headers=headers, **options)

    def image(self, user, data, visibility="shared"):
        """Stores an image and returns its id."""
        answer = self.ask(user, "POST", "/v2/images", json={"disk_format": "raw", "container_format": "bare",
                                                            "visibility": visibility})
        assert answer.status_code == 201, answer.text
        image_id = answer.json()["id"]
        answer = self.upload(user, image_id, data)
        assert answer.status_code == 204, answer.text
        return image_id

    def upload(self, user, image_id, data):
        return self.ask(user, "PUT", f"/v2/images/{image_id}/file", data=data,
                        headers={"Content-Type": "application/octet-stream"})

    def read(self, user, image_id):
        return self.ask(user, "GET", f"/v2/images/{image_id}/file")

    def share(self, image_id, user, with_user):
        """With the user's project, which wants it."""
        project = self.keystone.ids["projects"][with_user]
        answer = self.ask(user, "POST", f"/v2/images/{image_id}/members", json={"member": project})
        assert answer.status_code == 200, answer.text
        answer = self.ask(with_user, "PUT", f"/v2/images/{image_id}/members/{project}", json={"status": "accepted"})
        assert answer.status_code == 200, answer.text

    def account(self, user):
        """The URL of the account of the user's project."""
        return f"{self.swift.keystone_url}/v1/AUTH_{self.keystone.ids['projects'][user]}"

    def in_swift(self, user, path, method="GET", account=None):
        """What Swift itself says to this user."""
        return requests.request(method, f"{self.account(account or user)}{path}", timeout=60,
                                headers={"X-Auth-Token": self.token(user)})

    def containers(self, user, image_id):
        return [name for name in self.in_swift(user, "").text.split() if image_id in name]

    def location(self, image_id):
        return self.server.rows("SELECT value FROM image_locations WHERE image_id = ? AND deleted = 0", image_id)[0][0]


@pytest.fixture(scope="module", name="services")
def services_fixture(tmp_path_factory):
    home = tmp_path_factory.mktemp("swift")
    keystone = Keystone(home / "keystone").start()
    try:
        swift = Swift(home / "swift", keystone)
        try:
            yield keystone, swift.start()
        finally:
            swift.stop()
    finally:
        keystone.stop()


@pytest.fixture(name="cloud")
def cloud_fixture(services, make_server, tmp_path):
    keystone, swift = services
    settings = Stores(tmp_path / "stores", ["disk"]).settings()
    settings["DEFAULT"]["enabled_backends"] = "cloud:swift, disk:file"
    settings["glance_store"]["default_backend"] = "cloud"
    settings["paste_deploy"] = {"flavor": "keystone"}
    settings["keystone_authtoken"] = keystone.authtoken()
    settings["cloud"] = {"swift_store_multi_tenant": "true", "swift_store_auth_address": keystone.url,
                         "swift_store_user": "service:glance", "swift_store_key": PASSWORD,
                         "swift_store_admin_tenants": keystone.ids["projects"]["service"],
                         "swift_store_large_object_size": 5, "swift_store_large_object_chunk_size": 5}
    return Cloud(keystone, swift, make_server(settings).start())


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_an_image_lies_in_the_account_of_its_project(cloud, data):
    image_id = cloud.image("demo", data)

    assert cloud.location(image_id) == (f"{cloud.account('demo').replace('http:', 'swift+http:')}/glance_{image_id}/"
                                        f"{image_id}")
    assert cloud.in_swift("demo", f"/glance_{image_id}/{image_id}").content == data
    assert cloud.read("demo", image_id).content == data
    assert cloud.ask("demo", "DELETE", f"/v2/images/{image_id}").status_code == 204
    wait_until(lambda: cloud.containers("demo", image_id) == [], "the container to be removed")


def test_only_members_read_a_shared_image(cloud):
    image_id = cloud.image("demo", SMALL)
    path = f"/glance_{image_id}/{image_id}"
    assert cloud.in_swift("alt_demo", path, account="demo").status_code == 403

    cloud.share(image_id, "demo", "alt_demo")

    assert cloud.in_swift("alt_demo", path, account="demo").content == SMALL
    assert cloud.read("alt_demo", image_id).content == SMALL
    project = cloud.keystone.ids["projects"]["alt_demo"]
    assert cloud.ask("demo", "DELETE", f"/v2/images/{image_id}/members/{project}").status_code == 204
    assert cloud.in_swift("alt_demo", path, account="demo").status_code == 403


def test_everybody_reads_what_is_for_the_community_while_it_is(cloud):
    image_id = cloud.image("demo", SMALL, visibility="community")
    assert cloud.read("alt_demo", image_id).content == SMALL

    answer = cloud.ask("demo", "PATCH", f"/v2/images/{image_id}",
                       json=[{"op": "replace", "path": "/visibility", "value": "private"}],
                       headers={"Content-Type": "application/openstack-images-v2.1-json-patch"})

    assert answer.status_code == 200, answer.text
    path = f"/glance_{image_id}/{image_id}"
    assert cloud.in_swift("alt_demo", path, account="demo").status_code == 403
    assert cloud.in_swift("demo", path).content == SMALL


def test_a_failed_upload_leaves_no_container(cloud):
    answer = cloud.ask("demo", "POST", "/v2/images", json={"disk_format": "raw", "container_format": "bare"})
    image_id = answer.json()["id"]

    def pieces():
        yield LARGE[:9 * MIB]
        raise ConnectionError

    with pytest.raises(OSError):
        cloud.upload("demo", image_id, pieces())

    wait_until(lambda: cloud.containers("demo", image_id) == [], "the container to be removed")


def test_an_upload_goes_on_when_its_token_has_ended(cloud):
    """Keystone lets the service act for the caller, as long as the upload needs it."""
    answer = cloud.ask("demo", "POST", "/v2/images", json={"disk_format": "raw", "container_format": "bare",
                                                           "visibility": "community"})
    image_id = answer.json()["id"]

    def pieces():
        yield LARGE[:9 * MIB]
        wait_until(lambda: trusts(cloud), "the caller to trust the service")
        cloud.keystone.revoke(cloud.tokens["demo"])
        yield LARGE[9 * MIB:]

    answer = cloud.upload("demo", image_id, pieces())

    assert answer.status_code == 204, answer.text
    del cloud.tokens["demo"]
    assert cloud.read("demo", image_id).content == LARGE
    assert cloud.read("alt_demo", image_id).content == LARGE
    wait_until(lambda: trusts(cloud) == [], "the trust to be taken back")


def trusts(cloud):
    return cloud.keystone.call("GET", "/OS-TRUST/trusts").json()["trusts"]


def test_no_token_goes_to_a_server_that_a_location_names(cloud, services, make_server):
    """Whoever may write locations could otherwise collect the tokens of those who read."""
    image_id = cloud.image("demo", SMALL)
    stranger = make_server({}).start()
    there = cloud.location(image_id).replace(f"127.0.0.1:{cloud.swift.ports['proxy-keystone']}",
                                             f"127.0.0.1:{stranger.port}")
    execute(cloud.server, "UPDATE image_locations SET value = ? WHERE image_id = ?", there, image_id)

    assert cloud.read("demo", image_id).status_code >= 400
    assert cloud.token("demo") not in cloud.server.log_text()


def test_the_operators_command_says_that_the_store_needs_a_token(cloud):
    result = run("store", "check", "cloud", "--config-file", cloud.server.config)

    assert result.returncode != 0
    assert "token" in result.stdout + result.stderr
