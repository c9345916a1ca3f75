"""Images without their data: create, show, list, delete."""

import json
import pathlib
import re
import uuid

import pytest

from support.server import Server

GOLDEN = pathlib.Path(__file__).parent / "golden"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def create(server, body, **options):
    return server.request("POST", "/v2/images", json=body, **options)


def test_the_document_is_the_golden_one(server):
    fields = {
        "id": "0d1f1a4e-8b0c-4a55-9a2c-3f1f0e5a7c01", "name": "golden", "visibility": "private", "os_hidden": True,
        "min_ram": 64, "min_disk": 1, "tags": ["only", "only"], "disk_format": "raw", "container_format": "bare",
        "hw_machine_type": "q35", "os_distro": "bäume"}

    answer = create(server, fields)

    assert answer.status_code == 201
    assert TIME.sub("<time>", answer.content.decode()) == (GOLDEN / "image.json").read_text().strip()
    assert server.get(f"/v2/images/{fields['id']}").content == answer.content


def test_an_empty_object_makes_an_image_with_defaults(server):
    answer = create(server, {})

    image = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Location"] == server.url(f"/v2/images/{image['id']}")
    assert uuid.UUID(image["id"]).version == 4
    assert TIME.fullmatch(image["created_at"])
    defaults = {"name": None, "visibility": "shared", "protected": False, "os_hidden": False, "min_ram": 0,
                "min_disk": 0, "disk_format": None, "container_format": None, "status": "queued", "tags": [],
                "size": None, "checksum": None, "owner": None}
    assert {key: image[key] for key in defaults} == defaults


def test_no_store_header_without_several_stores(server):
    assert "OpenStack-image-store-ids" not in create(server, {}).headers


def test_an_id_keeps_its_case(server):
    image_id = str(uuid.uuid4()).upper()

    assert create(server, {"id": image_id}).json()["id"] == image_id
    assert server.show(image_id)["id"] == image_id


def test_json_may_come_in_chunks(server):
    answer = server.request("POST", "/v2/images", data=iter([b'{"name": ', b'"chunked"}']))

    assert answer.status_code == 201
    assert answer.json()["name"] == "chunked"


def test_the_last_of_two_equal_keys_counts(server):
    answer = server.request("POST", "/v2/images", data=b'{"name": "first", "name": "last"}')

    assert answer.json()["name"] == "last"


def test_integers_may_be_written_as_floats(server):
    answer = server.request("POST", "/v2/images", data=b'{"min_ram": 1e2, "min_disk": 1.0}')

    assert (answer.json()["min_ram"], answer.json()["min_disk"]) == (100, 1)


@pytest.mark.parametrize("body", [
    b"", b"   ", b"{", b'{"name": "a"', b"{'name': 'a'}", b'{"name": "a"} x', b"[]", b'"text"', b"1", b"null",
    b'{"name": "\xff"}', b'{"min_ram": NaN}'])
def test_a_body_that_is_no_object_is_refused(server, body):
    assert server.request("POST", "/v2/images", data=body).status_code == 400


@pytest.mark.parametrize("fields", [
    {"id": "no-uuid"}, {"id": 1}, {"name": 5}, {"name": "n" * 256}, {"visibility": "secret"}, {"protected": "yes"},
    {"os_hidden": 1}, {"container_format": "box"}, {"disk_format": "RAW"}, {"min_ram": -1}, {"min_disk": 2147483648},
    {"min_ram": True}, {"min_ram": 1.5}, {"min_ram": "1"}, {"tags": "a"}, {"tags": [1]}, {"tags": ["t" * 256]},
    {"custom": 1}, {"custom": None}, {"custom": ["a"]}, {"k" * 256: "v"}, {"name": "\U0001f600"},
    {"custom": "\U0001f600"}, {"owner": "o" * 256}])
def test_a_value_that_breaks_the_schema_is_refused(server, fields):
    assert create(server, fields).status_code == 400


@pytest.mark.parametrize("key", [
    "status", "checksum", "size", "virtual_size", "created_at", "updated_at", "self", "file", "schema", "direct_url",
    "location", "deleted", "deleted_at", "os_glance_importing_to_stores", "locations"])
def test_what_the_service_decides_cannot_be_set(server, key):
    values = {"size": 1, "virtual_size": 1, "locations": [], "status": "active"}

    assert create(server, {key: values.get(key, "x")}).status_code == 403


def test_an_id_is_used_once(server):
    image_id = server.create()["id"]

    assert create(server, {"id": image_id}).status_code == 409


def test_the_id_of_a_deleted_image_is_not_used_again(server):
    image_id = server.create()["id"]
    server.request("DELETE", f"/v2/images/{image_id}")

    assert create(server, {"id": image_id}).status_code == 409


@pytest.mark.parametrize("image_id", ["no-uuid", "00000000-0000-4000-8000-000000000000", "%C3%A4"])
def test_what_does_not_exist_is_not_found(server, image_id):
    assert server.get(f"/v2/images/{image_id}").status_code == 404
    assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 404


