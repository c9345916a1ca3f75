"""The one client of every contestant: sends a file with sendfile, receives into one buffer, and computes nothing."""

import os
import random
import resource
import select
import selectors
import socket
import time

BUFFER = bytearray(1 << 20)


def allow_many_connections():
    """Raises the limit of open files for this process and those it starts."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def read_head(connection):
    """Reads up to the end of the head; returns its status, its Content-Length and the bytes that came after it."""
    text = b""
    while b"\r\n\r\n" not in text:
        piece = connection.recv(65536)
        if not piece:
            raise EOFError(f"the connection ended in the head: {text!r}")
        text += piece
    head, rest = text.split(b"\r\n\r\n", 1)
    length = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return int(head.split()[1]), int(length[0]) if length else 0, rest


def put(port, path, file, size):
    """Uploads `size` bytes of the file; returns the seconds until the answer."""
    head = (f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
            f"Content-Length: {size}\r\nConnection: close\r\n\r\n").encode()
    start = time.monotonic()
    with open(file, "rb") as source, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head)
        sent = 0
        while sent < size:
            sent += os.sendfile(connection.fileno(), source.fileno(), sent, size - sent)
        status, _, _ = read_head(connection)
    assert status == 204, f"upload answered {status}"
    return time.monotonic() - start


def read_ranges(port, path, size, length, count):
    """Reads `length` bytes at random offsets of `size` bytes, one after the other, on one connection if the server keeps
    it; returns the milliseconds of each, those for a new connection included."""
    times = []
    chooser = random.Random(7)
    connection = None
    for _ in range(count):
        first = chooser.randrange(size - length)
        head = (f"GET {path} HTTP/1.1\r\nHost: localhost\r\n"
                f"Range: bytes={first}-{first + length - 1}\r\n\r\n").encode()
        start = time.monotonic()
        connection = connection or socket.create_connection(("127.0.0.1", port))
        connection.sendall(head)
        status, announced, rest = read_head(connection)
        assert (status, announced) == (206, length), f"a range answered {status}, {announced} bytes"
        received = len(rest)
        while received < length:
            piece = connection.recv_into(BUFFER, length - received)
            assert piece > 0, f"the range ended after {received} of {length} bytes"
            received += piece
        times.append(1000 * (time.monotonic() - start))
        if is_closed(connection):
            connection.close()
            connection = None
    return times


def is_closed(connection):
    """Whether the server has ended the connection; waits a moment, for some do so right behind an answer."""
    readable, _, _ = select.select([connection], [], [], 0.0005)
    return bool(readable)


def get(port, path):
    """Downloads; returns the seconds and the bytes that came."""
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        status, length, rest = read_head(connection)
        assert status == 200, f"download answered {status}"
        received = len(rest)
        while received < length:
            size = connection.recv_into(BUFFER)
            assert size > 0, f"the download ended after {received} of {length} bytes"
            received += size
    return time.monotonic() - start, received


def connect_many(port, path, count, receive_buffer=None):
    """So many connections, each with a request for the path under way."""
    connections = []
    for _ in range(count):
        connection = socket.socket()
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.connect(("127.0.0.1", port))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        connections.append(connection)
    return connections


def read_slowly(connections, seconds, rate):
    """Takes about `rate` bytes a second from each of the connections, for so many seconds; returns how many moved."""
    selector = selectors.DefaultSelector()
    for connection in connections:
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ)
    moved = set()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for key, _ in selector.select(timeout=0.5):
            if key.fileobj.recv(max(1, rate // 2)):
                moved.add(key.fd)
        time.sleep(0.5)
    selector.close()
    return len(moved)
