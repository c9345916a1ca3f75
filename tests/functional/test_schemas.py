"""The schema documents that clients build their commands from."""

import json

import pytest

from support.server import run

IMAGE_PROPERTIES = [
    "id", "name", "status", "visibility", "protected", "os_hidden", "checksum", "os_hash_algo", "os_hash_value",
    "owner", "size", "virtual_size", "container_format", "disk_format", "created_at", "updated_at", "tags",
    "direct_url", "min_ram", "min_disk", "self", "file", "stores", "schema", "locations"]
READ_ONLY = {
    "status", "checksum", "os_hash_algo", "os_hash_value", "size", "virtual_size", "created_at", "updated_at",
    "direct_url", "self", "file", "stores", "schema"}


@pytest.fixture(scope="module")
def image_schema(server):
    """The schema of one image."""
    answer = server.get("/v2/schemas/image")
    assert answer.status_code == 200
    return answer.json()


def test_image_has_its_parts_in_order(image_schema):
    assert list(image_schema) == ["name", "properties", "additionalProperties", "links"]
    assert image_schema["name"] == "image"
    assert image_schema["additionalProperties"] == {"type": "string"}
    assert image_schema["links"] == [{"rel": "self", "href": "{self}"}, {"rel": "enclosure", "href": "{file}"},
                                     {"rel": "describedby", "href": "{schema}"}]


def test_image_has_every_property_in_order(image_schema):
    assert list(image_schema["properties"])[:len(IMAGE_PROPERTIES)] == IMAGE_PROPERTIES


def test_image_says_what_cannot_be_written(image_schema):
    properties = image_schema["properties"]

    assert {name for name in IMAGE_PROPERTIES if properties[name].get("readOnly")} == READ_ONLY


@pytest.mark.parametrize("name, key, value", [
    ("status", "enum", ["queued", "saving", "active", "killed", "deleted", "uploading", "importing", "pending_delete",
                        "deactivated"]),
    ("visibility", "enum", ["community", "public", "private", "shared"]),
    ("container_format", "enum", [None, "ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"]),
    ("disk_format", "enum", [None, "ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"]),
    ("name", "maxLength", 255), ("checksum", "maxLength", 32), ("os_hash_value", "maxLength", 128),
    ("name", "type", ["null", "string"]), ("size", "type", ["null", "integer"]), ("min_ram", "type", "integer"),
    ("id", "pattern", "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$")])
def test_image_bounds_its_properties(image_schema, name, key, value):
    assert image_schema["properties"][name][key] == value


def test_every_property_is_described(image_schema):
    assert all(image_schema["properties"][name]["description"] for name in IMAGE_PROPERTIES if name != "locations")


def test_images_wraps_image(server, image_schema):
    schema = server.get("/v2/schemas/images").json()

    assert schema["name"] == "images"
    assert list(schema["properties"]) == ["images", "first", "next", "schema"]
    assert schema["properties"]["images"] == {"type": "array", "items": image_schema}
    assert schema["links"] == [{"rel": "first", "href": "{first}"}, {"rel": "next", "href": "{next}"},
                               {"rel": "describedby", "href": "{schema}"}]


def test_an_unknown_schema_is_not_found(server):
    assert server.get("/v2/schemas/cathedral").status_code == 404


def test_member(server):
    schema = server.get("/v2/schemas/member").json()

    assert list(schema) == ["name", "properties"]
    assert list(schema["properties"]) == ["member_id", "image_id", "created_at", "updated_at", "status", "schema"]
    assert schema["properties"]["status"]["enum"] == ["pending", "accepted", "rejected"]
    assert schema["properties"]["schema"] == {"type": "string", "readOnly": True}


def test_task(server):
    schema = server.get("/v2/schemas/task").json()

    assert list(schema) == ["name", "properties"]
    assert list(schema["properties"]) == [
        "id", "type", "status", "input", "result", "owner", "message", "image_id", "request_id", "user_id",
        "expires_at", "created_at", "updated_at", "self", "schema"]
    assert schema["properties"]["type"]["enum"] == ["import", "api_image_import", "location_import"]
    assert schema["properties"]["status"]["enum"] == ["pending", "processing", "success", "failure"]


@pytest.mark.parametrize("one, many, hidden", [("member", "members", set()),
                                               ("task", "tasks", {"input", "result", "message"})])
