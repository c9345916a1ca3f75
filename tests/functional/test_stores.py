"""Several stores: choosing one to write to and to read from, copies and their removal."""

import concurrent.futures
import hashlib
import os

import pytest

from support.stores import RESERVED, Stores, execute

DATA = os.urandom(3 << 20)
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module", name="stores")
def stores_fixture(tmp_path_factory):
    """`fast` is the default; `cheap` is read last; `heavy` is read first."""
    return Stores(tmp_path_factory.mktemp("stores"), ["fast", "cheap", "heavy"],
                  {"cheap": {"weight": -10}, "heavy": {"weight": 10}})


@pytest.fixture(scope="module", name="server")
def server_fixture(stores, tmp_path_factory):
    from support.server import Server  # pylint: disable=import-outside-toplevel
    running = Server(tmp_path_factory.mktemp("server"), stores.settings()).start()
    yield running
    running.stop()


def image_with_copies(server, stores, *more):
    """An image in the default store and in these; returns its id."""
    image_id = server.create_with_data(DATA)
    for store in more:
        stores.add_copy(server, image_id, store)
    return image_id


def mark(stores, store, image_id):
    """Makes a copy differ from the others, so that it shows where data comes from."""
    path = stores.file(store, image_id)
    path.write_bytes(store.encode().ljust(len(DATA), b"."))


def source_of(server, image_id, query=""):
    answer = server.get(f"/v2/images/{image_id}/file{query}")
    assert answer.status_code == 200, answer.text
    return answer.content.rstrip(b".").decode()


def delete_copy(server, store, image_id):
    return server.request("DELETE", f"/v2/stores/{store}/{image_id}")


# Writing.

def test_creation_names_the_stores_in_their_order(server):
    answer = server.request("POST", "/v2/images", json={})

    assert answer.headers["OpenStack-image-store-ids"] == "fast,cheap,heavy"
    assert "stores" not in answer.json()


def test_data_goes_to_the_default_store_unless_the_client_says_otherwise(server, stores):
    default, chosen = server.create()["id"], server.create()["id"]

    assert server.upload(default, b"data").status_code == 204
    assert server.upload(chosen, b"data", **{"X-Image-Meta-Store": "cheap"}).status_code == 204

    assert stores.file("fast", default).exists() and stores.file("cheap", chosen).exists()
    assert not stores.file("fast", chosen).exists()
    assert server.show(default)["stores"] == "fast"
    assert server.show(chosen)["stores"] == "cheap"
    assert server.download(chosen).content == b"data"


@pytest.mark.parametrize("store", ["nowhere", *RESERVED])
def test_a_store_that_no_client_can_name_is_refused(server, stores, store):
    image_id = server.create()["id"]

    assert server.upload(image_id, b"data", **{"X-Image-Meta-Store": store}).status_code == 400

    assert server.status_of(image_id) == "queued"
    assert image_id not in "".join(stores.files())


def test_an_upload_is_checked_in_order(server):
    bad_store = {"X-Image-Meta-Store": "nowhere"}

    assert server.upload(NOBODY, b"x", **bad_store, **{"Content-Type": "text/plain"}).status_code == 415
    assert server.upload(NOBODY, b"x", **bad_store).status_code == 400
    assert server.upload(NOBODY, b"x", **{"X-Image-Meta-Store": "cheap"}).status_code == 404


# Showing.

def test_stores_are_listed_by_weight_wherever_the_image_is_shown(server, stores):
    image_id = image_with_copies(server, stores, "cheap", "heavy")

    listed = {image["id"]: image for image in server.get("/v2/images?limit=1000").json()["images"]}
    patched = server.request("PATCH", f"/v2/images/{image_id}", json=[],
                             headers={"Content-Type": "application/openstack-images-v2.1-json-patch"})

    for image in (server.show(image_id), listed[image_id], patched.json()):
        assert image["stores"] == "heavy,fast,cheap"
        assert "locations" not in image and "direct_url" not in image


def test_reserved_stores_are_never_shown(server, stores):
    image_id = image_with_copies(server, stores)
    stores.add_location(server, image_id, "file:///staging/x", {"store": RESERVED[0]})

    assert server.show(image_id)["stores"] == "fast"


