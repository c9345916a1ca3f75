"""A web server that holds image data, for stores of type http."""

import contextlib
import http.server
import re
import threading


# What lets a server fetch from an Origin, which is on loopback and on any port.
ADMITTED = {"import_filtering_opts": {"allowed_hosts": "[127.0.0.1]", "allowed_ports": "[]"}}


class Origin:
    """Serves what is in `pages`, a path's bytes each, whole or in one range, and keeps in `requests` what was asked
    for. A path in `cut_after` breaks the connection after so many bytes of its body; one that is held() answers
    when it is let go. How long a page in `without_length` is, only its end tells."""

    def __init__(self):
        self.pages = {}
        self.cut_after = {}
        self.without_length = set()
        self.requests = []
        self._gates = {}
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def put(self, path, data):
        """Makes a page and returns its URL."""
        self.pages[path] = data
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    @contextlib.contextmanager
    def held(self, path, methods=("GET", "HEAD")):
        """Meanwhile nobody who asks for the path gets an answer."""
        self._gates[path] = methods, threading.Event()
        try:
            yield
        finally:
            self._gates.pop(path)[1].set()

    def _handler(self):
        origin = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer(has_body=True)

            def do_HEAD(self):
                self._answer(has_body=False)

            def do_DELETE(self):
                origin.requests.append(("DELETE", self.path))
                self.send_error(405)

            def log_message(self, *_):
                pass

            def _answer(self, has_body):
                origin.requests.append((self.command, self.path))
                methods, gate = origin._gates.get(self.path, ((), None))  # pylint: disable=protected-access
                if self.command in methods:
                    gate.wait(60)
                data = origin.pages.get(self.path)
                if data is None:
                    self.send_error(404)
                    return
                body = self._head(data)
                if has_body:
                    limit = origin.cut_after.get(self.path, len(body))
                    self.wfile.write(body[:limit])
                    self.close_connection = True

            def _head(self, data):
                wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
                first = int(wanted[1]) if wanted else 0
                last = min(int(wanted[2]), len(data) - 1) if wanted and wanted[2] else len(data) - 1
                self.send_response(206 if wanted else 200)
                if wanted:
                    self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
                if self.path not in origin.without_length:
                    self.send_header("Content-Length", str(last + 1 - first))
                self.end_headers()
                return data[first:last + 1]

        return Handler
