"""PATCH of an image, in both of its dialects."""

import json

import pytest

V21 = "application/openstack-images-v2.1-json-patch"
V20 = "application/openstack-images-v2.0-json-patch"


def patch(server, image_id, changes, media_type=V21):
    data = changes if isinstance(changes, bytes) else json.dumps(changes).encode()
    return server.request("PATCH", f"/v2/images/{image_id}", data=data, headers={"Content-Type": media_type})


@pytest.fixture
def image(server):
    """An image with one custom property."""
    return server.create(name="before", colour="red")


def test_changes_base_and_custom_properties_at_once(server, image):
    answer = patch(server, image["id"], [
        {"op": "replace", "path": "/name", "value": "after"},
        {"op": "replace", "path": "/colour", "value": "blue"},
        {"op": "add", "path": "/shape", "value": "round"},
        {"op": "replace", "path": "/tags", "value": ["a", "b"]},
        {"op": "add", "path": "/min_ram", "value": 512}])

    assert answer.status_code == 200
    assert answer.json() == server.show(image["id"])
    changed = answer.json()
    assert (changed["name"], changed["colour"], changed["shape"], changed["min_ram"]) == ("after", "blue", "round", 512)
    assert sorted(changed["tags"]) == ["a", "b"]


def test_removes_a_custom_property(server, image):
    answer = patch(server, image["id"], [{"op": "remove", "path": "/colour"}])

    assert answer.status_code == 200
    assert "colour" not in answer.json()


def test_a_removed_property_can_come_back(server, image):
    patch(server, image["id"], [{"op": "remove", "path": "/colour"}])

    answer = patch(server, image["id"], [{"op": "add", "path": "/colour", "value": "green"}])

    assert answer.json()["colour"] == "green"


def test_the_old_dialect_works(server, image):
    answer = patch(server, image["id"], [{"replace": "/name", "value": "old style"}, {"add": "/shape", "value": "x"},
                                         {"remove": "/colour"}], V20)

    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["shape"]) == ("old style", "x")
    assert "colour" not in answer.json()


def test_add_of_what_exists_overwrites_in_the_new_dialect_only(server, image):
    assert patch(server, image["id"], [{"op": "add", "path": "/colour", "value": "blue"}]).status_code == 200
    assert patch(server, image["id"], [{"add": "/colour", "value": "black"}], V20).status_code == 409
    assert server.show(image["id"])["colour"] == "blue"


def test_pointers_are_unescaped(server, image):
    answer = patch(server, image["id"], [{"op": "add", "path": "/a~1b~0c", "value": "x"}])

    assert answer.json()["a/b~c"] == "x"


def test_the_media_type_may_have_parameters(server, image):
    assert patch(server, image["id"], [], V21 + "; charset=utf-8").status_code == 200


def test_an_empty_list_changes_nothing(server, image):
    answer = patch(server, image["id"], [])

    assert answer.status_code == 200
    assert answer.json() == image


@pytest.mark.parametrize("media_type", ["application/json", "application/json-patch+json", "text/plain", None])
def test_other_media_types_are_refused(server, image, media_type):
    answer = server.request("PATCH", f"/v2/images/{image['id']}", data=b"[]",
                            headers={"Content-Type": media_type} if media_type else {})

    assert answer.status_code == 415
    assert answer.headers["Accept-Patch"] == f"{V20}, {V21}"


@pytest.mark.parametrize("changes", [
    b"[", b"{}", b'"x"', b"", b"[1]", [{"op": "replace", "path": "/name"}], [{"op": "replace", "value": "x"}],
    [{"path": "/name", "value": "x"}], [{"op": "move", "from": "/name", "path": "/x"}],
    [{"op": "test", "path": "/name", "value": "before"}], [{"op": "copy", "from": "/name", "path": "/x"}],
    [{"op": "replace", "path": "name", "value": "x"}], [{"op": "add", "path": "/a//b", "value": "x"}],
    [{"op": "add", "path": "/a/", "value": "x"}], [{"op": "add", "path": "/a~2", "value": "x"}],
    [{"op": "add", "path": "/tags/-", "value": "x"}], [{"op": "replace", "path": "/name", "value": 1}],
    [{"op": "replace", "path": "/min_ram", "value": -1}], [{"op": "add", "path": "/custom", "value": 1}],
    [{"op": "replace", "path": "/visibility", "value": "secret"}], [{"op": "add", "path": 5, "value": "x"}]])
def test_a_malformed_patch_is_refused(server, image, changes):
    assert patch(server, image["id"], changes).status_code == 400
    assert server.show(image["id"]) == image


@pytest.mark.parametrize("changes", [
    [{"add": "/x", "replace": "/y", "value": "z"}], [{"value": "z"}], [{"op": "add", "path": "/x", "value": "z"}]])
def test_a_malformed_patch_of_the_old_dialect_is_refused(server, image, changes):
    assert patch(server, image["id"], changes, V20).status_code == 400


@pytest.mark.parametrize("key", [
    "status", "checksum", "size", "virtual_size", "created_at", "updated_at", "id", "os_hash_algo", "os_hash_value",
    "self", "file", "schema", "direct_url", "location", "deleted", "deleted_at", "os_glance_x"])
def test_what_the_service_decides_cannot_be_changed(server, image, key):
    value = 1 if key in ("size", "virtual_size") else "active"

    answer = patch(server, image["id"], [{"op": "replace", "path": f"/{key}", "value": value}])

    assert answer.status_code == 403
    assert server.show(image["id"]) == image


def test_a_base_property_is_not_removed(server, image):
    assert patch(server, image["id"], [{"op": "remove", "path": "/name"}]).status_code == 403


@pytest.mark.parametrize("change", [{"op": "replace", "path": "/absent", "value": "x"},
                                    {"op": "remove", "path": "/absent"}])
def test_what_is_not_there_cannot_be_changed(server, image, change):
    assert patch(server, image["id"], [change]).status_code == 409


def test_one_bad_change_spoils_all(server, image):
    answer = patch(server, image["id"], [{"op": "replace", "path": "/name", "value": "after"},
                                         {"op": "remove", "path": "/absent"}])

    assert answer.status_code == 409
    assert server.show(image["id"]) == image


def test_locations_cannot_be_changed_unless_shown(server, image):
    answer = patch(server, image["id"], [{"op": "add", "path": "/locations/-",
                                          "value": {"url": "http://example.org/x", "metadata": {}}}])

    assert answer.status_code == 403


def test_formats_are_fixed_once_there_is_data(server):
    image_id = server.create_with_data(b"data")

    answer = patch(server, image_id, [{"op": "replace", "path": "/disk_format", "value": "qcow2"}])

    assert answer.status_code == 403
    assert server.show(image_id)["disk_format"] == "raw"


def test_an_unknown_image_is_not_found(server):
    assert patch(server, "00000000-0000-4000-8000-000000000000", []).status_code == 404


def test_a_change_moves_updated_at_and_not_created_at(server, image):
    answer = patch(server, image["id"], [{"op": "replace", "path": "/name", "value": "after"}])

    assert answer.json()["created_at"] == image["created_at"]
    assert answer.json()["updated_at"] >= image["updated_at"]
