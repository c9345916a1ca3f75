"""What stands between a client and the service: a proxy, or a web page of another origin."""

import pytest

PAGE = "https://dashboard.example.org"
PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "images.example.org", "X-Forwarded-For": "203.0.113.7",
         "X-Forwarded-Prefix": "/image"}


@pytest.fixture(name="proxied")
def fixture_proxied(make_server):
    return make_server({"oslo_middleware": {"enable_proxy_headers_parsing": "true"}}).start()


@pytest.fixture(name="shared")
def fixture_shared(make_server):
    return make_server({"cors": {"allowed_origin": PAGE}}).start()


def test_links_lead_through_the_proxy(proxied):
    version = proxied.get("/versions", headers=PROXY).json()["versions"][0]
    created = proxied.request("POST", "/v2/images", json={}, headers=PROXY)

    assert version["links"][0]["href"] == "https://images.example.org/image/v2/"
    assert created.headers["Location"] == f"https://images.example.org/image/v2/images/{created.json()['id']}"
    assert proxied.get("/v2", headers=PROXY).headers["Location"] == "https://images.example.org/image/v2/"


def test_the_access_log_names_the_client_and_not_the_proxy(proxied):
    proxied.get("/v2/images", headers=PROXY)

    assert "203.0.113.7" in proxied.log_text()


def test_a_client_is_not_believed_unless_the_operator_says_so(server):
    answer = server.get("/versions", headers=PROXY)

    assert answer.json()["versions"][0]["links"][0]["href"] == server.url("/v2/")


def test_the_public_endpoint_goes_before_what_a_proxy_says(make_server):
    server = make_server({"DEFAULT": {"public_endpoint": "https://public.example.org"},
                          "oslo_middleware": {"enable_proxy_headers_parsing": "true"}}).start()

    answer = server.get("/versions", headers=PROXY)

    assert answer.json()["versions"][0]["links"][0]["href"] == "https://public.example.org/v2/"


@pytest.mark.parametrize("method, path, status", [
    ("GET", "/v2/images", 200), ("GET", "/v2/nothing", 404), ("PUT", "/v2/images/x/file", 415),
    ("PUT", "/v2/images", 405), ("GET", "/", 300)])
def test_a_page_may_read_every_answer(shared, method, path, status):
    answer = shared.request(method, path, headers={"Origin": PAGE})

    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert "Origin" in answer.headers["Vary"]


def test_a_page_of_another_origin_may_not(shared):
    answer = shared.get("/v2/images", headers={"Origin": "https://evil.example.org"})

    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_browser_may_ask_in_advance(shared):
    answer = shared.request("OPTIONS", "/v2/images", headers={
        "Origin": PAGE, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "X-Auth-Token"})

    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["Access-Control-Allow-Methods"] == "PUT"
    assert answer.headers["Access-Control-Allow-Headers"] == "X-Auth-Token"
    assert answer.headers["Access-Control-Max-Age"] == "3600"
