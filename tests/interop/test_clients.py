"""Whole sessions with OpenStack's own clients."""

import hashlib
import json
import os
import pathlib
import shutil

import pytest

from support import clients
from support.stores import Stores

KIND = ["--disk-format", "iso", "--container-format", "bare"]
MIB = 1 << 20


def digest(path, algorithm):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


@pytest.fixture
def bootable():
    """A real image: GRUB's rescue CD."""
    path = pathlib.Path(clients.BOOTABLE)
    assert path.is_file(), f"{path} is missing; install grub-rescue-pc"
    return path


def test_glance(server, tmp_path, bootable):
    glance = clients.glance(server, tmp_path)

    created = glance.on_terminal("image-create", "--name", "rescue", *KIND, "--file", bootable, "--progress",
                                 "--property", "os_distro=grub", "--tag", "boot")
    assert "100%" in created
    image_id = clients.table(created)["id"]

    image = clients.table(glance("image-show", "--max-column-width", "200", image_id))
    assert (image["status"], image["size"]) == ("active", str(bootable.stat().st_size))
    assert image["checksum"] == digest(bootable, "md5")
    assert image["os_hash_value"] == digest(bootable, "sha512")
    assert clients.table(glance("image-list"))[image_id] == "rescue"

    glance("image-update", image_id, "--name", "renamed", "--property", "os_distro=none")
    shown = clients.table(glance("image-show", image_id))
    assert (shown["name"], shown["os_distro"]) == ("renamed", "none")

    glance("image-update", image_id, "--remove-property", "os_distro")
    assert "os_distro" not in clients.table(glance("image-show", image_id))

    copy = tmp_path / "copy.iso"
    glance("image-download", image_id, "--file", copy, "--progress")
    assert digest(copy, "sha512") == digest(bootable, "sha512")

    glance("image-delete", image_id)
    assert glance.attempt("image-show", image_id).returncode != 0
    server.assert_nothing_left_of(image_id)


def test_glance_uploads_to_an_image_that_exists(server, tmp_path, bootable):
    glance = clients.glance(server, tmp_path)
    image_id = clients.table(glance("image-create", *KIND))["id"]

    glance("image-upload", "--file", bootable, image_id)

    assert clients.table(glance("image-show", image_id))["status"] == "active"


def test_glance_shows_the_message_of_an_error(server, tmp_path):
    result = clients.glance(server, tmp_path).attempt("image-show", "00000000-0000-4000-8000-000000000000")

    assert result.returncode != 0
    assert "404" in result.stderr
    assert "<" not in result.stderr


def test_glance_reads_the_schema_and_the_versions(server, tmp_path):
    glance = clients.glance(server, tmp_path)

    assert "os_hash_value" in glance("explain", "image")


def test_openstack(server, tmp_path, bootable):
    openstack = clients.openstack(server, tmp_path)

    created = openstack.on_terminal("image", "create", *KIND, "--file", bootable, "--progress", "--property",
                                    "os_distro=grub", "--tag", "boot", "-f", "json", "rescue")
    image_id = json.loads(created[created.index("{"):])["id"]
    assert "100%" in created

    listed = {image["ID"]: image for image in json.loads(openstack("image", "list", "-f", "json"))}
    assert listed[image_id] == {"ID": image_id, "Name": "rescue", "Status": "active"}

    openstack("image", "set", "--name", "renamed", "--property", "os_distro=none", "--tag", "second", image_id)
    openstack("image", "unset", "--property", "os_distro", image_id)
    shown = json.loads(openstack("image", "show", "-f", "json", image_id))
    assert (shown["name"], shown["size"]) == ("renamed", bootable.stat().st_size)
    assert sorted(shown["tags"]) == ["boot", "second"]
    assert "os_distro" not in shown["properties"]
    assert shown["checksum"] == digest(bootable, "md5")
    assert shown["properties"]["os_hash_value"] == digest(bootable, "sha512")

    copy = tmp_path / "copy.iso"
    openstack("image", "save", "--file", copy, image_id)
    assert digest(copy, "sha512") == digest(bootable, "sha512")

    openstack("image", "delete", image_id)
    assert openstack.attempt("image", "show", image_id).returncode != 0
    server.assert_nothing_left_of(image_id)


