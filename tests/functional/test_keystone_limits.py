"""The limits that Keystone keeps for projects, with a Keystone of our own."""

import concurrent.futures

import pytest

from support.fake_keystone import FakeKeystone
from support.imports import FINAL
from support.origin import ADMITTED, Origin
from support.server import wait_until

MIB = 1024 * 1024
OCTETS = {"Content-Type": "application/octet-stream"}


@pytest.fixture(name="identity")
def fixture_identity():
    with FakeKeystone() as keystone:
        keystone.registered_limits = {"image_size_total": 10, "image_stage_total": 20, "image_count_total": 30,
                                      "image_count_uploading": 40}
        yield keystone


@pytest.fixture(name="limited")
def fixture_limited(make_server, identity):
    return make_server(settings(identity)).start()


def settings(identity, **more):
    return {"DEFAULT": {"use_keystone_limits": True} | more, "paste_deploy": {"flavor": "keystone"},
            "keystone_authtoken": identity.authtoken(), "oslo_limit": identity.oslo_limit()}


def ask(server, token, method="GET", path="/v2/images", **options):
    headers = options.pop("headers", {}) | {"X-Auth-Token": token}
    return server.request(method, path, headers=headers, **options)


def create(server, token):
    return ask(server, token, "POST", json={"disk_format": "raw", "container_format": "bare"})


def upload(server, token, data, image_id=None):
    image_id = image_id or create(server, token).json()["id"]
    return image_id, ask(server, token, "PUT", f"/v2/images/{image_id}/file", data=data, headers=OCTETS)


def status_of(server, token, image_id):
    return ask(server, token, path=f"/v2/images/{image_id}").json()["status"]


def test_a_project_makes_as_many_images_as_it_may(limited, identity):
    identity.project_limits["ann-project"] = {"image_count_total": 2}
    ann, bob = identity.give("ann"), identity.give("bob")
    made = [create(limited, ann) for _ in range(2)]

    refused = create(limited, ann)

    assert [answer.status_code for answer in made] == [201, 201]
    assert refused.status_code == 413
    assert ("Project ann-project is over a limit for [Resource image_count_total is over limit of 2 due to current "
            "usage 2 and delta 1]") in refused.text
    assert create(limited, bob).status_code == 201
    ask(limited, ann, "DELETE", f"/v2/images/{made[0].json()['id']}")
    assert create(limited, ann).status_code == 201


@pytest.mark.parametrize("is_announced", [True, False])
def test_data_beyond_the_limit_is_refused_without_a_trace(limited, identity, is_announced):
    identity.project_limits["ann-project"] = {"image_size_total": 1}
    ann = identity.give("ann")
    data = b"x" * 2 * MIB

    image_id, refused = upload(limited, ann, data if is_announced else iter([data[:MIB], data[MIB:]]))

    assert refused.status_code == 413
    assert "image_size_total is over limit of 1 due to current usage 0" in refused.text
    assert status_of(limited, ann, image_id) == "queued"
    limited.assert_nothing_left_of(image_id)
    assert upload(limited, ann, data[:-1], image_id)[1].status_code == 204, "that is not yet 2 MiB"


def test_where_no_upload_may_be_under_way_there_is_none(limited, identity):
    identity.project_limits["ann-project"] = {"image_count_uploading": 0}
    ann = identity.give("ann")

    image_id, refused = upload(limited, ann, b"x")

    assert refused.status_code == 413
    assert "image_count_uploading" in refused.text
    assert status_of(limited, ann, image_id) == "queued"
    limited.assert_nothing_left_of(image_id)


def test_usage_shows_each_limit_and_what_counts(limited, identity):
    identity.project_limits["ann-project"] = {"image_count_total": 7}
    ann = identity.give("ann")
    upload(limited, ann, b"x" * (2 * MIB + 5))
    create(limited, ann)

    assert ask(limited, ann, path="/v2/info/usage").json() == {"usage": {
        "image_size_total": {"usage": 2, "limit": 10}, "image_stage_total": {"usage": 0, "limit": 20},
        "image_count_total": {"usage": 2, "limit": 7}, "image_count_uploading": {"usage": 0, "limit": 40}}}


