"""Start, stop, reload: what the operator sees."""

import signal
import stat
import subprocess

import pytest

from support.server import BINARY, free_port, wait_until

OCTETS = "Content-Type: application/octet-stream"


def refuse_to_start(server, prefix=()):
    """Starts a server that must not come up; returns what it said."""
    server.launch(prefix)
    assert server.wait() != 0
    return server.log_text()


# Configurations that ask for what does not exist are refused by name: serving without it would be worse.
@pytest.mark.parametrize("settings, name", [
    ({"paste_deploy": {"flavor": "nonsense"}}, "flavor"),
    ({"DEFAULT": {"metadata_encryption_key": "0123456789abcdef"}}, "metadata_encryption_key"),
    ({"DEFAULT": {"delayed_delete": "True"}}, "delayed_delete"),
    ({"DEFAULT": {"use_keystone_limits": "True"}}, "use_keystone_limits"),
    ({"DEFAULT": {"use_keystone_limits": "True"}}, "endpoint_id"),
    ({"DEFAULT": {"user_storage_quota": "10 GB"}}, "user_storage_quota"),
    ({"DEFAULT": {"enabled_backends": "one:file"}}, "enabled_backends"),
    ({"DEFAULT": {"enabled_import_methods": "[carrier-pigeon]"}}, "enabled_import_methods"),
    ({"DEFAULT": {"image_cache_dir": "/var/cache"}}, "image_cache_dir"),
    ({"DEFAULT": {"owner_is_tenant": "False"}}, "owner_is_tenant"),
    ({"DEFAULT": {"use_syslog": "True"}}, "use_syslog"),
    ({"healthcheck": {"backends": "disk_space"}}, "backends"),
    ({"healthcheck": {"backends": "disable_by_file,enable_by_files"}}, "backends"),
    ({"healthcheck": {"disable_by_file_paths": "/run/out"}}, "disable_by_file_paths"),
    ({"healthcheck": {"allowed_source_ranges": "10.0.0.1/8"}}, "allowed_source_ranges"),
    ({"oslo_messaging_notifications": {"driver": "messagingv2"}}, "driver"),
    ({"glance_store": {"stores": "file,cinder"}}, "cinder_store_auth_address"),
    ({"glance_store": {"stores": "cathedral"}}, "stores"),
    ({"glance_store": {"default_store": "swift"}}, "default_store"),
    ({"glance_store": {"filesystem_store_datadirs": "/elsewhere"}}, "filesystem_store_datadir"),
    ({"glance_store": {"filesystem_store_file_perm": 40}}, "filesystem_store_file_perm"),
    ({"DEFAULT": {"bind_port": "ninety"}}, "bind_port"),
    ({"database": {"connection": "oracle://x"}}, "connection"),
    ({"DEFAULT": {"cert_file": "/nonexistent/cert.pem", "key_file": "/nonexistent/key.pem"}}, "/nonexistent/"),
])
def test_a_configuration_that_cannot_be_honoured_is_refused_by_name(make_server, settings, name):
    server = make_server().sync()
    server.write_config(settings)

    assert name in refuse_to_start(server)


def test_a_syntax_error_is_shown_with_file_and_line(make_server):
    server = make_server().sync()
    server.config.write_text(server.config.read_text() + "no assignment here\n")
    line = len(server.config.read_text().splitlines())

    said = refuse_to_start(server)

    assert f"{server.config}:{line}:" in said
    assert "=" in said.split(f"{server.config}:{line}:")[1]


def test_a_missing_configuration_file_is_named(make_server):
    server = make_server().sync()
    server.config.unlink()

    assert str(server.config) in refuse_to_start(server)


def test_an_unknown_option_is_a_warning(make_server):
    server = make_server({"DEFAULT": {"no_such_option": "1"}}).start()

    assert server.log_text().count("no_such_option") == 1


def test_a_database_that_was_never_prepared_says_what_to_run(make_server):
    assert "db sync" in refuse_to_start(make_server())