def test_lists_wrap_their_elements(server, one, many, hidden):
    element = server.get(f"/v2/schemas/{one}").json()
    element["properties"] = {name: value for name, value in element["properties"].items() if name not in hidden}

    schema = server.get(f"/v2/schemas/{many}").json()

    assert list(schema) == ["name", "properties", "links"]
    assert schema["properties"] == {many: {"type": "array", "items": element}, "schema": {"type": "string"}}
    assert list(schema["properties"][many]["items"]["properties"]) == list(element["properties"])
    assert schema["links"] == [{"rel": "describedby", "href": "{schema}"}]


@pytest.mark.parametrize("name, status", [("image", 400), ("images", 400), ("member", 400), ("members", 400),
                                          ("task", 200), ("tasks", 200)])
def test_bodies(server, name, status):
    assert server.get(f"/v2/schemas/{name}", json={}).status_code == status


@pytest.mark.parametrize("name", ["image", "images", "member", "members", "task", "tasks"])
def test_schemas_are_only_read(server, name):
    answer = server.request("PUT", f"/v2/schemas/{name}", json={})

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


# The operator's own properties.

COLOURS = {"type": "string", "enum": ["red", "blue"], "description": "What it looks like"}
KERNEL = {"type": ["null", "string"], "pattern": "^k-[0-9]+$"}


def server_with(make_server, schema):
    """A server that is not started, with a schema-image.json beside its configuration."""
    server = make_server()
    (server.home / "schema-image.json").write_text(schema if isinstance(schema, str) else json.dumps(schema))
    return server


def create(server, **fields):
    return server.request("POST", "/v2/images", json=fields)


def patch(server, image_id, *steps):
    return server.request("PATCH", f"/v2/images/{image_id}", json=list(steps),
                          headers={"Content-Type": "application/openstack-images-v2.1-json-patch"})


def test_the_flat_form_documents_and_bounds_properties(make_server):
    server = server_with(make_server, {"colour": COLOURS, "kernel_id": KERNEL}).start()

    schema = server.get("/v2/schemas/image").json()
    assert list(schema["properties"]) == IMAGE_PROPERTIES + ["colour", "kernel_id"]
    assert schema["properties"]["colour"] == COLOURS | {"is_base": False}
    assert "required" not in schema
    items = server.get("/v2/schemas/images").json()["properties"]["images"]["items"]
    assert items == schema

    image = create(server, colour="red", kernel_id=None, other="anything").json()
    assert (image["colour"], image["kernel_id"], image["other"]) == ("red", None, "anything")
    assert server.show(image["id"]) == image
    for wrong in ({"colour": "green"}, {"colour": None}, {"kernel_id": "x"}, {"kernel_id": 1}, {"other": None},
                  {"kernel_id": "k-" + "1" * 1_000_000}):
        assert create(server, **wrong).status_code == 400, wrong
    step = {"op": "replace", "path": "/colour", "value": "green"}
    assert patch(server, image["id"], step).status_code == 400
    assert patch(server, image["id"], step | {"value": "blue"}).json()["colour"] == "blue"


def test_the_extended_form_wants_properties_at_creation(make_server):
    server = server_with(make_server, {"properties": {"colour": COLOURS, "other": {"type": "string"}},
                                       "required": ["colour"]}).start()

    schema = server.get("/v2/schemas/image").json()
    assert list(schema) == ["name", "properties", "additionalProperties", "required", "links"]
    assert schema["required"] == ["colour"]

    assert create(server).status_code == 400
    assert server.rows("SELECT count(*) FROM images") == [(0,)]
    image_id = create(server, colour="red", other="x").json()["id"]
    added = patch(server, image_id, {"op": "replace", "path": "/other", "value": "y"},
                  {"op": "remove", "path": "/other"})
    assert added.status_code == 200, "a change need not name what is there"
    assert patch(server, image_id, {"op": "remove", "path": "/colour"}).status_code == 403
    assert server.show(image_id)["colour"] == "red"


@pytest.mark.parametrize("schema, words", [
    ("{", "JSON"), ([], "object"), ({"colour": "red"}, "colour"), ({"size": {"type": "string"}}, "size"),
    ({"colour": {"type": 5}}, "schema"), ({"colour": {"pattern": "(("}}, "schema"),
    ({"properties": {"a": {}}, "required": ["b"]}, "required")])
def test_a_faulty_file_is_refused_at_start(make_server, schema, words):
    server = server_with(make_server, schema).sync()

    checked = run("config", "check", "--config-file", server.config)
    started = run("api", "--config-file", server.config)

    for result in (checked, started):
        assert result.returncode != 0
        assert f"{server.home}/schema-image.json" in result.stdout + result.stderr
        assert words in result.stdout + result.stderr
