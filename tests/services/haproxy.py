"""A real load balancer, Debian's haproxy, that hands each request to the next node."""

import pathlib
import subprocess

import requests

from support.server import free_port, wait_until

PACKAGE = "haproxy"
BINARY = "/usr/sbin/haproxy"
NODE = "x-node"  # the header of an answer that names who gave it

CONFIGURATION = """
global
    nbthread 1
    maxconn 1000
defaults
    mode http
    timeout connect 5s
    timeout client 120s
    timeout server 120s
    timeout check 10s
    option http-server-close
    option redispatch
    retries 3
listen images
    bind 127.0.0.1:{port}
    balance roundrobin
    option httpchk GET /healthcheck
    http-check expect status 200
    http-response set-header X-Node %s
    default-server inter 1s downinter 100ms fall 3 rise 1 observe layer4 error-limit 1 on-error mark-down
"""


class HAProxy:
    """In front of nodes by name, each with a port on loopback, in one folder. A node that cannot be connected to gets
    no requests until it is healthy again."""

    def __init__(self, home, nodes):
        self.home = pathlib.Path(home)
        self.home.mkdir(parents=True)
        self.port = free_port()
        self.nodes = list(nodes)
        self.process = None
        lines = [f"    server {name} 127.0.0.1:{port} check\n" for name, port in nodes.items()]
        (self.home / "haproxy.cfg").write_text(CONFIGURATION.format(port=self.port) + "".join(lines))

    def start(self):
        with open(self.home / "haproxy.log", "ab") as log:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen([BINARY, "-db", "-f", self.home / "haproxy.cfg"], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        self.wait_for(*self.nodes)
        return self

    def wait_for(self, *nodes):
        """Waits until requests go to just these nodes."""
        wanted = set(nodes)
        wait_until(lambda: self._answering(2 * len(self.nodes)) == wanted, f"requests to go to {wanted}", 90)

    def _answering(self, requests_sent):
        found = set()
        for _ in range(requests_sent):
            try:
                answer = requests.get(self.url("/healthcheck"), timeout=60)
            except requests.ConnectionError:
                return None
            found.add(answer.headers.get(NODE))
        return found

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(30)
