"""Where an image's data lies: shown, read and changed."""

import hashlib
import os
import socket

import pytest

from support.origin import ADMITTED, Origin
from support.server import Server
from support.stores import Stores

DATA = os.urandom(300000)
V2_1 = "application/openstack-images-v2.1-json-patch"
V2_0 = "application/openstack-images-v2.0-json-patch"


@pytest.fixture(scope="module", name="stores")
def stores_fixture(tmp_path_factory):
    return Stores(tmp_path_factory.mktemp("stores"), ["fast", "cheap"],
                  {"cheap": {"weight": -1}, "web": {"weight": -2}},
                  {"DEFAULT": {"show_multiple_locations": True, "show_image_direct_url": True,
                               "image_location_quota": 3}} | ADMITTED, web="web")


@pytest.fixture(scope="module", name="server")
def server_fixture(stores, tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("server"), stores.settings()).start()
    yield running
    running.stop()


@pytest.fixture(name="pair")
def pair_fixture(server, stores):
    """An image with a copy in each store."""
    image_id = server.create_with_data(DATA)
    stores.add_copy(server, image_id, "cheap")
    return image_id


def patch(server, image_id, *steps, media_type=V2_1):
    return server.request("PATCH", f"/v2/images/{image_id}", json=steps, headers={"Content-Type": media_type})


def add(url, position="-", **more):
    return {"op": "add", "path": f"/locations/{position}", "value": {"url": url, "metadata": {}} | more}


def location(stores, store, image_id, **metadata):
    return {"url": f"file://{stores.file(store, image_id)}", "metadata": {"store": store} | metadata}


def test_locations_are_shown_by_weight(server, stores, pair):
    image = server.show(pair)

    assert image["locations"] == [location(stores, "fast", pair), location(stores, "cheap", pair)]
    assert image["direct_url"] == f"file://{stores.file('fast', pair)}"
    keys = list(image)
    assert keys[keys.index("updated_at"):] == [
        "updated_at", "locations", "direct_url", "tags", "self", "file", "schema", "stores"]


def test_an_image_without_data_has_no_location(server):
    image = server.create()

    assert image["locations"] == []
    assert "direct_url" not in image and "stores" not in image


def test_lists_show_locations_too(server, stores, pair):
    listed = {image["id"]: image for image in server.get("/v2/images?limit=1000").json()["images"]}

    assert listed[pair]["locations"] == [location(stores, "fast", pair), location(stores, "cheap", pair)]


def test_secrets_are_not_shown(server, stores, pair):
    stores.add_location(server, pair, "swift+https://account%3Auser:secret@keystone/container/blob", {})

    shown = server.get(f"/v2/images/{pair}").text + server.get(f"/v2/images/{pair}/locations").text

    assert "secret" not in shown
    assert "swift+https://keystone/container/blob" in shown


def test_locations_can_be_read_alone(server, stores, pair):
    answer = server.get(f"/v2/images/{pair}/locations")

    assert answer.status_code == 200
    assert answer.json() == [location(stores, "fast", pair), location(stores, "cheap", pair)]
    assert server.get("/v2/images/nothing/locations").status_code == 404


def test_locations_can_be_read_alone_even_if_documents_do_not_show_them(fresh_server):
    image_id = fresh_server.create_with_data(b"data")

    assert fresh_server.get(f"/v2/images/{image_id}/locations").json() == [
        {"url": f"file://{fresh_server.images}/{image_id}", "metadata": {}}]
    answer = fresh_server.request("PUT", f"/v2/images/{image_id}/locations", json={"url": "http://x"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("step", [
    add("http://host/blob"), {"op": "replace", "path": "/locations", "value": []},
    {"op": "remove", "path": "/locations/0"}])
def test_locations_that_are_not_shown_are_not_changed(fresh_server, step):
    image_id = fresh_server.create_with_data(b"data")

    assert patch(fresh_server, image_id, step).status_code == 403
    assert patch(fresh_server, "nothing", step).status_code == 404
    assert fresh_server.download(image_id).content == b"data"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "filesystem:///etc/passwd", "swift+config://a/b/c",
                                 "nothing://host/x", "no URL", ""])
def test_locations_that_clients_cannot_give(server, url):
    image_id = server.create()["id"]

    assert patch(server, image_id, add(url)).status_code == 400

    assert server.status_of(image_id) == "queued"


