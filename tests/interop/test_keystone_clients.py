"""Sessions of people whom a real Keystone knows, with OpenStack's own clients; and what becomes of tokens."""

import json
import time

import pytest

from support import clients
from support.server import wait_until

pytestmark = pytest.mark.timeout(600)  # each command takes seconds to begin

KIND = ["--disk-format", "raw", "--container-format", "bare"]
DATA = b"data of the image\n"


def settings(keystone, **authtoken):
    """A service that asks this Keystone who is calling."""
    return {"paste_deploy": {"flavor": "keystone"}, "keystone_authtoken": keystone.authtoken() | authtoken,
            "DEFAULT": {"enforce_secure_rbac": True},
            "oslo_policy": {"enforce_new_defaults": True, "enforce_scope": True}}


@pytest.fixture
def serve(keystone, make_server):
    """Starts a server behind Keystone, and has the catalog say where it is."""

    def start(**authtoken):
        server = make_server(settings(keystone, **authtoken)).start()
        keystone.publish("image", server.url(""))
        return server

    return start


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.raw"
    path.write_bytes(DATA)
    return path


def ask(server, token, path="/v2/images"):
    return server.get(path, headers={"X-Auth-Token": token} if token else {})


def status(server, token):
    return ask(server, token).status_code


def refused(client, *words):
    """What a client says of a command that is refused."""
    result = client.attempt(*words)
    assert result.returncode != 0, result.stdout
    return result.stderr + result.stdout


# People.

def test_glance_for_a_member_a_reader_and_a_stranger(serve, keystone, data, tmp_path):
    serve()
    member, reader, stranger, admin = (clients.glance_as(user, keystone, tmp_path) for user in (
        "demo", "demo_reader", "alt_demo", "admin"))
    copy = tmp_path / "copy"

    image = clients.table(member("image-create", "--name", "mine", *KIND, "--visibility", "private", "--file", data))
    image_id = image["id"]
    assert image["owner"] == keystone.ids["projects"]["demo"]
    member("image-update", image_id, "--property", "colour=red")
    member("image-tag-update", image_id, "tag")
    member("image-download", image_id, "--file", copy)
    assert copy.read_bytes() == DATA

    assert clients.table(reader("image-list"))[image_id] == "mine"
    assert clients.table(reader("image-show", image_id))["colour"] == "red"
    assert "403" in refused(reader, "image-download", image_id, "--file", tmp_path / "none")
    assert "403" in refused(reader, "image-update", image_id, "--name", "theirs")
    assert "403" in refused(reader, "image-create", "--name", "more", *KIND)
    refused(reader, "image-delete", image_id)

    assert image_id not in stranger("image-list")
    assert "404" in refused(stranger, "image-show", image_id)
    refused(stranger, "image-delete", image_id)
    assert "403" in refused(member, "image-update", image_id, "--visibility", "public")

    admin("image-update", image_id, "--visibility", "public")
    stranger("image-download", image_id, "--file", copy)
    assert "403" in refused(stranger, "image-update", image_id, "--name", "theirs")

    assert clients.table(member("image-show", image_id))["name"] == "mine"
    member("image-delete", image_id)
    assert "404" in refused(admin, "image-show", image_id)


