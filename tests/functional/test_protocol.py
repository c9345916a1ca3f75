"""HTTP/1.1 itself: what well-behaved clients rely on and what badly behaved ones must not break."""

import gzip
import json

import pytest

from support.raw import exchange

OCTETS = "Content-Type: application/octet-stream"


def head(path, *headers, method="PUT"):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


def file_of(image_id):
    return f"/v2/images/{image_id}/file"


class TestWellBehaved:
    """Clients that keep to the standard."""

    def test_a_connection_serves_many_requests(self, server):
        with server.connect() as connection:
            for _ in range(3):
                connection.request("GET", "/v2/images?limit=0")
                assert connection.response().status == 200

    def test_a_connection_is_closed_when_asked(self, server):
        with server.connect() as connection:
            connection.request("GET", "/v2/images?limit=0", ["Connection: close"])

            assert connection.response().status == 200
            assert connection.is_closed_by_peer()

    def test_requests_may_be_sent_before_the_answers_come(self, server):
        with server.connect() as connection:
            connection.send(b"".join(head(path, method="GET") for path in
                                     ("/v2/images?limit=0", "/healthcheck", "/v2/nothing")))

            assert [connection.response().status for _ in range(3)] == [200, 200, 404]

    def test_pipelined_behind_an_upload(self, server):
        image_id = server.create()["id"]
        with server.connect() as connection:
            connection.send(head(file_of(image_id), OCTETS, "Content-Length: 4") + b"data" +
                            head(f"/v2/images/{image_id}", method="GET"))

            assert connection.response().status == 204
            assert json.loads(connection.response().body)["status"] == "active"

    def test_http_1_0_is_answered_and_closed(self, server):
        with server.connect() as connection:
            connection.send(b"GET /healthcheck HTTP/1.0\r\n\r\n")

            assert connection.response().body == b"OK"
            assert connection.is_closed_by_peer()

    def test_continue_is_sent_when_the_upload_is_welcome(self, server):
        image_id = server.create()["id"]
        with server.connect() as connection:
            connection.send(head(file_of(image_id), OCTETS, "Content-Length: 4", "Expect: 100-continue"))
            assert connection.response().status == 100
            assert server.status_of(image_id) == "saving"

            connection.send(b"data")

            assert connection.response().status == 204

    def test_continue_is_not_sent_when_the_upload_is_refused(self, server):
        image_id = server.create_with_data(b"data")
        with server.connect() as connection:
            connection.send(head(file_of(image_id), OCTETS, "Content-Length: 4", "Expect: 100-continue"))

            assert connection.response().status == 409

    def test_continue_is_sent_for_json_too(self, server):
        with server.connect() as connection:
            connection.send(head("/v2/images", "Content-Length: 2", "Expect: 100-continue", method="POST"))
            assert connection.response().status == 100

            connection.send(b"{}")

            assert connection.response().status == 201

    def test_json_is_compressed_when_asked(self, server):
        with server.connect() as connection:
            connection.request("GET", "/v2/schemas/image")
            plain = connection.response()
            connection.request("GET", "/v2/schemas/image", ["Accept-Encoding: gzip"])
            packed = connection.response()

        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert len(packed.body) < len(plain.body)
        assert gzip.decompress(packed.body) == plain.body

    def test_image_data_is_never_compressed(self, server):
        image_id = server.create_with_data(b"a" * 100000)
        with server.connect() as connection:
            connection.request("GET", file_of(image_id), ["Accept-Encoding: gzip"])
            answer = connection.response()

        assert "content-encoding" not in answer.headers
        assert answer.body == b"a" * 100000

    def test_every_chunk_size_is_understood(self, server):
        image_id = server.create()["id"]
        with server.connect() as connection:
            connection.send(head(file_of(image_id), OCTETS, "Transfer-Encoding: chunked"))
            connection.send(b"1\r\na\r\n0000002\r\nbc\r\nA;name=value\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n")

            assert connection.response().status == 204
        assert server.download(image_id).content == b"abc0123456789"

    def test_a_refusal_reaches_a_client_that_still_sends(self, server):
        image_id = server.create_with_data(b"data")
        with server.connect() as connection:
            connection.send(head(file_of(image_id), OCTETS, f"Content-Length: {64 << 20}"))
            connection.send(b"x" * (512 << 10))

            assert connection.response().status == 409

    def test_date_and_length_are_always_there(self, server):
        with server.connect() as connection:
            connection.request("GET", "/v2/images?limit=0")
            headers = connection.response().headers

        assert headers["date"].endswith("GMT")
        assert int(headers["content-length"]) > 0