def test_however_many_come_at_once_no_limit_is_exceeded(limited, identity):
    identity.project_limits["ann-project"] = {"image_count_total": 5, "image_size_total": 3}
    ann = identity.give("ann")

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        made = list(pool.map(lambda _: create(limited, ann), range(12)))
        images = [answer.json()["id"] for answer in made if answer.status_code == 201]
        sent = list(pool.map(lambda image_id: upload(limited, ann, b"x" * MIB, image_id)[1].status_code, images))

    assert sorted(answer.status_code for answer in made) == [201] * 5 + [413] * 7
    assert sorted(sent) == [204] * 3 + [413] * 2
    assert len(limited.stored_files()) == 3
    assert limited.journal() == []


@pytest.mark.parametrize("is_known", [True, False])
def test_what_a_download_stages_for_plugins_counts(make_server, identity, is_known):
    identity.project_limits["ann-project"] = {"image_stage_total": 1}
    more = {"image_import_opts": {"image_import_plugins": "[image_decompression]"}}
    server = make_server(settings(identity, enabled_import_methods="[web-download]") | ADMITTED | more).start()
    ann = identity.give("ann")
    with Origin() as origin:
        if not is_known:
            origin.without_length.add("/large")
        ends = {size: imported_by(server, ann, origin.put(path, b"x" * size))
                for path, size in (("/large", 3 * MIB), ("/small", MIB))}

    assert {size: task["status"] for size, (_, task) in ends.items()} == {3 * MIB: "failure", MIB: "success"}
    large, task = ends[3 * MIB]
    assert "image_stage_total is over limit of 1" in task["message"]
    assert status_of(server, ann, large) == "queued"
    assert server.journal() == []


def imported_by(server, token, uri):
    """A new image and the task that has brought its data from there, or has failed to."""
    image_id = create(server, token).json()["id"]
    wish = {"method": {"name": "web-download", "uri": uri}}
    assert ask(server, token, "POST", f"/v2/images/{image_id}/import", json=wish).status_code == 202

    def ended():
        tasks = ask(server, token, path=f"/v2/images/{image_id}/tasks").json()["tasks"]
        return tasks[-1] if tasks[-1]["status"] in FINAL else None
    return image_id, wait_until(ended, "the import to end")


@pytest.mark.parametrize("failure", [500, 403])
def test_while_keystone_does_not_say_nothing_comes_in(make_server, identity, failure):
    # Nobody is identified here, so that only the limits need Keystone.
    server = make_server(settings(identity) | {"paste_deploy": {}}).start()
    image_id = server.create()["id"]
    identity.failure = failure
    server.restart()

    answers = [server.request("POST", "/v2/images", json={}), server.upload(image_id, b"x"),
               server.get("/v2/info/usage")]

    assert [answer.status_code for answer in answers] == [503] * 3
    assert len(server.get("/v2/images").json()["images"]) == 1
    assert server.status_of(image_id) == "queued"
    server.assert_nothing_left_of(image_id)
    identity.failure = None
    assert server.upload(image_id, b"x").status_code == 204
    assert "secret-of-glance" not in server.log_text()


def test_the_storage_quota_counts_no_more_and_a_warning_says_so(make_server, identity):
    server = make_server(settings(identity, user_storage_quota="1B")).start()

    assert upload(server, identity.give("ann"), b"xx")[1].status_code == 204
    assert "user_storage_quota has no effect" in server.log_text()


@pytest.mark.parametrize("missing", ["endpoint_id", "auth_url", "password"])
def test_an_incomplete_section_is_refused_with_what_is_missing(make_server, identity, missing):
    server = make_server(settings(identity) | {
        "oslo_limit": {name: value for name, value in identity.oslo_limit().items() if name != missing}}).sync()
    server.launch()

    assert server.wait() != 0
    assert f"[oslo_limit] {missing}: is not set" in server.log_text()
