"""`vitrine store`, and what the program says of a configuration of several stores."""

import json
import os
import re
import shutil
import subprocess

import pytest

from support.server import BINARY, run, wait_until


def write_config(home, stores, default="fast", **more):
    """A configuration of several stores; `stores` maps each id to the lines of its section."""
    enabled = ", ".join(f"{name}:{kind}" for name, (kind, _) in stores.items())
    lines = ["[DEFAULT]", f"enabled_backends = {enabled}", "[glance_store]", f"default_backend = {default}",
             "[database]", f"connection = sqlite:///{home}/db.sqlite",
             "[vitrine]", f"state_dir = {home}/state"]
    for reserved in ("staging", "tasks"):
        directory = more.get(reserved, f"{home}/{reserved}")
        lines += [f"[os_glance_{reserved}_store]", f"filesystem_store_datadir = {directory}"]
    for name, (_, options) in stores.items():
        lines += [f"[{name}]", *options]
    config = home / "glance-api.conf"
    config.write_text("\n".join(lines) + "\n")
    return config


def directory(path):
    return [f"filesystem_store_datadir = {path}"]


@pytest.fixture
def config(tmp_path):
    """Three file stores, of which one cannot be used."""
    path = write_config(tmp_path, {
        "fast": ("file", ["weight = 10", "store_description = Fast disks", *directory(tmp_path / "fast")]),
        "cheap": ("file", directory(tmp_path / "cheap")),
        "broken": ("file", directory("/proc/vitrine"))})
    assert run("db", "sync", "--config-file", path).returncode == 0
    return path


def store_rows(output):
    """The printed table as a dict of the words of each row, by store."""
    return {line.split()[0]: re.split(r"\s{2,}", line.strip()) for line in output.splitlines()[1:]}


def test_the_list_shows_what_is_up_and_what_is_down(config):
    result = run("store", "list", "--config-file", config)

    rows = store_rows(result.stdout)
    assert list(rows) == ["fast", "cheap", "broken"]
    assert " up " in " ".join(rows["fast"]) and rows["fast"][-1] == "default"
    assert "down" in " ".join(rows["broken"]) and "/proc/vitrine" in rows["broken"][-1]
    assert result.returncode == 1, "a store is down"


def test_the_list_never_shows_the_reserved_stores(config):
    assert "os_glance" not in run("store", "list", "--config-file", config).stdout


def test_the_list_counts_images_and_bytes(make_server, tmp_path):
    server = make_server({"DEFAULT": {"enabled_backends": "fast:file, cheap:file"},
                          "glance_store": {"default_backend": "fast"},
                          "fast": {"filesystem_store_datadir": tmp_path / "fast"},
                          "cheap": {"filesystem_store_datadir": tmp_path / "cheap"},
                          "os_glance_staging_store": {"filesystem_store_datadir": tmp_path / "staging"},
                          "os_glance_tasks_store": {"filesystem_store_datadir": tmp_path / "tasks"}}).start()
    server.create_with_data(b"x" * 1000)
    server.create_with_data(b"y" * 500)
    server.create()

    result = run("store", "list", "--json", "--config-file", server.config)

    stores = {store["id"]: store for store in json.loads(result.stdout)}
    assert (stores["fast"]["images"], stores["fast"]["bytes"]) == (2, 1500)
    assert (stores["cheap"]["images"], stores["cheap"]["bytes"]) == (0, 0)
    assert stores["fast"]["up"] and stores["fast"]["default"] and not stores["fast"]["read_only"]
    assert stores["fast"]["capacity"] >= stores["fast"]["free"] > 0
    assert result.returncode == 0


def test_show_says_everything_about_one_store(config, tmp_path):
    result = run("store", "show", "fast", "--json", "--config-file", config)

    shown = json.loads(result.stdout)
    assert shown["description"] == "Fast disks"
    assert shown["weight"] == 10
    assert shown["properties"]["data_dir"] == str(tmp_path / "fast")
    assert result.returncode == 0
    lines = run("store", "show", "fast", "--config-file", config).stdout
    assert re.search(r"^description +Fast disks$", lines, re.MULTILINE)


