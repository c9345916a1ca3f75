"""A configuration file that lies on a web server."""

import http.server
import threading

import pytest

from support.server import run


@pytest.fixture
def web(tmp_path):
    """A web server over a folder; yields the folder and the server's address."""
    folder = tmp_path / "web"
    folder.mkdir()

    class Files(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=folder)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://user:hunter2@127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def local_config(tmp_path, uri):
    config = tmp_path / "glance-api.conf"
    config.write_text(f"""[DEFAULT]
config_source = far
[far]
driver = remote_file
uri = {uri}
[database]
connection = sqlite:///{tmp_path}/db.sqlite
[glance_store]
filesystem_store_datadir = {tmp_path}/images
""")
    return config


def test_its_values_count_below_the_local_ones(tmp_path, web):
    folder, address = web
    (folder / "glance.conf").write_text("[DEFAULT]\nbind_port = ninety\n[database]\nconnection = nonsense\n")

    result = run("config", "check", "--config-file", local_config(tmp_path, f"{address}/glance.conf"))

    assert result.returncode == 1
    assert "[far]:2: error: [DEFAULT] bind_port = ninety" in result.stdout
    assert "nonsense" not in result.stdout, "the local file wins"


@pytest.mark.parametrize("path, reason", [("/missing.conf", "answers 404"), ("/large.conf", "more than 1048576 bytes")])
def test_a_file_that_is_not_there_stops_the_start(tmp_path, web, path, reason):
    folder, address = web
    (folder / "large.conf").write_bytes(b"#\n" * (1 << 20))

    result = run("config", "check", "--config-file", local_config(tmp_path, address + path))

    assert result.returncode == 1
    assert "[far] cannot be fetched" in result.stdout and reason in result.stdout
    assert "hunter2" not in result.stdout + result.stderr
