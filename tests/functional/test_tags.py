"""Single tags by their URLs."""

import concurrent.futures

import pytest

NOWHERE = "00000000-0000-4000-8000-000000000000"


def tag(server, method, image_id, name, **options):
    return server.request(method, f"/v2/images/{image_id}/tags/{name}", **options)


def tags_of(server, image_id):
    return sorted(server.show(image_id)["tags"])


@pytest.fixture
def image_id(server):
    return server.create(tags=["there"])["id"]


def test_a_tag_is_added_as_often_as_one_likes(server, image_id):
    for _ in range(2):
        answer = tag(server, "PUT", image_id, "new")
        assert (answer.status_code, answer.content) == (204, b"")

    assert tags_of(server, image_id) == ["new", "there"]
    assert server.rows("SELECT count(*) FROM image_tags WHERE image_id = ? AND value = 'new'", image_id) == [(1,)]


def test_a_tag_is_removed_once(server, image_id):
    assert tag(server, "DELETE", image_id, "there").status_code == 204
    assert tag(server, "DELETE", image_id, "there").status_code == 404

    assert tags_of(server, image_id) == []


def test_a_tag_that_is_there_changes_nothing(server, image_id):
    before = server.rows("SELECT updated_at FROM images WHERE id = ?", image_id)

    tag(server, "PUT", image_id, "there")

    assert server.rows("SELECT updated_at FROM images WHERE id = ?", image_id) == before


@pytest.mark.parametrize("encoded, name", [
    ("a%20b", "a b"), ("%20a%20", " a "), ("%C3%A9", "é"), ("a+b", "a+b"), ("%25", "%"), ("x" * 255, "x" * 255),
    ("%C3%A9" * 255, "é" * 255)])
def test_a_tag_is_read_from_the_url_as_utf_8(server, encoded, name):
    image_id = server.create()["id"]

    assert tag(server, "PUT", image_id, encoded).status_code == 204
    assert tags_of(server, image_id) == [name]
    assert tag(server, "DELETE", image_id, encoded).status_code == 204
    assert tags_of(server, image_id) == []


@pytest.mark.parametrize("encoded", ["x" * 256, "%F0%9F%98%80", "%FF", "a%00b"])
def test_a_tag_that_cannot_be_kept_is_refused(server, image_id, encoded):
    assert tag(server, "PUT", image_id, encoded).status_code == 400
    assert tag(server, "DELETE", image_id, encoded).status_code == 404
    assert tags_of(server, image_id) == ["there"]


@pytest.mark.parametrize("encoded", ["a%2Fb", ""])
def test_a_tag_is_one_part_of_a_path(server, image_id, encoded):
    assert tag(server, "PUT", image_id, encoded).status_code == 404
    assert tags_of(server, image_id) == ["there"]


@pytest.mark.parametrize("missing", [NOWHERE, "nothing"])
def test_an_image_that_is_not_there_has_no_tags(server, missing):
    assert tag(server, "PUT", missing, "a").status_code == 404
    assert tag(server, "DELETE", missing, "a").status_code == 404


def test_a_length_counts_before_the_image_does(server):
    assert tag(server, "PUT", NOWHERE, "x" * 256).status_code == 400


def test_bodies_are_refused(server, image_id):
    assert tag(server, "PUT", image_id, "new", json={}).status_code == 400
    assert tag(server, "DELETE", image_id, "there", json={}).status_code == 400
    assert tags_of(server, image_id) == ["there"]


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "HEAD"])
def test_other_methods_are_not_allowed(server, image_id, method):
    answer = tag(server, method, image_id, "there")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "PUT, DELETE")


def test_there_is_no_list_of_tags(server, image_id):
    assert server.get(f"/v2/images/{image_id}/tags").status_code == 404


def test_the_quota_is_never_exceeded(make_server):
    server = make_server({"DEFAULT": {"image_tag_quota": 5}}).start()
    image_id = server.create()["id"]

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda i: tag(server, "PUT", image_id, f"t{i}").status_code, range(12)))

    assert sorted(statuses) == [204] * 5 + [413] * 7
    assert len(tags_of(server, image_id)) == 5
    assert tag(server, "PUT", image_id, tags_of(server, image_id)[0]).status_code == 204
    assert tag(server, "PUT", image_id, "%F0%9F%98%80").status_code == 413, "the quota comes first"