@pytest.mark.parametrize("step", [
    {"op": "add", "path": "/locations", "value": []},
    {"op": "remove", "path": "/locations"},
    {"op": "replace", "path": "/locations/0", "value": {}},
    {"op": "add", "path": "/locations/0/url", "value": "x"},
    add("x" * 256),
    add("http://host/x", metadata="text"),
    add("http://host/x", validation_data={"os_hash_algo": "sha512"}),
    add("http://host/x", validation_data={"os_hash_algo": "sha512", "os_hash_value": "x", "more": "x"})])
def test_malformed_steps(server, pair, step):
    assert patch(server, pair, step).status_code == 400


@pytest.mark.parametrize("media_type", [V2_0, V2_1])
def test_a_location_is_removed_with_its_data(server, stores, pair, media_type):
    step = {"remove": "/locations/1"} if media_type == V2_0 else {"op": "remove", "path": "/locations/1"}

    answer = patch(server, pair, step, media_type=media_type)

    assert answer.status_code == 200
    assert answer.json()["locations"] == [location(stores, "fast", pair)]
    assert not stores.file("cheap", pair).exists()
    assert server.download(pair).content == DATA
    assert server.journal() == []


def test_the_last_location_stays(server, stores):
    image_id = server.create_with_data(DATA)

    assert patch(server, image_id, {"op": "remove", "path": "/locations/0"}).status_code == 403
    assert patch(server, image_id, {"op": "remove", "path": "/locations/9"}).status_code == 403
    assert stores.file("fast", image_id).exists()


@pytest.mark.parametrize("position", ["2", "x", "-"])
def test_a_location_that_is_not_there_is_not_removed(server, pair, position):
    assert patch(server, pair, {"op": "remove", "path": f"/locations/{position}"}).status_code == 400
    assert len(server.show(pair)["locations"]) == 2


def test_locations_of_a_queued_image_are_not_removed(server):
    image_id = server.create()["id"]

    assert patch(server, image_id, {"op": "remove", "path": "/locations/0"}).status_code == 409


def test_a_patch_is_done_as_a_whole_or_not_at_all(server, stores, pair):
    remove = {"op": "remove", "path": "/locations/0"}
    rename = {"op": "replace", "path": "/name", "value": "renamed"}

    assert patch(server, pair, remove, rename, remove).status_code == 403
    assert patch(server, pair, remove, rename, {"op": "remove", "path": "/nothing"}).status_code == 409

    image = server.show(pair)
    assert (image["name"], image["stores"]) == (None, "fast,cheap")
    assert stores.file("fast", pair).exists() and stores.file("cheap", pair).exists()

    assert patch(server, pair, remove, rename).status_code == 200
    image = server.show(pair)
    assert (image["name"], image["stores"]) == ("renamed", "cheap")


def test_locations_are_described_anew(server, stores, pair):
    fast, cheap = location(stores, "fast", pair), location(stores, "cheap", pair, tier="cold")

    answer = patch(server, pair, {"op": "replace", "path": "/locations", "value": [cheap, fast]})

    assert answer.status_code == 200, answer.text
    assert answer.json()["locations"] == [fast, cheap]
    assert server.download(pair).content == DATA


def test_locations_that_are_there_are_not_replaced_by_others_or_none(server, stores, pair):
    fast = location(stores, "fast", pair)

    for value, status in (([], 403), ([fast], 400), ([fast, fast], 400),
                          ([fast, {"url": "http://host/x", "metadata": {}}], 400)):
        assert patch(server, pair, {"op": "replace", "path": "/locations", "value": value}).status_code == status
    assert len(server.show(pair)["locations"]) == 2


def test_an_image_is_not_created_with_locations(server):
    assert server.request("POST", "/v2/images", json={"locations": []}).status_code == 403


# Data on web servers.

@pytest.fixture(name="origin")
def origin_fixture():
    with Origin() as running:
        yield running


def web(url, **metadata):
    return {"url": url, "metadata": metadata | {"store": "web"}}


def validation(data, **more):
    return {"os_hash_algo": "sha512", "os_hash_value": hashlib.sha512(data).hexdigest()} | more


@pytest.mark.parametrize("media_type", [V2_0, V2_1])
def test_a_location_gives_a_queued_image_its_data(server, origin, media_type):
    image_id = server.create()["id"]
    url = origin.put("/blob", DATA)
    value = {"url": url, "metadata": {"store": "fast", "rack": "7"}}
    step = ({"add": "/locations/-", "value": value} if media_type == V2_0 else
            {"op": "add", "path": "/locations/-", "value": value})

    answer = patch(server, image_id, step, media_type=media_type)

    assert answer.status_code == 200, answer.text
    image = answer.json()
    assert (image["status"], image["size"], image["stores"]) == ("active", len(DATA), "web")
    assert image["locations"] == [web(url, rack="7")]
    assert (image["checksum"], image["os_hash_value"]) == (None, None)
    assert server.download(image_id).content == DATA
    assert server.download(image_id, Range="bytes=100000-100009").content == DATA[100000:100010]