def test_check_tries_a_store_and_leaves_nothing(config, tmp_path):
    result = run("store", "check", "fast", "--config-file", config)

    assert result.returncode == 0, result.stdout + result.stderr
    steps = [line.split("  ")[0] for line in result.stdout.splitlines()[:-1]]
    assert steps == ["write", "size", "read back", "ranged read", "remove"]
    assert result.stdout.endswith("Store fast works.\n")
    assert os.listdir(tmp_path / "fast") == []


def test_check_says_what_is_wrong_with_a_store(config):
    result = run("store", "check", "broken", "--config-file", config)

    assert result.returncode == 1
    assert "Store broken does not work" in result.stdout
    assert "/proc/vitrine" in result.stdout


def test_check_of_a_read_only_store_has_nothing_to_write(tmp_path):
    config = write_config(tmp_path, {"fast": ("file", directory(tmp_path / "fast")), "web": ("http", [])})

    result = run("store", "check", "web", "--config-file", config)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "read-only" in result.stdout


@pytest.mark.parametrize("name", ["nobody", "os_glance_staging_store"])
@pytest.mark.parametrize("word", ["show", "check"])
def test_a_store_that_is_not_there_is_an_error_that_names_the_others(config, word, name):
    result = run("store", word, name, "--config-file", config)

    assert result.returncode == 1
    assert f"there is no store {name}. The stores are fast, cheap, broken." in result.stderr


# What the program refuses.

def test_the_check_reports_every_fault_of_the_stores_at_once(tmp_path):
    (tmp_path / "fast").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "fast")
    config = write_config(tmp_path, {
        "fast": ("file", directory(tmp_path / "fast")),
        "twin": ("file", directory(tmp_path / "link")),
        "inner": ("file", directory(tmp_path / "fast/inner")),
        "web": ("http", []),
        "net": ("http", []),
        "tape": ("lto", []),
        "os_glance_mine": ("file", []),
        "blocks": ("cinder", [])}, default="slow", staging=tmp_path / "fast/staging")

    result = run("config", "check", "--config-file", config)

    assert result.returncode == 1
    for fault in ("Stores fast and twin share a place", "Stores fast and inner share a place",
                  "Stores fast and os_glance_staging_store share a place", "Stores web and net share a place",
                  "store tape has the unknown type 'lto'", "ids that start with os_glance_ are reserved",
                  "A store of type cinder without a user of its own needs cinder_store_auth_address",
                  "default_backend: slow is not in enabled_backends"):
        assert fault in result.stdout
    for line in result.stdout.splitlines()[:-1]:
        assert line.startswith(str(config)), "a fault without its place"


def test_the_service_does_not_start_with_such_a_configuration(make_server, tmp_path):
    server = make_server({"DEFAULT": {"enabled_backends": "fast:file, cheap:file"},
                          "glance_store": {"default_backend": "fast"},
                          "fast": {"filesystem_store_datadir": tmp_path / "fast"},
                          "cheap": {"filesystem_store_datadir": tmp_path / "fast"}})
    server.sync().launch()

    assert server.wait() == 1
    assert "Stores fast and cheap share a place" in server.log_text()
    assert not (tmp_path / "fast").exists()


def test_the_service_starts_without_a_store_that_is_not_the_default(make_server, tmp_path):
    server = make_server({"DEFAULT": {"enabled_backends": "fast:file, broken:file"},
                          "glance_store": {"default_backend": "fast"},
                          "fast": {"filesystem_store_datadir": tmp_path / "fast"},
                          "broken": {"filesystem_store_datadir": "/proc/vitrine"},
                          "os_glance_staging_store": {"filesystem_store_datadir": tmp_path / "staging"},
                          "os_glance_tasks_store": {"filesystem_store_datadir": tmp_path / "tasks"}}).start()

    assert "Store broken is down: Image directory /proc/vitrine" in server.log_text()
    assert 'vitrine_store_up{store="broken"} 0' in server.metrics()
    assert 'vitrine_store_up{store="fast"} 1' in server.metrics()


def test_the_service_does_not_start_without_its_default_store(make_server, tmp_path):
    server = make_server({"DEFAULT": {"enabled_backends": "fast:file, broken:file"},
                          "glance_store": {"default_backend": "broken"},
                          "fast": {"filesystem_store_datadir": tmp_path / "fast"},
                          "broken": {"filesystem_store_datadir": "/proc/vitrine"},
                          "os_glance_staging_store": {"filesystem_store_datadir": tmp_path / "staging"},
                          "os_glance_tasks_store": {"filesystem_store_datadir": tmp_path / "tasks"}})
    server.sync().launch()

    assert server.wait() == 1
    assert "The default store broken cannot be used" in server.log_text()


