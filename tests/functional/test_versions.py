"""The versions documents and how a version is chosen."""

import pytest

ALWAYS = ["v2.0", "v2.1", "v2.2", "v2.3", "v2.4", "v2.5", "v2.6", "v2.7", "v2.9", "v2.15", "v2.17"]
MULTI_STORE = ["v2.8", "v2.10", "v2.11", "v2.12", "v2.13"]


@pytest.mark.parametrize("path", ["/", "/v1/images", "/v3", "/v2.99", "/images"])
def test_without_a_known_version_the_choices_are_listed(server, path):
    answer = server.get(path)

    assert answer.status_code == 300
    assert answer.headers["Content-Type"] == "application/json"
    assert [version["id"] for version in answer.json()["versions"]] == [
        "v2.15", "v2.9", "v2.17", "v2.7", "v2.6", "v2.5", "v2.4", "v2.3", "v2.2", "v2.1", "v2.0"]


@pytest.mark.parametrize("path", ["/versions", "/versions/x"])
def test_versions_are_listed(server, path):
    answer = server.get(path)

    assert answer.status_code == 200
    assert sorted(version["id"] for version in answer.json()["versions"]) == sorted(ALWAYS)


def test_exactly_one_version_is_current(server):
    versions = server.get("/versions").json()["versions"]

    assert [version["id"] for version in versions if version["status"] == "CURRENT"] == ["v2.17"]
    assert {version["status"] for version in versions} == {"CURRENT", "SUPPORTED"}


def test_a_version_links_to_the_address_that_was_asked(server):
    version = server.get("/versions").json()["versions"][0]

    assert version["links"] == [{"rel": "self", "href": server.url("/v2/")}]


def test_a_version_links_to_the_public_endpoint(make_server):
    server = make_server({"DEFAULT": {"public_endpoint": "https://images.example.org/glance/"}}).start()

    version = server.get("/versions").json()["versions"][0]

    assert version["links"][0]["href"] == "https://images.example.org/glance/v2/"


def test_v2_points_to_itself_with_a_slash(server):
    answer = server.get("/v2")

    assert answer.status_code == 302
    assert answer.headers["Location"] == server.url("/v2/")


@pytest.mark.parametrize("path", ["/v2.5", "//v2", "/v2?limit=1"])
def test_any_way_to_write_the_version_alone_is_redirected(server, path):
    answer = server.get(path)

    assert answer.status_code == 302
    assert answer.headers["Location"] == server.url("/v2/")


def test_v2_with_a_slash_is_nothing(server):
    assert server.get("/v2/").status_code == 404


@pytest.mark.parametrize("version", ["v2", *ALWAYS])
def test_every_listed_version_routes(server, version):
    assert server.get(f"/{version}/images?limit=0").status_code == 200


@pytest.mark.parametrize("version", MULTI_STORE)
def test_versions_that_know_of_stores_need_stores(server, version):
    assert server.get(f"/{version}/images").status_code == 300


def test_leading_slashes_do_not_matter(server):
    assert server.get("//v2/images?limit=0").status_code == 200


def test_accept_can_name_the_version(server):
    answer = server.get("/images?limit=0", headers={"Accept": "application/vnd.openstack.images-v2.5"})

    assert answer.status_code == 200


def test_accept_with_an_unknown_version_lists_the_choices(server):
    answer = server.get("/images", headers={"Accept": "application/vnd.openstack.images-v9"})

    assert answer.status_code == 300


def test_version_in_accept_and_path_is_nothing(server):
    answer = server.get("/v2/images", headers={"Accept": "application/vnd.openstack.images-v2.5"})

    assert answer.status_code == 404


@pytest.mark.parametrize("path, status", [("/", 300), ("/versions", 200)])
def test_head_of_versions_has_no_body(server, path, status):
    with server.connect() as connection:
        connection.request("HEAD", path, ["Connection: close"])
        answer = connection.response("HEAD")

        assert answer.status == status
        assert connection.is_closed_by_peer()