def test_delete_hides_the_image_and_keeps_its_row(server):
    image_id = server.create()["id"]

    answer = server.request("DELETE", f"/v2/images/{image_id}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert server.get(f"/v2/images/{image_id}").status_code == 404
    assert server.rows("SELECT status, deleted FROM images WHERE id = ?", image_id) == [("deleted", 1)]


def test_delete_removes_the_data(server):
    image_id = server.create_with_data(b"data")
    assert image_id in server.stored_files()

    assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 204

    server.assert_nothing_left_of(image_id)


def test_delete_works_although_the_data_is_gone(server):
    image_id = server.create_with_data(b"data")
    (server.images / image_id).unlink()

    assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 204


def test_a_protected_image_is_not_deleted(server):
    image_id = server.create(protected=True)["id"]

    assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 403
    assert server.status_of(image_id) == "queued"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_body_where_none_belongs_is_refused(server, method):
    image_id = server.create()["id"]

    assert server.request(method, f"/v2/images/{image_id}", data=b"{}").status_code == 400
    assert server.status_of(image_id) == "queued"


class TestList:
    """GET /v2/images on a server that holds five images and nothing else."""

    @pytest.fixture(scope="class")
    @staticmethod
    def five(tmp_path_factory):
        """A server and the ids of its images, newest first: the default order."""
        server = Server(tmp_path_factory.mktemp("five")).start()
        for number in range(5):
            server.create(name=f"image {number}")
        server.ids = [row[0] for row in server.rows("SELECT id FROM images ORDER BY created_at DESC, id DESC")]
        yield server
        server.stop()

    @staticmethod
    def ids(answer):
        assert answer.status_code == 200, answer.text
        return [image["id"] for image in answer.json()["images"]]

    def test_has_every_image_newest_first(self, five):
        answer = five.get("/v2/images")

        assert self.ids(answer) == five.ids
        assert {key: value for key, value in answer.json().items() if key != "images"} == {
            "first": "/v2/images", "schema": "/v2/schemas/images"}

    def test_shows_images_as_show_does(self, five):
        image = five.get("/v2/images?limit=1").json()["images"][0]

        assert image == five.show(image["id"])

    def test_pages_follow_each_other(self, five):
        path, pages = "/v2/images?limit=2", []
        while path:
            answer = five.get(path)
            pages.append(self.ids(answer))
            path = answer.json().get("next")

        assert pages == [five.ids[:2], five.ids[2:4], five.ids[4:]]

    def test_next_names_the_last_image_shown(self, five):
        answer = five.get("/v2/images?limit=2").json()

        assert answer["first"] == "/v2/images?limit=2"
        assert answer["next"] == f"/v2/images?limit=2&marker={five.ids[1]}"

    def test_next_of_a_full_last_page_is_an_empty_page(self, five):
        answer = five.get("/v2/images?limit=5")

        assert self.ids(five.get(answer.json()["next"])) == []

    def test_limit_zero_is_an_empty_page(self, five):
        answer = five.get("/v2/images?limit=0")

        assert self.ids(answer) == []
        assert "next" not in answer.json()

    def test_marker_is_left_out_of_first(self, five):
        answer = five.get(f"/v2/images?marker={five.ids[0]}&limit=3")

        assert self.ids(answer) == five.ids[1:4]
        assert answer.json()["first"] == "/v2/images?limit=3"

    @pytest.mark.parametrize("query", ["limit=x", "limit=", "limit=-1", "limit=1.5", "marker=", "marker=unknown",
                                       "name=%ff"])
    def test_refuses_what_it_cannot_read(self, five, query):
        assert five.get(f"/v2/images?{query}").status_code == 400

    def test_deleted_images_are_left_out(self, server):
        image_id = server.create()["id"]
        server.request("DELETE", f"/v2/images/{image_id}")

        assert image_id not in self.ids(server.get("/v2/images?limit=1000"))

    def test_hidden_images_are_left_out(self, server):
        image_id = server.create(os_hidden=True)["id"]

        assert image_id not in self.ids(server.get("/v2/images?limit=1000"))

    def test_a_body_is_ignored(self, five):
        assert five.request("GET", "/v2/images?limit=0", data=b"{}").status_code == 200


def test_json_is_written_with_blanks_and_without_escapes(server):
    text = create(server, {"name": "größe"}).content.decode()

    assert '"name": "größe", ' in text
    assert json.loads(text)["name"] == "größe"


def test_quotas_bound_properties_and_tags(make_server):
    server = make_server({"DEFAULT": {"image_property_quota": 2, "image_tag_quota": 2}}).start()

    assert create(server, {"a": "1", "b": "2", "tags": ["a", "b"]}).status_code == 201
    assert create(server, {"a": "1", "b": "2", "c": "3"}).status_code == 413
    assert create(server, {"tags": ["a", "b", "c"]}).status_code == 413
    assert len(server.get("/v2/images").json()["images"]) == 1