def test_a_missing_data_directory_is_made(make_server):
    server = make_server()
    assert not server.images.exists()

    server.start()

    assert server.images.is_dir()
    assert server.download(server.create_with_data(b"data")).content == b"data"


def test_a_data_directory_that_cannot_be_made_is_named(make_server):
    server = make_server().sync()
    server.images.write_text("a file, not a folder")

    assert str(server.images) in refuse_to_start(server)


# Root may write anywhere, so it has to lay this down.
WITHOUT_PRIVILEGE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


@pytest.mark.parametrize("folder", ["images", "state"])
def test_a_folder_that_cannot_be_written_is_named(make_server, folder):
    server = make_server().sync()
    path = getattr(server, folder)
    path.mkdir(exist_ok=True)
    path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    is_root = subprocess.run(["id", "-u"], capture_output=True, text=True, check=True).stdout.strip() == "0"

    said = refuse_to_start(server, WITHOUT_PRIVILEGE if is_root else ())

    assert str(path) in said


def test_a_port_in_use_is_named(make_server, server):
    second = make_server().sync()
    second.port = server.port
    second.write_config({})

    assert str(server.port) in refuse_to_start(second)


def test_a_state_folder_serves_one_process(make_server):
    first = make_server().start()
    second = make_server().sync()
    second.write_config({"vitrine": {"state_dir": first.state}})

    assert str(first.state) in refuse_to_start(second)


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(make_server, signal_number):
    server = make_server().start()

    server.process.send_signal(signal_number)

    assert server.wait() == 0


def test_a_running_upload_is_finished_before_the_end(fresh_server):
    image_id = fresh_server.create()["id"]
    with fresh_server.connect() as connection:
        connection.request("PUT", f"/v2/images/{image_id}/file", [OCTETS, "Content-Length: 2000000"], b"a" * 1000000)
        fresh_server.wait_for_status(image_id, "saving")
        fresh_server.terminate()
        wait_until(lambda: not is_accepting(fresh_server), "new connections to be refused")

        connection.send(b"a" * 1000000)

        assert connection.response().status == 204
    assert fresh_server.wait() == 0
    assert fresh_server.rows("SELECT status, size FROM images WHERE id = ?", image_id) == [("active", 2000000)]
    assert fresh_server.stored_files() == [image_id]


def test_the_drain_is_bounded(make_server):
    server = make_server({"vitrine": {"drain_timeout": 1}}).start()
    image_id = server.create()["id"]
    with server.connect() as connection:
        connection.request("PUT", f"/v2/images/{image_id}/file", [OCTETS, "Content-Length: 2000000"], b"a" * 1000000)
        server.wait_for_status(image_id, "saving")

        server.terminate()

        server.wait(30)
    server.start()
    assert server.status_of(image_id) == "queued"
    server.assert_nothing_left_of(image_id)


def is_accepting(server):
    try:
        server.connect().close()
        return True
    except (ConnectionRefusedError, ConnectionResetError):  # reset: caught while the listener closed
        return False


def test_idle_connections_do_not_hold_up_the_end(fresh_server):
    with fresh_server.connect() as connection:
        connection.request("GET", "/v2/images?limit=0")
        connection.response()

        fresh_server.terminate()

        assert fresh_server.wait(20) == 0
        assert connection.is_closed_by_peer()


def test_hangup_opens_the_log_anew(make_server):
    server = make_server()
    log = server.home / "api.log"
    server.write_config({"DEFAULT": {"log_file": log}})
    server.start()
    rotated = log.rename(server.home / "api.log.1")

    server.process.send_signal(signal.SIGHUP)
    wait_until(log.exists, "the new log")
    server.get("/v2/images?limit=0", headers={"X-Openstack-Request-ID": "req-after"})

    wait_until(lambda: "req-after" in log.read_text(), "the request in the new log")
    assert "req-after" not in rotated.read_text()