def test_a_list_of_locations_gives_a_queued_image_its_data(server, origin):
    image_id = server.create()["id"]
    urls = [origin.put("/a", DATA), origin.put("/b", DATA)]

    answer = patch(server, image_id, {"op": "replace", "path": "/locations", "value": [
        {"url": url, "metadata": {}} for url in urls]})

    assert answer.json()["locations"] == [web(url) for url in urls]
    assert answer.json()["status"] == "active"


def test_an_image_without_formats_gets_no_location(server, origin):
    image_id = server.create(disk_format=None)["id"]

    assert patch(server, image_id, add(origin.put("/blob", DATA))).status_code == 400

    assert server.show(image_id)["locations"] == []


def test_a_location_without_data_is_refused(server, origin):
    image_id = server.create()["id"]

    assert patch(server, image_id, add(origin.put("/empty", b""))).status_code == 400
    assert patch(server, image_id, add(origin.put("/blob", DATA) + "/missing")).status_code == 400
    assert patch(server, image_id, add("http://127.0.0.1:1/nobody")).status_code == 400

    assert server.status_of(image_id) == "queued"


def test_the_same_location_is_not_given_twice(server, origin):
    image_id = server.create()["id"]
    url = origin.put("/blob", DATA)

    assert patch(server, image_id, add(url), add(url)).status_code == 400
    assert server.show(image_id)["locations"] == []
    assert patch(server, image_id, add(url), add(url, metadata={"rack": "7"})).status_code == 200


def test_locations_are_bound_by_a_quota(server, origin):
    image_id = server.create_with_data(DATA)
    steps = [add(origin.put(f"/{number}", DATA)) for number in range(3)]

    assert patch(server, image_id, *steps).status_code == 413
    assert len(server.show(image_id)["locations"]) == 1
    assert patch(server, image_id, *steps[:2]).status_code == 200


def test_a_location_is_added_where_the_client_wants_it(server, origin):
    image_id = server.create()["id"]
    a, b, c = (origin.put(path, DATA) for path in ("/a", "/b", "/c"))
    patch(server, image_id, add(a), add(c))

    patch(server, image_id, add(b, position=1))

    assert [entry["url"] for entry in server.show(image_id)["locations"]] == [a, b, c]


def test_what_a_client_knows_of_the_data_is_kept(server, origin):
    image_id = server.create()["id"]
    digests = validation(DATA, checksum=hashlib.md5(DATA).hexdigest())

    answer = patch(server, image_id, add(origin.put("/blob", DATA), validation_data=digests))

    image = answer.json()
    assert {key: image[key] for key in digests} == digests
    assert server.download(image_id).headers["Content-MD5"] == digests["checksum"]
    assert patch(server, image_id, add(origin.put("/other", DATA), validation_data=digests)).status_code == 200


@pytest.mark.parametrize("digests", [
    validation(DATA, os_hash_algo="sha256"), validation(DATA, os_hash_value="00"),
    validation(DATA, os_hash_value="x" * 128), validation(DATA, checksum="x" * 32)])
def test_digests_that_cannot_be_right_are_a_conflict(server, origin, digests):
    image_id = server.create()["id"]

    assert patch(server, image_id, add(origin.put("/blob", DATA), validation_data=digests)).status_code == 409

    assert server.status_of(image_id) == "queued"


def test_an_active_image_gets_no_other_digests(server, origin):
    image_id = server.create_with_data(DATA)

    answer = patch(server, image_id, add(origin.put("/blob", b"other"), validation_data=validation(b"other")))

    assert answer.status_code == 409


@pytest.mark.parametrize("how", ["patch", "delete from store", "delete image"])
def test_data_on_a_web_server_stays_there(server, origin, how):
    image_id = server.create_with_data(DATA)
    url = origin.put("/blob", DATA)
    assert patch(server, image_id, add(url)).json()["stores"] == "fast,web"

    if how == "patch":
        assert patch(server, image_id, {"op": "remove", "path": "/locations/1"}).status_code == 200
    elif how == "delete from store":
        assert server.request("DELETE", f"/v2/stores/web/{image_id}").status_code == 204
    else:
        assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 204

    rows = server.rows("SELECT value FROM image_locations WHERE image_id = ? AND NOT deleted", image_id)
    assert url not in str(rows)
    assert "DELETE" not in [method for method, _ in origin.requests]
    assert server.journal() == []


