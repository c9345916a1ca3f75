"""What import plugins make of imported data, and what is left when they refuse it."""

import gzip
import io
import subprocess
import zipfile

import pytest

from support.disk_images import make_samples
from support.imports import imported, staged
from support.origin import ADMITTED, Origin
from support.server import Server, run
from support.stores import RESERVED, Stores

RAW = b"vitrine " * 65536


def zipped(*members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(members):
            archive.writestr(f"member{number}", data)
    return file.getvalue()


class House:
    """A server with two stores and these plugins."""

    def __init__(self, root, plugins, **options):
        self.stores = Stores(root / "stores", ["fast", "cheap"], more=ADMITTED | {
            "image_import_opts": {"image_import_plugins": f"[{','.join(plugins)}]"},
            "inject_metadata_properties": {"inject": "origin:lab,os_glance_mine:no", "ignore_user_roles": "boss"},
            "image_conversion": {"output_format": "qcow2"}} | options)
        self.server = Server(root / "server", self.stores.settings()).start()

    def import_data(self, data, method, **fields):
        """Imports into both stores; returns the image and its task."""
        if method == "glance-direct":
            image_id = staged(self.server, data, **fields)
            task = imported(self.server, image_id, method, all_stores=True)
        else:
            with Origin() as origin:
                image_id = self.server.create(**fields)["id"]
                how = {"name": method, "uri": origin.put("/image", data)}
                task = imported(self.server, image_id, how, all_stores=True)
        return self.server.show(image_id), task

    def data_of(self, image):
        """The same in both stores."""
        first, second = (self.stores.file(store, image["id"]).read_bytes() for store in self.stores.ids)
        assert first == second
        return first

    def assert_refused(self, image, task, why):
        assert task["status"] == "failure" and why in task["message"]
        assert (image["status"], image["size"], image["disk_format"]) == ("queued", None, "raw")
        self.assert_nothing_staged()
        assert not [name for name in self.stores.files() if image["id"] in name]

    def assert_nothing_staged(self):
        directory = self.stores.directory(RESERVED[0])
        assert not directory.exists() or not list(directory.iterdir())
        assert self.server.journal() == []


@pytest.fixture(scope="module", name="house")
def fixture_house(tmp_path_factory):
    made = House(tmp_path_factory.mktemp("house"),
                 ["inject_image_metadata", "image_decompression", "image_conversion"],
                 vitrine={"decompressed_size_limit": 8 << 20})
    yield made
    made.server.stop()


@pytest.fixture(scope="module", name="samples")
def fixture_samples(tmp_path_factory):
    return make_samples(tmp_path_factory.mktemp("samples"))


@pytest.mark.parametrize("method", ["glance-direct", "web-download"])
@pytest.mark.parametrize("wrap", [bytes, gzip.compress, zipped], ids=["plain", "gzip", "zip"])
def test_data_is_expanded_then_converted(house, tmp_path, method, wrap):
    image, task = house.import_data(wrap(RAW), method)

    assert task["status"] == "success", task
    assert (image["status"], image["disk_format"], image["container_format"]) == ("active", "qcow2", "bare")
    assert image["virtual_size"] == len(RAW)
    assert image["origin"] == "lab"
    assert "os_glance_mine" not in image
    (tmp_path / "disk.qcow2").write_bytes(house.data_of(image))
    subprocess.run(["qemu-img", "convert", "-f", "qcow2", "-O", "raw", "disk.qcow2", "disk.raw"], cwd=tmp_path,
                   check=True, timeout=60)
    assert (tmp_path / "disk.raw").read_bytes() == RAW
    assert image["size"] == (tmp_path / "disk.qcow2").stat().st_size
    house.assert_nothing_staged()


@pytest.mark.parametrize("method", ["glance-direct", "web-download"])
@pytest.mark.parametrize("data, why", [
    (gzip.compress(bytes(64 << 20)), "larger than 8388608 bytes"), (zipped(bytes(9 << 20)), "larger than 8388608"),
    (zipped(b"1", b"2"), "one file"), (gzip.compress(RAW)[:-100], "broken"),
], ids=["gzip bomb", "zip bomb", "two files", "truncated"])
def test_what_cannot_be_expanded_is_refused_and_leaves_nothing(house, method, data, why):
    image, task = house.import_data(data, method)

    house.assert_refused(image, task, why)
    assert "origin" not in image


@pytest.mark.parametrize("name", ["qcow2 with a backing file", "vmdk with a path", "luks version 2", "qcow2 and iso",
                                  "qcow2"])
def test_what_may_not_be_converted_is_refused_and_leaves_nothing(house, samples, name):
    image, task = house.import_data(samples[name].data, "glance-direct")

    assert task["status"] == "failure"
    house.assert_refused(image, task, "")


def test_a_compressed_container_stays_compressed(tmp_path):
    house = House(tmp_path, ["image_decompression"])
    try:
        data = gzip.compress(RAW)
        image, _ = house.import_data(data, "glance-direct", container_format="compressed")
        assert (image["status"], house.data_of(image)) == ("active", data)
    finally:
        house.server.stop()


def test_properties_are_injected_without_staging(tmp_path):
    house = House(tmp_path, ["inject_image_metadata"])
    try:
        image, _ = house.import_data(RAW, "web-download")
        assert (image["origin"], house.data_of(image)) == ("lab", RAW)
    finally:
        house.server.stop()


def test_an_unknown_plugin_is_refused_at_start(make_server):
    server = make_server({"image_import_opts": {"image_import_plugins": "[polish]"}})

    checked = run("config", "check", "--config-file", server.config)

    assert checked.returncode != 0
    assert "image_import_plugins" in checked.stdout + checked.stderr
