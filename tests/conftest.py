"""Servers for the tests: one that many share, and fresh ones for those that break or configure theirs. And Keystone."""

import pytest

pytest.register_assert_rewrite("support")

# pylint: disable=wrong-import-position
from services.keystone import Keystone  # noqa: E402
from support.server import Server  # noqa: E402


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A running server that all tests of the session share: leave nothing that another test could trip over."""
    running = Server(tmp_path_factory.mktemp("server")).start()
    yield running
    running.stop()


@pytest.fixture
def make_server(tmp_path):
    """Makes servers that are not yet started, each in a folder of its own; stops those that run at the end."""
    made = []

    def make(settings=None, **options):
        made.append(Server(tmp_path / f"server{len(made)}", settings, **options))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def fresh_server(make_server):
    """A running server for this test alone."""
    return make_server().start()


@pytest.fixture(scope="session")
def keystone(tmp_path_factory):
    """A running Keystone that all tests of the session share. Whoever stops it starts it again."""
    running = Keystone(tmp_path_factory.mktemp("keystone")).start()
    yield running
    running.stop()