def test_a_store_that_was_down_comes_up_by_itself(make_server, tmp_path):
    blocked = tmp_path / "mount"
    blocked.write_text("a file where the directory should be")
    server = make_server({"DEFAULT": {"enabled_backends": "fast:file, later:file"},
                          "glance_store": {"default_backend": "fast"},
                          "fast": {"filesystem_store_datadir": tmp_path / "fast"},
                          "later": {"filesystem_store_datadir": blocked},
                          "os_glance_staging_store": {"filesystem_store_datadir": tmp_path / "staging"},
                          "os_glance_tasks_store": {"filesystem_store_datadir": tmp_path / "tasks"}}).start()
    image = server.create()["id"]
    headers = {"X-Image-Meta-Store": "later"}
    assert server.upload(image, b"data", **headers).status_code == 410
    assert server.status_of(image) == "queued"

    blocked.unlink()

    def arrives():
        return server.upload(image, b"data", **headers).status_code == 204

    wait_until(arrives, "the store to come up", seconds=30)
    assert server.download(image).content == b"data"
    assert 'vitrine_store_up{store="later"} 1' in server.metrics()


def without_modules(tmp_path):
    """A copy of the program alone, as a package without drivers has it."""
    program = tmp_path / "bin" / "vitrine"
    program.parent.mkdir()
    shutil.copy(BINARY, program)
    return program


def run_program(program, *words):
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, timeout=60, check=False)


def test_the_drivers_are_told():
    result = run("store", "drivers")

    assert result.returncode == 0
    rows = store_rows(result.stdout)
    assert rows["file"] == ["file", "built in", "file, filesystem"]
    assert rows["rbd"] == ["rbd", "module", "rbd"]
    assert rows["cinder"] == ["cinder", "built in: iscsi, nfs, rbd", "cinder"]


def test_a_type_whose_module_is_not_installed_is_refused_by_name(tmp_path):
    program = without_modules(tmp_path)
    config = write_config(tmp_path, {"fast": ("file", directory(tmp_path / "fast")), "blocks": ("rbd", [])})

    assert ["rbd", "not installed", "rbd"] in store_rows(run_program(program, "store", "drivers").stdout).values()
    assert "rbd" not in run_program(program, "--version").stdout
    result = run_program(program, "config", "check", "--config-file", config)

    assert result.returncode == 1
    assert "store blocks: the driver for stores of type rbd is not installed" in result.stdout + result.stderr


def with_module(tmp_path, content):
    """The same with something in the place of the module with the rbd driver."""
    module = tmp_path / "lib" / "vitrine" / "rbd.so"
    module.parent.mkdir(parents=True)
    module.write_bytes(content)
    return without_modules(tmp_path)


def test_a_module_of_another_build_is_refused_before_it_can_harm(tmp_path):
    program = with_module(tmp_path, b"vitrine module build=0.0.1-0123456789ab\0")
    config = write_config(tmp_path, {"fast": ("file", directory(tmp_path / "fast")), "blocks": ("rbd", [])})
    refusal = "the driver for stores of type rbd does not belong to this program"

    drivers = run_program(program, "store", "drivers")
    check = run_program(program, "config", "check", "--config-file", config)

    assert (drivers.returncode, check.returncode) == (1, 1)
    assert refusal in drivers.stdout and "was built with 0.0.1-0123456789ab" in drivers.stdout
    assert f"store blocks: {refusal}" in check.stdout + check.stderr
    assert "rbd" not in run_program(program, "--version").stdout


def test_a_module_that_cannot_be_loaded_says_why(tmp_path):
    own = (BINARY.parent.parent / "lib" / "vitrine" / "rbd.so").read_bytes()
    program = with_module(tmp_path, b"no module, " + re.search(rb"vitrine module build=[^\0]*\0", own)[0])

    result = run_program(program, "store", "drivers")

    assert result.returncode == 1
    assert "the driver for stores of type rbd cannot be loaded" in result.stdout
