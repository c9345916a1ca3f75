"""What operators watch: the log and the metrics."""

import json
import re

from support.server import wait_until


def access_lines(server, request_id):
    return [line for line in server.log_text().splitlines() if request_id in line and "HTTP/1.1" in line]


def test_each_request_has_one_access_line(fresh_server):
    fresh_server.get("/v2/images?limit=0", headers={"X-Openstack-Request-ID": "req-seen"})

    lines = wait_until(lambda: access_lines(fresh_server, "req-seen"), "the access line")
    assert len(lines) == 1
    assert "GET /v2/images?limit=0 HTTP/1.1" in lines[0]
    assert " 200 " in lines[0]
    assert "127.0.0.1" in lines[0]


def test_log_lines_can_be_json(make_server):
    server = make_server({"DEFAULT": {"use_json": "True"}}).start()

    server.get("/v2/nothing", headers={"X-Openstack-Request-ID": "req-json"})

    wait_until(lambda: "req-json" in server.log_text(), "the access line")
    lines = [json.loads(line) for line in server.log_text().splitlines()]
    assert any("req-json" in json.dumps(line) for line in lines)


def test_requests_are_counted_by_route_and_status(fresh_server):
    for _ in range(3):
        fresh_server.get("/v2/images/no-such-image")
    fresh_server.get("/v2/images")

    assert "/v2/images/{image_id}" in fresh_server.metrics()
    assert "no-such-image" not in fresh_server.metrics()


def test_metrics_are_in_the_format_of_prometheus(fresh_server):
    fresh_server.get("/v2/images")

    lines = fresh_server.metrics().splitlines()

    assert lines
    for line in lines:
        assert line.startswith("# ") or re.fullmatch(r'\w+(\{.*\})? \S+', line), line
    assert any("_bucket{" in line for line in lines)


def test_bytes_are_counted_per_store(fresh_server):
    image_id = fresh_server.create_with_data(b"x" * 12345)
    fresh_server.download(image_id)

    def counted():
        lines = [line for line in fresh_server.metrics().splitlines() if "store=" in line and "bytes" in line]
        return [line for line in lines if line.endswith(" 12345")]
    wait_until(lambda: len(counted()) >= 2, "bytes in and out of the store", seconds=10)


def test_transfers_under_way_are_shown(fresh_server):
    def uploads():
        found = re.search(r'^vitrine_active_transfers\{direction="upload"\} (\d+)$', fresh_server.metrics(), re.M)
        return found and int(found[1])
    image_id = fresh_server.create()["id"]
    with fresh_server.connect() as connection:
        connection.request("PUT", f"/v2/images/{image_id}/file",
                           ["Content-Type: application/octet-stream", "Content-Length: 8"], b"half")
        wait_until(lambda: uploads() == 1, "the upload to be shown")

        connection.send(b"half")

        assert connection.response().status == 204
    wait_until(lambda: uploads() == 0, "the upload to be over")


def test_metrics_are_not_on_the_public_port(server):
    assert server.get("/metrics").status_code == 300