class TestBadlyBehaved:
    """Whatever comes, there is an answer, and the server lives on."""

    @pytest.fixture(autouse=True)
    @staticmethod
    def lives_on(server):
        yield
        assert server.get("/healthcheck").status_code == 200

    @pytest.mark.parametrize("line", [
        "GET", "GET /", "GET  / HTTP/1.1", "G@T / HTTP/1.1", "GET / HTTP/x.y", "GET / HTTX/1.1", "GET / HTTP/1.1 x",
        "\x00\x01\x02", "GET /a b HTTP/1.1", "GET /\x01 HTTP/1.1"])
    def test_a_malformed_request_line(self, server, line):
        assert exchange(server.port, f"{line}\r\nHost: x\r\n\r\n").status == 400

    @pytest.mark.parametrize("header", ["no colon", "space before : x", ": no name", "Bad\x00Name: x", "Name: a\x00b",
                                        "Content-Length: x", "Content-Length: -1", "Content-Length: 1, 2",
                                        "Content-Length: 99999999999999999999"])
    def test_a_malformed_header(self, server, header):
        assert exchange(server.port, f"POST /v2/images HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n").status == 400

    def test_two_lengths_that_differ(self, server):
        answer = exchange(server.port, head("/v2/images", "Content-Length: 2", "Content-Length: 3", method="POST") +
                          b"{}x")

        assert answer.status == 400

    def test_length_and_chunks_together(self, server):
        answer = exchange(server.port, head("/v2/images", "Content-Length: 2", "Transfer-Encoding: chunked",
                                            method="POST") + b"0\r\n\r\n")

        assert answer.status == 400

    def test_headers_beyond_the_limit(self, server):
        assert exchange(server.port, head("/v2/images", f"X: {'y' * 100000}", method="GET")).status == 431

    def test_a_request_line_beyond_the_limit(self, server):
        assert exchange(server.port, head(f"/v2/images?name={'y' * 100000}", method="GET")).status in (414, 431)

    @pytest.mark.parametrize("chunk", [b"x\r\nabc\r\n", b"-1\r\n", b"fffffffffffffffff\r\n", b"3\r\nabcd\r\n",
                                       b"\r\n\r\n", b"3 abc\r\n"])
    def test_a_malformed_chunk(self, server, chunk):
        image_id = server.create()["id"]
        with server.connect() as connection:
            connection.send(head(file_of(image_id), OCTETS, "Transfer-Encoding: chunked") + b"4\r\ndata\r\n" + chunk)

            assert connection.response().status == 400
            assert connection.is_closed_by_peer()
        server.wait_for_status(image_id, "queued")
        server.assert_nothing_left_of(image_id)

    def test_a_malformed_chunk_in_json(self, server):
        request = head("/v2/images", "Transfer-Encoding: chunked", method="POST")

        assert exchange(server.port, request + b"zz\r\n{}\r\n").status == 400

    def test_json_beyond_the_limit(self, server):
        body = b'{"name": "' + b"x" * (17 << 20) + b'"}'

        assert exchange(server.port, head("/v2/images", f"Content-Length: {len(body)}", method="POST") +
                        body[:1000]).status == 413

    def test_a_body_shorter_than_its_length(self, server):
        image_id = server.create()["id"]
        with server.connect() as connection:
            connection.send(head(file_of(image_id), OCTETS, "Content-Length: 1000000") + b"x" * 1000)
            server.wait_for_status(image_id, "saving")
            connection.end_sending()
            server.wait_for_status(image_id, "queued")
        server.assert_nothing_left_of(image_id)
        assert server.upload(image_id, b"again").status_code == 204

    def test_a_body_longer_than_its_length(self, server):
        image_id = server.create()["id"]
        with server.connect() as connection:
            connection.send(head(file_of(image_id), OCTETS, "Content-Length: 4") + b"data and more\r\n\r\n")

            assert connection.response().status == 204
            assert connection.response().status == 400
            assert connection.is_closed_by_peer()
        assert server.download(image_id).content == b"data"

    def test_json_shorter_than_its_length(self, server):
        with server.connect() as connection:
            connection.send(head("/v2/images", "Content-Length: 100", method="POST") + b"{}")
            connection.end_sending()

            assert connection.is_closed_by_peer() or connection.response().status == 400

    def test_a_connection_that_says_nothing(self, server):
        with server.connect() as connection:
            connection.end_sending()

            assert connection.is_closed_by_peer()
