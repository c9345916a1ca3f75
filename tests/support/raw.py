"""HTTP spoken byte by byte, for what a polite client library would never send."""

import dataclasses
import socket
import struct


@dataclasses.dataclass
class Response:
    """One answer as it came over the wire; header names are in lower case."""
    status: int
    reason: str
    headers: dict
    body: bytes


class Connection:
    """A connection on which the test decides every byte."""

    def __init__(self, port, host="127.0.0.1", timeout=30):
        self.socket = socket.create_connection((host, port), timeout=timeout)
        self._stream = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        """Sends text (as UTF-8) or bytes."""
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def request(self, method, target, headers=(), body=b""):
        """Sends a request; Content-Length is only sent if the headers name it."""
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *headers, "", ""]
        self.send("\r\n".join(lines).encode() + body)

    def end_sending(self):
        """Says that nothing more will come, and goes on listening."""
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self._stream.close()
        self.socket.close()

    def reset(self):
        """Ends the connection as a crashed client does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def is_closed_by_peer(self):
        """Waits for the peer to close; anything that still comes is an error of the test."""
        try:
            return self._stream.read(1) == b""
        except ConnectionResetError:
            return True

    def response(self, method="GET"):
        """Reads the next answer, interim ones included."""
        status_line = self._stream.readline().decode("latin-1")
        if not status_line:
            raise EOFError("the server closed the connection without an answer")
        _, status, reason = (status_line.rstrip("\r\n") + " ").split(" ", 2)
        headers = {}
        while (line := self._stream.readline().decode("latin-1").rstrip("\r\n")):
            name, value = line.split(":", 1)
            headers[name.lower()] = value.strip()
        return Response(int(status), reason.strip(), headers, self._body(method, int(status), headers))

    def _body(self, method, status, headers):
        if method == "HEAD" or status < 200 or status in (204, 304):
            return b""
        if headers.get("transfer-encoding") == "chunked":
            return self._chunks()
        if "content-length" in headers:
            return self._exactly(int(headers["content-length"]))
        return self._stream.read()

    def _exactly(self, length):
        body = self._stream.read(length)
        if len(body) != length:
            raise EOFError(f"{len(body)} bytes came, {length} were announced")
        return body

    def _chunks(self):
        body = b""
        while (size := int(self._stream.readline().split(b";")[0], 16)):
            body += self._exactly(size)
            self._stream.readline()
        self._stream.readline()
        return body


def exchange(port, data):
    """Sends the bytes on a connection of their own and returns the one answer."""
    with Connection(port) as connection:
        connection.send(data)
        return connection.response()
