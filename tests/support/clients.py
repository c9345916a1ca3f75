"""OpenStack's command-line clients, without Keystone and with it."""

import contextlib
import os
import select

from support import python_program
from support.python_program import PythonProgram

# The file lies in the package grub-rescue-pc.
BOOTABLE = "/usr/lib/grub-rescue/grub-rescue-cdrom.iso"


class Client:
    """One command, spoken to one server, with a home of its own, so that no user's settings count. Its standard input
    is a terminal: from anything else these clients read image data."""

    def __init__(self, home, program, *options, variables=None):
        self.home = home
        self.program = program  # the module of its main()
        self.options = options
        self.variables = variables or {}

    def __call__(self, *words, timeout=120):
        """Runs the command and returns its output; a failure of it is one of the test."""
        result = self.attempt(*words, timeout=timeout)
        assert result.returncode == 0, f"{words}: {result.stdout}\n{result.stderr}"
        return result.stdout

    def attempt(self, *words, timeout=120):
        """Runs the command and returns whatever came of it."""
        with _terminal() as (_, terminal):
            return python_program.run(self.program, [*self.options, *words], self._environment(), terminal, timeout)

    def on_terminal(self, *words, timeout=120):
        """Runs the command as a user sees it, progress bars included, and returns what the screen showed."""
        with _terminal() as (screen, terminal):
            process = PythonProgram(self.program, [*self.options, *words], self._environment(),
                                    [(terminal, os.O_RDWR)] * 3)
            shown = b""
            while process.is_running() or select.select([screen], [], [], 0)[0]:
                if select.select([screen], [], [], 0.1)[0]:
                    shown += os.read(screen, 65536)
            status = process.wait(timeout)
        text = shown.decode().replace("\r\n", "\n")
        assert status == 0, text
        return text

    def _environment(self):
        return {"HOME": str(self.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | self.variables


@contextlib.contextmanager
def _terminal():
    """A pseudo terminal: what a screen would show, and the path of what a program takes for the terminal."""
    ends = os.openpty()
    try:
        yield ends[0], os.ttyname(ends[1])
    finally:
        for end in ends:
            os.close(end)


def glance(server, home):
    """`glance`; its tables are read with table(). Without a named API version it would keep the server's schema in its
    home and then stumble over the property `stores` in it, whoever the server is."""
    return Client(home, "glanceclient.shell", "--os-image-api-version", "2", "--os-image-url", server.url(""),
                  "--os-auth-token", "none")


def openstack(server, home):
    """`openstack`; with the words `-f json` its output is read with json.loads."""
    return Client(home, "openstackclient.shell", "--os-auth-type", "none", "--os-endpoint", server.url(""))


def glance_as(user, keystone, home):
    """`glance` for a user of Keystone, whose catalog says where the images are."""
    return Client(home, "glanceclient.shell", "--os-image-api-version", "2", variables=keystone.environment(user))


def openstack_as(user, keystone, home):
    """`openstack` for a user of Keystone."""
    return Client(home, "openstackclient.shell", variables=keystone.environment(user))


def table(text):
    """The rows of a table that glanceclient printed: a dict of the first two columns."""
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("|")]
    return {row[0].strip(): row[1].strip() for row in rows}
