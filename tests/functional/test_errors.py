"""What an error looks like, whoever asks."""

import uuid

import pytest

UNKNOWN = "/v2/images/00000000-0000-4000-8000-000000000000"


def ask(server, accept, path=UNKNOWN):
    with server.connect() as connection:
        connection.request("GET", path, [] if accept is None else [f"Accept: {accept}"])
        return connection.response()


@pytest.mark.parametrize("accept", [None, "", "text/plain", "image/png"])
def test_text_is_the_default(server, accept):
    answer = ask(server, accept)

    assert answer.status == 404
    assert answer.headers["content-type"] == "text/plain; charset=UTF-8"
    assert answer.body.startswith(b"404 Not Found\n\n")
    assert answer.body.endswith(b"\n\n   ")


@pytest.mark.parametrize("accept", ["*/*", "text/html", "text/html, application/json;q=0.5"])
def test_html_answers_those_who_take_anything(server, accept):
    answer = ask(server, accept)

    assert answer.headers["content-type"] == "text/html; charset=UTF-8"
    text = answer.body.decode()
    assert text.startswith("<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n"
                           "  <h1>404 Not Found</h1>\n  ")
    assert text.endswith("<br /><br />\n\n\n\n </body>\n</html>")


@pytest.mark.parametrize("accept", ["application/json", "application/json, text/html;q=0.5"])
def test_json_answers_those_who_ask_for_it(server, accept):
    with server.connect() as connection:
        connection.request("GET", UNKNOWN, [f"Accept: {accept}"])
        answer = connection.response()

    assert answer.headers["content-type"].startswith("application/json")
    text = answer.body.decode()
    assert text.startswith('{"message": "')
    assert text.endswith('<br /><br />\\n\\n\\n", "code": "404 Not Found", "title": "Not Found"}')


def test_html_is_escaped(server):
    answer = ask(server, "text/html", "/v2/images/%3Cscript%3E")

    assert b"<script>" not in answer.body


ALLOWED = {
    "/v2/images": "GET, POST",
    "/v2/images/x": "GET, PATCH, DELETE",
    "/v2/images/x/file": "GET, PUT",
    "/v2/schemas/image": "GET",
    "/v2/schemas/images": "GET",
}


@pytest.mark.parametrize("method, path, allow", [
    (method, path, allow) for path, allow in ALLOWED.items()
    for method in ("HEAD", "PUT", "POST", "PATCH", "DELETE") if method not in allow.split(", ")])
def test_a_known_path_with_another_method_says_which_it_knows(server, method, path, allow):
    with server.connect() as connection:
        connection.request(method, path, ["Accept: text/plain"])
        answer = connection.response(method)

    assert answer.status == 405
    assert answer.headers["allow"] == allow


def test_head_is_not_allowed_and_has_no_body(server):
    with server.connect() as connection:
        connection.request("HEAD", "/v2/images", ["Connection: close"])
        answer = connection.response("HEAD")

        assert answer.status == 405
        assert answer.headers["content-length"] == "0"
        assert answer.headers["content-type"].startswith("text/html")
        assert connection.is_closed_by_peer()


@pytest.mark.parametrize("path", ["/v2/nothing", "/v2/images/", "/v2/images/x/y/z", "/v2/images/x/", "/v2/images.json",
                                  "/v2/images/a%2Fb"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_an_unknown_path_is_not_found(server, path, method):
    assert server.request(method, path).status_code == 404


@pytest.mark.parametrize("method", ["FOO", "COPY", "PROPFIND"])
def test_an_unknown_method_is_not_implemented_on_an_unknown_path_and_not_allowed_on_a_known_one(server, method):
    assert server.request(method, "/v2/nothing").status_code == 501
    assert server.request(method, "/v2/images").status_code == 405


def test_options_are_answered_anywhere(server):
    for path in ("/v2/images", "/v2/nothing"):
        answer = server.request("OPTIONS", path)

        assert (answer.status_code, answer.content) == (200, b"")


def test_every_answer_has_a_request_id(server):
    for path in ("/v2/images?limit=0", UNKNOWN, "/v2/nothing"):
        request_id = server.get(path).headers["x-openstack-request-id"]

        assert request_id.startswith("req-")
        assert uuid.UUID(request_id[4:]).version == 4


def test_the_client_may_bring_the_request_id(server):
    for brought, returned in (("req-mine", "req-mine"), ("mine", "req-mine")):
        answer = server.get("/v2/images?limit=0", headers={"X-Openstack-Request-ID": brought})

        assert answer.headers["x-openstack-request-id"] == returned


def test_a_long_request_id_is_refused(server):
    assert server.get("/v2/images?limit=0", headers={"X-Openstack-Request-ID": "i" * 65}).status_code == 431


def test_versions_have_no_request_id(server):
    assert "x-openstack-request-id" not in server.get("/versions").headers