def test_an_old_location_is_labelled_when_its_image_is_seen_and_not_in_lists(server, stores):
    image_id = server.create_with_data(b"data")
    execute(server, "UPDATE image_locations SET meta_data = '{}' WHERE image_id = ?", image_id)
    before = server.rows("SELECT updated_at FROM images WHERE id = ?", image_id)

    listed = {image["id"]: image for image in server.get("/v2/images?limit=1000").json()["images"]}
    assert "stores" not in listed[image_id]
    assert server.rows("SELECT updated_at FROM images WHERE id = ?", image_id) == before

    assert server.show(image_id)["stores"] == "fast"
    assert server.rows("SELECT meta_data FROM image_locations WHERE image_id = ?", image_id) == [
        ('{"store": "fast"}',)]
    assert server.rows("SELECT updated_at FROM images WHERE id = ?", image_id) != before
    assert stores.file("fast", image_id).exists()


# Reading.

def test_data_is_read_by_weight_unless_stores_are_preferred(server, stores):
    image_id = image_with_copies(server, stores, "cheap", "heavy")
    for store in stores.ids:
        mark(stores, store, image_id)

    assert source_of(server, image_id) == "heavy"
    assert source_of(server, image_id, "?prefer=cheap") == "cheap"
    assert source_of(server, image_id, "?prefer=cheap,fast") == "fast"
    assert source_of(server, image_id, "?prefer=,%20cheap,") == "cheap"
    assert source_of(server, image_id, "?prefer=,") == "heavy"


def test_preferring_a_store_without_the_image_is_no_mistake(server, stores):
    image_id = image_with_copies(server, stores)
    mark(stores, "fast", image_id)

    assert source_of(server, image_id, "?prefer=cheap") == "fast"


@pytest.mark.parametrize("store", ["nowhere", "fast,nowhere", *RESERVED])
def test_preferring_what_is_no_store_is(server, stores, store):
    image_id = image_with_copies(server, stores)

    assert server.get(f"/v2/images/{image_id}/file?prefer={store}").status_code == 400
    assert server.get(f"/v2/images/{NOBODY}/file?prefer={store}").status_code == 404


def digest_of_download(server, image_id):
    answer = server.download(image_id)
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    return hashlib.sha512(answer.content).hexdigest()