def test_glance_shares_an_image_with_another_project(serve, keystone, data, tmp_path):
    serve()
    owner, friend = (clients.glance_as(user, keystone, tmp_path) for user in ("demo", "alt_demo"))
    project = keystone.ids["projects"]["alt_demo"]
    image_id = clients.table(owner("image-create", "--name", "ours", *KIND, "--visibility", "shared", "--file",
                                   data))["id"]
    assert "404" in refused(friend, "image-show", image_id)

    owner("member-create", image_id, project)
    assert image_id not in friend("image-list")
    assert "403" in refused(owner, "member-update", image_id, project, "accepted")
    friend("member-update", image_id, project, "accepted")

    assert image_id in friend("image-list")
    friend("image-download", image_id, "--file", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == DATA
    owner("member-delete", image_id, project)
    assert "404" in refused(friend, "image-show", image_id)


def test_openstack_for_a_member_a_reader_and_an_administrator(serve, keystone, data, tmp_path):
    serve()
    member, reader, admin = (clients.openstack_as(user, keystone, tmp_path) for user in (
        "demo", "demo_reader", "admin"))

    image = json.loads(member("image", "create", *KIND, "--private", "--file", data, "-f", "json", "mine"))
    assert image["owner"] == keystone.ids["projects"]["demo"]
    member("image", "set", "--property", "os_distro=none", "mine")
    member("image", "save", "--file", tmp_path / "copy", "mine")
    assert (tmp_path / "copy").read_bytes() == DATA

    assert json.loads(reader("image", "show", "-f", "json", "mine"))["properties"]["os_distro"] == "none"
    assert "403" in refused(reader, "image", "set", "--name", "theirs", "mine")
    assert "403" in refused(reader, "image", "create", *KIND, "more")

    assert [found["Name"] for found in json.loads(admin("image", "list", "-f", "json"))] == ["mine"]
    admin("image", "set", "--public", "mine")
    admin("image", "set", "--deactivate", "mine")
    refused(member, "image", "save", "--file", tmp_path / "none", "mine")
    admin("image", "set", "--activate", "mine")
    member("image", "delete", "mine")
    assert json.loads(admin("image", "list", "-f", "json")) == []


# Tokens.

def test_nobody_gets_in_without_a_token(serve):
    server = serve()
    forged = {"X-Identity-Status": "Confirmed", "X-Roles": "admin", "X-Project-Id": "p", "X-User-Id": "u"}

    for headers in ({}, {"X-Auth-Token": "nonsense"}, {"X-Auth-Token": ""}, {"X-Auth-Token": "x" * 9000}, forged,
                    forged | {"X-Auth-Token": "nonsense"}):
        answer = server.get("/v2/images", headers=headers)
        assert answer.status_code == 401
        assert "Keystone uri=" in answer.headers["WWW-Authenticate"]


def test_forged_identity_beside_a_token_counts_for_nothing(serve, keystone):
    server = serve()

    answer = server.request("POST", "/v2/images", json={"visibility": "public"}, headers={
        "X-Auth-Token": keystone.token("demo"), "X-Roles": "admin", "X-Is-Admin-Project": "True",
        "X-Project-Id": keystone.ids["projects"]["admin"]})

    assert answer.status_code == 403


def test_a_token_that_is_revoked_is_refused_once_it_is_no_longer_remembered(serve, keystone):
    server = serve(token_cache_time=1)
    token = keystone.token("demo")
    assert status(server, token) == 200

    keystone.revoke(token)

    wait_until(lambda: status(server, token) == 401, "the token to be refused")
    assert status(server, keystone.token("demo")) == 200


def test_a_token_that_is_remembered_expires_all_the_same(serve, keystone):
    server = serve(token_cache_time=3600)
    keystone.stop()
    try:
        keystone.start(token_life=10)
        token = keystone.token("demo")
        made = time.monotonic()
        assert status(server, token) == 200
        wait_until(lambda: status(server, token) == 401, "the token to expire")
        assert time.monotonic() - made < 25
    finally:
        keystone.stop()
        keystone.start(token_life=86400)


def test_an_application_credential_reaches_what_its_rules_name(serve, keystone):
    server = serve()
    user = keystone.ids["users"]["demo"]

    def token(name, **more):
        answer = keystone.session.post(
            f"{keystone.url}/users/{user}/application_credentials", timeout=60,
            headers={"X-Auth-Token": keystone.token("demo")}, json={"application_credential": {"name": name} | more})
        assert answer.status_code == 201, answer.text
        made = answer.json()["application_credential"]
        return keystone.authenticate({"identity": {
            "methods": ["application_credential"],
            "application_credential": {"id": made["id"], "secret": made["secret"]}}})

    rule = {"service": "image", "method": "GET", "path": "/v2/images"}
    assert status(server, token("everything")) == 200
    bound = token("bound", access_rules=[rule])
    assert ask(server, bound).status_code == 200
    assert ask(server, bound, "/v2/schemas/image").status_code == 401
    assert status(server, token("elsewhere", access_rules=[rule | {"service": "volumev3"}])) == 401


def test_a_token_for_the_whole_system_is_none_of_a_project(serve, keystone):
    server = serve()

    assert status(server, keystone.token("glance", "system")) == 403


# Keystone.

def test_without_keystone_who_is_known_is_served_and_nobody_else_is_turned_away_for_good(serve, keystone):
    server = serve()
    known, unknown = keystone.token("demo"), keystone.token("demo_reader")
    assert status(server, known) == 200
    keystone.kill()
    try:
        assert status(server, known) == 200
        assert status(server, unknown) == 503
        assert status(server, None) == 401
    finally:
        keystone.start()

    wait_until(lambda: status(server, unknown) == 200, "the service to find Keystone again")
    assert status(server, "nonsense") == 401