def test_openstack_finds_an_image_by_its_name(server, tmp_path):
    openstack = clients.openstack(server, tmp_path)
    image_id = server.create(name="only one of this name")["id"]

    shown = json.loads(openstack("image", "show", "-f", "json", "only one of this name"))

    assert shown["id"] == image_id


def test_openstack_notices_a_damaged_image(server, tmp_path):
    image_id = server.create_with_data(b"sound data")
    (server.images / image_id).write_bytes(b"wrong data")

    result = clients.openstack(server, tmp_path).attempt("image", "save", "--file", tmp_path / "copy", image_id)

    assert result.returncode != 0


def shown_stores(text):
    """The JSON that glanceclient breaks over the lines of a table's second column."""
    cells = [line.split("|")[2].strip() for line in text.splitlines() if line.startswith("|")]
    return json.loads(" ".join(cells[1:]))


def test_glance_with_several_stores(make_server, tmp_path, bootable):
    stores = Stores(tmp_path / "stores", ["fast", "cheap", "shared", "reliable"],
                    {"fast": {"store_description": "Local disks"}, "cheap": {"weight": -1}})
    server = make_server(stores.settings()).start()
    glance = clients.glance(server, tmp_path)

    listed = shown_stores(glance("stores-info"))
    assert [store["id"] for store in listed] == stores.ids
    assert (listed[0]["description"], listed[0]["default"]) == ("Local disks", "true")
    assert [store["weight"] for store in shown_stores(glance("stores-info", "--detail"))] == [0, -1, 0, 0]

    image_id = clients.table(glance("image-create", *KIND, "--store", "cheap", "--file", bootable))["id"]
    assert clients.table(glance("image-show", image_id))["stores"] == "cheap"
    assert digest(stores.file("cheap", image_id), "sha512") == digest(bootable, "sha512")

    assert glance.attempt("stores-delete", "--store", "cheap", image_id).returncode != 0
    shutil.copy(bootable, stores.file("reliable", image_id))
    stores.add_location(server, image_id, f"file://{stores.file('reliable', image_id)}", {"store": "reliable"})
    assert clients.table(glance("image-show", image_id))["stores"] == "reliable,cheap"

    glance("stores-delete", "--store", "cheap", image_id)
    assert clients.table(glance("image-show", image_id))["stores"] == "reliable"
    assert not stores.file("cheap", image_id).exists()
    copy = tmp_path / "copy.iso"
    glance("image-download", image_id, "--file", copy)
    assert digest(copy, "sha512") == digest(bootable, "sha512")


def mixed_file(path, size):
    """A file of holes and random stretches, quickly made at any size."""
    with open(path, "wb") as file:
        for start in range(0, size, 256 * MIB):
            file.seek(start)
            file.write(os.urandom(min(8 * MIB, size - start)))
        file.truncate(size)
    return path


@pytest.mark.parametrize("size", [0, 1, MIB + 1, 300 * MIB], ids=["0", "1", "1M+1", "300M"])
def test_glance_brings_back_any_size(server, tmp_path, size):
    glance = clients.glance(server, tmp_path)
    original, copy = mixed_file(tmp_path / "original", size), tmp_path / "copy"

    created = glance("image-create", "--disk-format", "raw", "--container-format", "bare", timeout=60)
    image_id = clients.table(created)["id"]
    glance("image-upload", "--file", original, "--size", size, image_id, timeout=600)
    # glanceclient checks the digest that the server announced, and fails if the data does not match.
    glance("image-download", image_id, "--file", copy, timeout=600)

    image = server.show(image_id)
    assert (image["size"], copy.stat().st_size) == (size, size)
    assert image["os_hash_value"] == digest(copy, "sha512")
    server.request("DELETE", f"/v2/images/{image_id}")
    original.unlink()
    copy.unlink()