def test_hangup_reads_debug_anew(make_server):
    server = make_server().start()
    server.write_config({"DEFAULT": {"debug": "True"}})

    server.process.send_signal(signal.SIGHUP)

    wait_until(lambda: "debug is on" in server.log_text(), "the news in the log")


def test_hangup_with_a_broken_file_keeps_serving(make_server):
    server = make_server().start()
    server.config.write_text("broken\n")

    server.process.send_signal(signal.SIGHUP)

    wait_until(lambda: f"{server.config}:1:" in server.log_text(), "the complaint in the log")
    assert server.get("/v2/images?limit=0").status_code == 200


def test_images_outlive_a_restart(fresh_server):
    image_id = fresh_server.create_with_data(b"data", name="kept")
    before = fresh_server.get(f"/v2/images/{image_id}").content

    fresh_server.restart()

    assert fresh_server.get(f"/v2/images/{image_id}").content == before
    assert fresh_server.download(image_id).content == b"data"


def test_ipv6(make_server):
    server = make_server(host="::1").start()

    assert server.get("/healthcheck").text == "OK"
    assert server.get("/versions").json()["versions"][0]["links"][0]["href"] == f"http://[::1]:{server.port}/v2/"


class TestTls:
    """cert_file and key_file make it speak TLS."""

    @pytest.fixture
    @staticmethod
    def secure(make_server, tmp_path):
        certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        server = make_server({"DEFAULT": {"cert_file": certificate, "key_file": key}}).sync().launch()
        server.session.verify = str(certificate)
        server.url = lambda path: f"https://127.0.0.1:{server.port}{path}"
        wait_until(lambda: is_accepting(server), "the server to listen")
        return server

    def test_data_goes_in_and_out(self, secure):
        data = b"0123456789" * 100000
        image_id = secure.create_with_data(data)

        assert secure.download(image_id).content == data
        assert secure.download(image_id, Range="bytes=-3").content == b"789"

    def test_links_say_https(self, secure):
        assert secure.get("/versions").json()["versions"][0]["links"][0]["href"].startswith("https://")

    def test_plain_text_is_not_served(self, secure):
        with secure.connect() as connection:
            connection.request("GET", "/healthcheck")

            assert connection.is_closed_by_peer()
        assert secure.get("/healthcheck").text == "OK"


def test_several_data_directories_are_used_by_priority(make_server):
    server = make_server()
    preferred, other = server.home / "preferred", server.home / "other"
    several = [f"filesystem_store_datadirs = {folder}" for folder in (f"{other}:1", f"{preferred}:2")]
    server.config.write_text(server.config.read_text().replace(
        f"filesystem_store_datadir = {server.images}", "\n".join(["filesystem_store_datadir =", *several])))

    image_id = server.start().create_with_data(b"data")

    assert (preferred / image_id).read_bytes() == b"data"
    assert list(other.iterdir()) == []


def test_file_permissions_are_set(make_server):
    server = make_server({"glance_store": {"filesystem_store_file_perm": 640}}).start()

    image_id = server.create_with_data(b"data")

    assert stat.S_IMODE((server.images / image_id).stat().st_mode) == 0o640


def test_zeros_take_no_room_when_thin(make_server):
    server = make_server({"glance_store": {"filesystem_thin_provisioning": "True"}}).start()
    data = b"\0" * (8 << 20) + b"end"

    image_id = server.create_with_data(data)

    assert server.download(image_id).content == data
    assert (server.images / image_id).stat().st_blocks * 512 < 1 << 20


def test_environment_overrides_the_file(make_server):
    server = make_server().sync()
    port = free_port()

    server.port = port
    server.start(env={"OS_DEFAULT__BIND_PORT": str(port), "PATH": "/usr/bin:/bin"})

    assert server.get("/healthcheck").text == "OK"


def test_the_program_is_where_the_tests_expect_it():
    assert BINARY.is_file()
