"""The one program under its many names."""

import subprocess

import pytest

from support.server import BINARY, REPOSITORY, run


def write(path, text):
    path.write_text(text)
    return path


@pytest.fixture
def config(tmp_path):
    """A sound configuration with a database of its own."""
    return write(tmp_path / "glance-api.conf", f"""[DEFAULT]
debug = false
[database]
connection = sqlite:///{tmp_path}/db.sqlite
[glance_store]
filesystem_store_datadir = {tmp_path}/images
[vitrine]
state_dir = {tmp_path}/state
""")


def test_a_sound_configuration_passes_the_check(config):
    result = run("config", "check", "--config-file", config)

    assert result.returncode == 0, result.stdout + result.stderr


def test_every_fault_is_printed_with_file_and_line(tmp_path):
    config = write(tmp_path / "bad.conf", "[DEFAULT]\nbind_port = ninety\ndebug = perhaps\nnonsense\n[open\n")

    result = run("config", "check", "--config-file", config)

    said = result.stdout + result.stderr
    assert result.returncode != 0
    for line in (2, 3, 4, 5):
        assert f"{config}:{line}: error: " in said
    assert "bind_port" in said and "debug" in said


def test_an_unknown_option_is_a_warning_with_file_and_line(config):
    config.write_text(config.read_text() + "[glance_store]\nno_such_option = 1\n")
    line = len(config.read_text().splitlines())

    result = run("config", "check", "--config-file", config)

    assert result.returncode == 0
    assert f"{config}:{line}: warning: " in result.stdout + result.stderr


def test_files_of_a_folder_count_in_order(config, tmp_path):
    folder = tmp_path / "conf.d"
    folder.mkdir()
    write(folder / "10-first.conf", "[DEFAULT]\nbind_port = ninety\n")
    write(folder / "20-second.conf", "[DEFAULT]\nbind_port = 9293\n")

    assert run("config", "check", "--config-file", config, "--config-dir", folder).returncode == 0
    write(folder / "30-third.conf", "[DEFAULT]\nbind_port = none\n")
    result = run("config", "check", "--config-file", config, "--config-dir", folder)

    assert result.returncode != 0
    assert "30-third.conf:2: error: " in result.stdout + result.stderr


def test_the_reference_has_every_option_with_default_and_help():
    result = run("config", "reference")

    assert result.returncode == 0
    for option in ("bind_host", "bind_port", "filesystem_store_datadir", "state_dir", "metrics_address", "connection",
                   "image_size_cap", "enabled_backends"):
        assert option in result.stdout
    assert "9292" in result.stdout
    assert "/var/lib/glance/images" in result.stdout


def test_the_reference_in_the_documentation_is_the_programs():
    """Made anew with: vitrine config reference > docs/reference/options.md"""
    page = REPOSITORY / "docs" / "reference" / "options.md"

    assert run("config", "reference").stdout == page.read_text()


@pytest.mark.parametrize("words", [("db", "sync"), ("glance-manage", "db", "sync"), ("glance-manage", "db_sync")])
def test_db_sync_makes_the_schema(config, tmp_path, words):
    result = run(*words, "--config-file", config)

    assert result.returncode == 0, result.stderr
    tables = subprocess.run(["/usr/bin/python3", "-c", "import sqlite3, sys\nfor row in sqlite3.connect(sys.argv[1])"
                             ".execute('SELECT name FROM sqlite_master'): print(*row)", tmp_path / "db.sqlite"],
                            capture_output=True, text=True, check=True).stdout.split()
    assert {"alembic_version", "images", "image_locations", "image_properties", "image_tags"} <= set(tables)


def test_db_sync_can_be_repeated(config):
    assert run("db", "sync", "--config-file", config).returncode == 0
    assert run("db", "sync", "--config-file", config).returncode == 0


def test_options_may_stand_before_the_command(config, tmp_path):
    result = run("glance-manage", "--config-file", config, "db", "sync")

    assert result.returncode == 0, result.stderr
    assert (tmp_path / "db.sqlite").exists()


def test_a_link_named_like_glances_command_is_that_command(config, tmp_path):
    link = tmp_path / "glance-manage"
    link.symlink_to(BINARY)

    result = subprocess.run([link, "--config-file", config, "db_sync"], capture_output=True, text=True, timeout=60,
                            check=False)

    assert result.returncode == 0, result.stderr
    assert (tmp_path / "db.sqlite").exists()


def test_an_unknown_revision_is_refused(config, tmp_path):
    run("db", "sync", "--config-file", config)
    subprocess.run(["/usr/bin/python3", "-c", "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1]) as database:"
                    " database.execute(\"UPDATE alembic_version SET version_num = 'from_the_future'\")",
                    tmp_path / "db.sqlite"], check=True)

    result = run("db", "sync", "--config-file", config)

    assert result.returncode != 0
    assert "from_the_future" in result.stdout + result.stderr


@pytest.mark.parametrize("words", [(), ("dance",), ("db",), ("db", "dance"), ("api", "--no-such-switch")])
def test_what_it_does_not_understand_ends_with_help(words):
    result = run(*words)

    assert result.returncode != 0
    assert "--help" in result.stdout + result.stderr or "Usage" in result.stdout + result.stderr


def test_help_and_version():
    assert "api" in run("--help").stdout
    assert "stores: cinder, file, http, rbd" in run("--version").stdout


def test_a_command_of_glances_that_is_not_there_yet_is_named():
    result = run("glance-scrubber")

    assert result.returncode == 1
    assert "glance-scrubber is not part of this version" in result.stderr