@pytest.mark.parametrize("harm", ["remove", "truncate", "empty"])
def test_a_copy_that_was_harmed_is_replaced_by_another(server, stores, harm):
    image_id = image_with_copies(server, stores, "heavy")
    path = stores.file("heavy", image_id)
    if harm == "remove":
        path.unlink()
    else:
        os.truncate(path, len(DATA) // 2 if harm == "truncate" else 0)

    assert digest_of_download(server, image_id) == server.show(image_id)["os_hash_value"]
    part = server.download(image_id, Range="bytes=2000000-2000009")
    assert (part.status_code, part.content) == (206, DATA[2000000:2000010])


@pytest.mark.parametrize("harm", ["remove", "truncate"])
def test_a_copy_that_is_harmed_in_mid_download_is_replaced_by_another(server, stores, harm):
    size = 48 << 20  # more than the sockets' buffers take
    data = DATA * (size // len(DATA))
    image_id = server.create_with_data(data)
    stores.add_copy(server, image_id, "heavy")
    with server.connect() as connection:
        connection.request("GET", f"/v2/images/{image_id}/file", ["Connection: close"])
        begin = connection.socket.recv(1000)

        if harm == "remove":
            stores.file("heavy", image_id).unlink()
        else:
            os.truncate(stores.file("heavy", image_id), size // 2)
        rest = b"".join(iter(lambda: connection.socket.recv(1 << 20), b""))

    head, _, body = (begin + rest).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert hashlib.sha512(body).hexdigest() == server.show(image_id)["os_hash_value"]
    has_failed = f"Store heavy failed to read a blob at byte {size // 2}" in server.log_text()
    assert has_failed == (harm == "truncate")  # a file that is open outlives its name


def test_data_that_all_stores_lost_is_no_content(server, stores):
    image_id = image_with_copies(server, stores, "heavy")
    for store in ("fast", "heavy"):
        stores.file(store, image_id).unlink()

    assert server.download(image_id).status_code == 204


# Removing a copy.

def test_a_copy_is_removed_with_its_data(server, stores):
    image_id = image_with_copies(server, stores, "cheap")

    assert delete_copy(server, "fast", image_id).status_code == 204

    assert server.show(image_id)["stores"] == "cheap"
    assert not stores.file("fast", image_id).exists()
    assert server.download(image_id).content == DATA
    assert server.journal() == []


def test_removal_of_a_copy_is_checked_in_order(server, stores):
    queued, single = server.create()["id"], image_with_copies(server, stores)
    pair = image_with_copies(server, stores, "cheap")

    assert delete_copy(server, "nowhere", NOBODY).status_code == 409
    assert delete_copy(server, RESERVED[0], pair).status_code == 409
    assert delete_copy(server, "heavy", NOBODY).status_code == 404
    assert delete_copy(server, "heavy", queued).status_code == 409
    assert delete_copy(server, "heavy", single).status_code == 403
    assert delete_copy(server, "heavy", pair).status_code == 404
    answer = server.get(f"/v2/stores/fast/{pair}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "DELETE")
    assert server.request("DELETE", f"/v2/stores/fast/{pair}", data=b"x").status_code == 400
    assert server.show(pair)["stores"] == "fast,cheap"


def test_a_copy_whose_data_is_gone_already_is_removed(server, stores):
    image_id = image_with_copies(server, stores, "cheap")
    stores.file("fast", image_id).unlink()

    assert delete_copy(server, "fast", image_id).status_code == 204

    assert server.show(image_id)["stores"] == "cheap"


def test_simultaneous_removals_never_take_the_last_copy(server, stores):
    for _ in range(10):
        image_id = image_with_copies(server, stores, "cheap", "heavy")

        with concurrent.futures.ThreadPoolExecutor(len(stores.ids)) as pool:
            statuses = list(pool.map(lambda store: delete_copy(server, store, image_id).status_code, stores.ids))

        assert sorted(statuses) == [204, 204, 403]
        left = stores.ids[statuses.index(403)]
        assert [name for name in stores.files() if image_id in name] == [f"{left}/{image_id}"]
        assert server.show(image_id)["stores"] == left


def test_deleting_an_image_takes_every_copy(server, stores):
    image_id = image_with_copies(server, stores, "cheap", "heavy")

    assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 204

    assert [name for name in stores.files() if image_id in name] == []


def test_a_copy_that_a_killed_process_was_removing_is_gone_after_the_next_start(make_server, tmp_path):
    stores = Stores(tmp_path, ["fast", "cheap"])
    server = make_server(stores.settings()).start()
    image_id = image_with_copies(server, stores, "cheap")
    server.kill()
    execute(server, "UPDATE image_locations SET deleted = 1, status = 'deleted' WHERE value LIKE '%/fast/%'")
    (server.state / "removals" / "line").write_text(
        f'{{"transfer_id": "line", "image_id": "{image_id}", "store_id": "fast", "blob_name": "{image_id}"}}')

    server.start()

    assert stores.files() == [f"cheap/{image_id}"]
    assert server.journal() == []
    assert server.download(image_id).content == DATA


# A store that is down.

@pytest.fixture(name="crippled")
def crippled_fixture(make_server, tmp_path):
    """A server whose store `cheap` cannot be used, as its directory is a file."""
    stores = Stores(tmp_path, ["fast", "cheap"], more={"healthcheck": {"detailed": True}})
    stores.directory("cheap").write_text("in the way")
    return make_server(stores.settings()).start()


def test_a_store_that_is_down_takes_no_data(crippled):
    image_id = crippled.create()["id"]

    assert crippled.upload(image_id, b"data", **{"X-Image-Meta-Store": "cheap"}).status_code == 410

    assert crippled.status_of(image_id) == "queued"
    assert crippled.journal() == []
    assert crippled.upload(image_id, b"data").status_code == 204


def test_the_health_check_tells_which_store_is_down(crippled):
    answer = crippled.get("/healthcheck", headers={"Accept": "application/json"})

    assert answer.status_code == 200
    states = {store["id"]: store for store in answer.json()["stores"]}
    assert states["fast"] == {"id": "fast", "state": "up", "reason": ""}
    assert states["cheap"]["state"] == "down" and states["cheap"]["reason"]


# A single store.

def test_with_a_single_store_there_is_no_choice(fresh_server):
    image_id = fresh_server.create()["id"]

    assert fresh_server.upload(image_id, b"data", **{"X-Image-Meta-Store": "nowhere"}).status_code == 204
    assert "stores" not in fresh_server.show(image_id)
    assert fresh_server.rows("SELECT meta_data FROM image_locations") == [("{}",)]
    assert fresh_server.get(f"/v2/images/{image_id}/file?prefer=file").status_code == 400
    assert fresh_server.get(f"/v2/images/{image_id}/file?prefer=").status_code == 200
    assert delete_copy(fresh_server, "file", image_id).status_code == 404
    assert fresh_server.download(image_id).content == b"data"
