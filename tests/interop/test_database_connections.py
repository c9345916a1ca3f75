"""How the service finds a database server, how long it keeps a connection, and how it proves who it is."""

import time

import pytest

from services.databases import SERVERS, MariaDB, database_of, running
from support.databases import DatabaseServerHouse
from support.server import run, wait_until


@pytest.fixture(scope="module", params=SERVERS, ids=lambda kind: kind.engine)
def peer(request):
    with running(request.param) as (server,):
        yield server


@pytest.fixture
def version_with(peer, tmp_path):
    """Runs `db version` with a connection."""
    def version(url):
        config = tmp_path / "connection.conf"
        config.write_text(f"[database]\nmax_retries = 0\nconnection = {url}\n")
        return run("db", "version", "--config-file", config)
    return version


def test_a_unix_socket_is_connected_to(peer, version_with):
    name = database_of(peer.new_database())

    said = version_with(peer.socket_url(name))

    assert said.returncode == 0, said.stderr
    assert "empty" in said.stdout


def test_a_client_proves_who_it_is_by_a_certificate(peer, version_with, tmp_path):
    name = database_of(peer.new_database())
    certificate, key = peer.client_certificate(tmp_path, "certain")
    peer.admit_by_certificate("certain", name)
    url = peer.certificate_url("certain", name)
    names = ("ssl_cert", "ssl_key") if isinstance(peer, MariaDB) else ("sslcert", "sslkey")

    assert version_with(url).returncode == 1
    said = version_with(f"{url}&{names[0]}={certificate}&{names[1]}={key}")
    assert said.returncode == 0, said.stderr


def test_a_connection_that_is_old_is_replaced(peer, tmp_path):
    house = DatabaseServerHouse(tmp_path, peer, {"database": {"connection_recycle_time": 1}}).start()
    try:
        house.get("/v2/images")
        before = peer.connections(house.name)
        assert before

        def replaced():
            house.get("/v2/images")
            return not before & peer.connections(house.name)
        wait_until(replaced, "other connections")
    finally:
        house.stop()


def test_a_server_that_comes_later_is_waited_for_as_often_as_configured(peer, tmp_path):
    house = DatabaseServerHouse(tmp_path, peer, {"database": {"max_retries": 1, "retry_interval": 1}}).sync()
    peer.stop()
    try:
        started = time.monotonic()
        refused = run("api", "--config-file", house.config)
        assert refused.returncode == 1
        assert "Cannot connect" in refused.stderr
        assert 1 <= time.monotonic() - started < 20

        house.write_config({"database": {"connection": house.connection, "max_retries": -1, "retry_interval": 1}})
        house.launch()
        wait_until(lambda: "Trying again" in house.log_text(), "a try in vain")
    finally:
        peer.start()
    try:
        house.wait_until_ready()
    finally:
        house.stop()
