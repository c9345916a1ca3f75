"""The Keystone of the tests itself: what other tests expect of it."""

import time

import pytest
import requests

from services.keystone import SYSTEM, USERS
from support.server import wait_until


def validate(keystone, token):
    """What Keystone tells a service about a token: the status, and the token's document if there is one."""
    answer = requests.get(f"{keystone.url}/auth/tokens", timeout=60, headers={
        "X-Auth-Token": keystone.token("glance"), "X-Subject-Token": token})
    return answer.status_code, answer.json().get("token")


@pytest.mark.parametrize("user", USERS)
def test_users_get_tokens_for_their_project(keystone, user):
    project, roles = USERS[user]

    status, token = validate(keystone, keystone.token(user))

    assert (status, token["project"]["name"]) == (200, project)
    assert {role["name"] for role in token["roles"]} >= set(roles)


def test_the_catalog_names_the_image_service(keystone):
    keystone.publish("image", "http://127.0.0.1:1")
    keystone.publish("image", "http://127.0.0.1:2")

    _, token = validate(keystone, keystone.token("demo"))

    images = [service for service in token["catalog"] if service["type"] == "image"]
    assert [{endpoint["url"] for endpoint in service["endpoints"]} for service in images] == [{"http://127.0.0.1:2"}]


def test_a_service_may_read_limits(keystone):
    token = keystone.token("glance", SYSTEM)

    answer = requests.get(f"{keystone.url}/registered_limits", headers={"X-Auth-Token": token}, timeout=60)

    limits = {limit["resource_name"]: limit["default_limit"] for limit in answer.json()["registered_limits"]}
    assert limits["image_count_total"] == 100


def test_a_revoked_token_is_none(keystone):
    token = keystone.token("demo")

    keystone.revoke(token)

    assert validate(keystone, token) == (404, None)


def test_tokens_outlive_its_death_and_new_ones_may_be_short(keystone):
    long = keystone.token("demo")
    keystone.kill()
    with pytest.raises(requests.ConnectionError):
        keystone.token("demo")
    try:
        keystone.start(token_life=2)
        short = keystone.token("demo")
        made = time.monotonic()
        assert validate(keystone, long)[0] == 200
        wait_until(lambda: validate(keystone, short)[0] == 404, "the token to expire")
        assert time.monotonic() - made < 20
    finally:
        keystone.stop()
        keystone.start(token_life=86400)
