"""/healthcheck, as load balancers ask it."""

import json

import pytest


def health(server, method="GET", accept=None, path="/healthcheck"):
    with server.connect() as connection:
        connection.request(method, path, [f"Accept: {accept}"] if accept else [])
        return connection.response(method)


@pytest.mark.parametrize("accept", [None, "text/plain", "image/png"])
def test_says_ok(server, accept):
    answer = health(server, accept=accept)

    assert (answer.status, answer.body) == (200, b"OK")
    assert answer.headers["content-type"].startswith("text/plain")


def test_head_has_no_content(server):
    assert health(server, "HEAD").status == 204


def test_json_has_four_blanks_of_indent(server):
    answer = health(server, accept="application/json")

    assert answer.headers["content-type"].startswith("application/json")
    assert answer.body.decode() == json.dumps({"detailed": False, "reasons": ["OK"]}, indent=4, sort_keys=True)


def test_html_is_a_page(server):
    answer = health(server, accept="text/html")

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert b"OK" in answer.body and b"<html" in answer.body.lower()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_any_method_is_answered(server, method):
    assert health(server, method).status == 200


def test_anything_below_is_answered(server):
    assert health(server, path="/healthcheck/load-balancer").status == 200


def test_a_file_takes_the_node_out_of_service(make_server, tmp_path):
    switch = tmp_path / "out-of-service"
    server = make_server({"healthcheck": {"backends": "disable_by_file", "disable_by_file_path": switch}}).start()

    switch.touch()
    answer = health(server)
    switch.unlink()

    assert (answer.status, answer.body) == (503, b"DISABLED BY FILE")
    assert health(server).status == 200


def test_a_missing_file_takes_the_node_out_of_service(make_server, tmp_path):
    marker = tmp_path / "mounted"
    marker.touch()
    server = make_server({"healthcheck": {"backends": "enable_by_files", "enable_by_file_paths": marker}}).start()

    assert health(server).status == 200
    marker.unlink()

    answer = health(server)
    assert (answer.status, answer.body) == (503, b"FILE PATH MISSING")


def test_a_file_takes_one_port_out_of_service(make_server, tmp_path):
    server = make_server({"healthcheck": {"backends": "disable_by_files_ports"}})
    switch = tmp_path / "out-of-service"
    server.write_config({"healthcheck": {"backends": "disable_by_files_ports",
                                         "disable_by_file_paths": f"1:{tmp_path},{server.port}:{switch}"}})
    server.start()

    assert health(server).status == 200
    switch.touch()

    assert health(server).status == 503


def test_a_proxied_request_can_be_refused(make_server):
    server = make_server({"healthcheck": {"ignore_proxied_requests": "true"}}).start()

    with server.connect() as connection:
        connection.request("GET", "/healthcheck", ["X-Forwarded-For: 192.0.2.1"])
        assert connection.response().status == 403
    assert health(server).status == 200