def test_a_web_server_that_breaks_off_is_replaced_in_mid_download(server, origin):
    image_id = server.create_with_data(DATA)
    patch(server, image_id, add(origin.put("/blob", DATA)))
    origin.cut_after["/blob"] = len(DATA) // 2

    answer = server.get(f"/v2/images/{image_id}/file?prefer=web")

    assert answer.status_code == 200
    assert hashlib.sha512(answer.content).hexdigest() == server.show(image_id)["os_hash_value"]
    assert "Store web failed to read a blob at byte" in server.log_text()


def test_a_read_only_store_takes_no_data(server):
    image_id = server.create()["id"]

    assert server.upload(image_id, b"data", **{"X-Image-Meta-Store": "web"}).status_code == 410

    assert server.status_of(image_id) == "queued"
    assert server.journal() == []
    assert server.upload(image_id, b"data").status_code == 204


def test_a_single_web_store_reads_locations_without_naming_itself(make_server, origin):
    server = make_server({"DEFAULT": {"show_multiple_locations": True},
                          "glance_store": {"stores": "file,http"}} | ADMITTED).start()
    image_id = server.create()["id"]
    url = origin.put("/blob", DATA)

    answer = patch(server, image_id, add(url))

    assert answer.json()["locations"] == [{"url": url, "metadata": {}}]
    assert server.download(image_id).content == DATA


# Which web servers clients may point at.

@pytest.fixture(scope="module", name="guarded")
def guarded_fixture(tmp_path_factory):
    """A server that admits hosts as it does if nobody says anything, but any port."""
    stores = Stores(tmp_path_factory.mktemp("guarded-stores"), ["fast"], {}, {
        "DEFAULT": {"show_multiple_locations": True}, "import_filtering_opts": {
            "allowed_ports": "[]", "disallowed_hosts": "[bad.example]"}}, web="web")
    running = Server(tmp_path_factory.mktemp("guarded"), stores.settings()).start()
    yield running, stores
    running.stop()


@pytest.mark.parametrize("host", [
    "127.0.0.1", "localhost", "LOCALHOST.", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]", "127.1", "2130706433",
    "0x7f000001", "0177.0.0.1", "169.254.169.254", "user:password@127.0.0.1", "%31%32%37.0.0.1"])
def test_a_location_in_the_neighbourhood_is_refused_unasked(guarded, origin, host):
    server, _ = guarded
    image_id = server.create()["id"]
    url = origin.put("/blob", DATA).replace("127.0.0.1", host)

    answer = patch(server, image_id, add(url))

    assert answer.status_code == 400, answer.text
    assert "password" not in answer.text
    assert origin.requests == []
    assert server.status_of(image_id) == "queued"


def leads_to_loopback(name):
    try:
        return socket.gethostbyname(name).startswith("127.")
    except socket.gaierror:
        return False


def test_a_name_that_leads_into_the_neighbourhood_is_refused_unasked(guarded, origin):
    server, _ = guarded
    name = socket.gethostname()
    if not leads_to_loopback(name):
        pytest.skip("no name but localhost leads to loopback here")

    answer = patch(server, server.create()["id"], add(origin.put("/blob", DATA).replace("127.0.0.1", name)))

    assert answer.status_code == 400
    assert origin.requests == []


def test_the_filter_of_imports_is_one_of_locations(guarded):
    server, _ = guarded

    answer = patch(server, server.create()["id"], add("http://bad.example/blob"))

    assert answer.status_code == 400
    assert "disallowed_hosts" in answer.text


def test_a_location_that_is_there_is_read_whatever_the_filter_says(guarded, origin):
    server, stores = guarded
    image_id = server.create_with_data(DATA)
    url = origin.put("/blob", DATA)
    stores.add_location(server, image_id, url, {"store": "web"})
    stores.file("fast", image_id).unlink()

    assert server.download(image_id).content == DATA
    entries = [{"url": url, "metadata": {"rack": "7"}}, location(stores, "fast", image_id)]
    answer = patch(server, image_id, {"op": "replace", "path": "/locations", "value": entries})
    assert answer.status_code == 200, answer.text


def test_locations_may_be_kept_to_public_addresses(make_server, tmp_path, origin):
    stores = Stores(tmp_path / "stores", ["fast"], {}, {
        "DEFAULT": {"show_multiple_locations": True},
        "vitrine": {"import_from_global_addresses_only": True}} | ADMITTED, web="web")
    server = make_server(stores.settings()).start()

    answer = patch(server, server.create()["id"], add(origin.put("/blob", DATA)))

    assert answer.status_code == 400
    assert "import_from_global_addresses_only" in answer.text
    assert origin.requests == []
