"""The schema documents that clients build their commands from."""

import pytest

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
