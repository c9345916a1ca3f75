"""A real web server, Debian's nginx, with everything that it keeps below one folder."""

import contextlib
import os
import pathlib
import shutil
import subprocess

import requests

from support.server import free_port, wait_until

PACKAGE = "nginx-light"
BINARY = "/usr/sbin/nginx"

# What of a file's URL stands for how it is served.
PLAIN = "files"
SLOW = "slow"  # SLOW_RATE bytes a second
SLOW_WITHOUT_RANGES = "slow-unranged"
SLOW_WITHOUT_VERSION = "slow-unversioned"
WITHOUT_RANGES = "unranged"
WITHOUT_VERSION = "unversioned"  # neither ETag nor Last-Modified
ENCODED = "encoded"  # says that it is compressed
MOVED = "moved"  # leads on to PLAIN
SLOW_RATE = 1 << 20

CONFIGURATION = """
{user}
pid {home}/nginx.pid;
error_log {home}/error.log info;
worker_processes 1;
events {{}}
http {{
    access_log {home}/access.log;
    client_body_temp_path {home}/temporary;
    proxy_temp_path {home}/temporary;
    fastcgi_temp_path {home}/temporary;
    uwsgi_temp_path {home}/temporary;
    scgi_temp_path {home}/temporary;
    default_type application/octet-stream;
    server {{
        listen 127.0.0.1:{port};
        listen 127.0.0.1:{secure_port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        location /files/ {{ alias {files}/; }}
        location /slow/ {{ alias {files}/; limit_rate {rate}; }}
        location /slow-unranged/ {{ alias {files}/; limit_rate {rate}; max_ranges 0; }}
        location /slow-unversioned/ {{ alias {files}/; limit_rate {rate}; etag off; add_header Last-Modified ""; }}
        location /unranged/ {{ alias {files}/; max_ranges 0; }}
        location /unversioned/ {{ alias {files}/; etag off; add_header Last-Modified ""; }}
        location /encoded/ {{ alias {files}/; add_header Content-Encoding gzip; }}
        location /moved/ {{ rewrite ^/moved/(.*)$ /files/$1 redirect; }}
        location /astray {{ return 302 http://169.254.169.254/latest/meta-data; }}
        location /round {{ return 302 http://127.0.0.1:{port}/round; }}
        location /state {{ stub_status; }}
        location /busy {{ add_header Retry-After 1 always; return 503; }}
    }}
}}
"""


class Nginx:
    """Serves the files that are put to it, each in several ways. In a `with` block it runs."""

    def __init__(self, home):
        self.home = pathlib.Path(home)
        self.files = self.home / "files"
        self.port = free_port()
        self.secure_port = free_port()
        self.certificate = self.home / "certificate.pem"  # its own authority
        self.process = None

    def __enter__(self):
        self.files.mkdir(parents=True, exist_ok=True)
        (self.home / "temporary").mkdir(exist_ok=True)
        (self.home / "nginx.conf").write_text(CONFIGURATION.format(
            home=self.home, port=self.port, secure_port=self.secure_port, files=self.files, rate=SLOW_RATE,
            certificate=self.certificate, key=self._make_certificate(),
            user="user root;" if os.geteuid() == 0 else ""))  # otherwise as somebody who may not read the files
        self.start()
        return self

    def _make_certificate(self):
        """For the address that it is reached by, and for no name. Returns the key's file."""
        key = self.home / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=nginx", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", key, "-out", self.certificate], check=True, capture_output=True)
        return key

    def __exit__(self, *_):
        self.stop()

    def start(self):
        with (self.home / "output.log").open("ab") as output:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen(
                [BINARY, "-p", str(self.home), "-c", str(self.home / "nginx.conf"), "-g", "daemon off;"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        wait_until(self._is_ready, f"nginx in {self.home} to answer")

    def stop(self):
        """At once: what is under way breaks."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    def _is_ready(self):
        assert self.process.poll() is None, (self.home / "error.log").read_text() + self._output()
        with contextlib.suppress(requests.RequestException):
            return requests.get(self.url("busy", ""), timeout=5, proxies={"http": ""}).status_code == 503
        return False

    def _output(self):
        return (self.home / "output.log").read_text()

    def put(self, name, data):
        """Makes a file of bytes, or of a file's."""
        path = self.files / name
        if isinstance(data, bytes):
            path.write_bytes(data)
        else:
            shutil.copy(data, path)
        path.chmod(0o644)
        return path

    def url(self, way, name=""):
        """Where a file is to be had in one of the ways above, or what nginx answers by itself."""
        return f"http://127.0.0.1:{self.port}/{way}" + (f"/{name}" if name else "")

    def secure_url(self, way, name):
        """The same through TLS."""
        return f"https://127.0.0.1:{self.secure_port}/{way}/{name}"

    def is_sending(self):
        """Whether an answer is under way."""
        text = requests.get(self.url("state"), timeout=5, proxies={"http": ""}).text
        return int(text.split("Writing:")[1].split()[0]) > 1  # this one counts

    def requests(self, way, name):
        """The status of each answer about the file so far."""
        lines = (self.home / "access.log").read_text().splitlines()
        return [int(line.split('"')[2].split()[0]) for line in lines if f"/{way}/{name} " in line]
