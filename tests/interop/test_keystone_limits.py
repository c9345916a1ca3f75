"""Limits that a real Keystone keeps."""

import contextlib

from services.keystone import PASSWORD, REGION

MIB = 1024 * 1024


def settings(keystone, **oslo_limit):
    return {"paste_deploy": {"flavor": "keystone"}, "keystone_authtoken": keystone.authtoken(),
            "DEFAULT": {"use_keystone_limits": True},
            "oslo_limit": {"auth_url": keystone.url, "auth_type": "password", "username": "glance",
                           "password": PASSWORD, "user_domain_id": "default", "system_scope": "all"} | oslo_limit}


@contextlib.contextmanager
def limits_of(keystone, project, **limits):
    """The project has limits of its own for a while."""
    made = keystone.call("POST", "/limits", {"limits": [
        {"service_id": keystone.ids["services"]["image"], "region_id": REGION, "resource_name": name,
         "project_id": keystone.ids["projects"][project], "resource_limit": limit}
        for name, limit in limits.items()]}).json()["limits"]
    try:
        yield
    finally:
        for limit in made:
            keystone.call("DELETE", f"/limits/{limit['id']}")


def ask(server, token, method, path, **options):
    headers = options.pop("headers", {}) | {"X-Auth-Token": token}
    return server.request(method, path, headers=headers, **options)


def create(server, token):
    return ask(server, token, "POST", "/v2/images", json={"disk_format": "raw", "container_format": "bare"})


def upload(server, token, size):
    path = f"/v2/images/{create(server, token).json()['id']}/file"
    return ask(server, token, "PUT", path, data=b"x" * size, headers={"Content-Type": "application/octet-stream"})


def test_projects_have_the_limits_that_keystone_says(keystone, make_server):
    server = make_server(settings(keystone, endpoint_id=keystone.ids["endpoints"]["image"]["public"])).start()
    demo, other = keystone.token("demo"), keystone.token("alt_demo")

    with limits_of(keystone, "demo", image_count_total=2, image_size_total=1):
        assert upload(server, demo, 2 * MIB).status_code == 413
        assert upload(server, demo, MIB).status_code == 204
        assert create(server, demo).status_code == 413
        usage = ask(server, demo, "GET", "/v2/info/usage").json()["usage"]
        assert upload(server, other, 2 * MIB).status_code == 204

    assert usage == {"image_size_total": {"usage": 1, "limit": 1}, "image_stage_total": {"usage": 0, "limit": 1000},
                     "image_count_total": {"usage": 2, "limit": 2},
                     "image_count_uploading": {"usage": 0, "limit": 100}}


def test_the_endpoint_is_found_by_its_service(keystone, make_server):
    server = make_server(settings(keystone, endpoint_service_type="image", endpoint_region_name=REGION)).start()

    usage = ask(server, keystone.token("demo"), "GET", "/v2/info/usage").json()["usage"]

    assert usage["image_count_total"] == {"usage": 0, "limit": 100}
