"""Images that qemu-img makes are recognised as it recognises them; what Debian's Glance knows of formats, we know, too.
"""

import contextlib
import json
import struct
import subprocess

import pytest
from glance.common import format_inspector

from support.disk_images import make_samples
from support.server import Server, wait_until

FORMATS = "raw,qcow2,vmdk,vhd,vhdx,vdi,luks,qed"
NAMES = {"vpc": "vhd"}  # what qemu-img calls it: what Glance calls it
SECRET = ("--object", "secret,id=key,data=no-secret-at-all")

# What qemu-img is told, and whether the image may be taken for what it is.
GOOD = [
    ("qcow2", ["-o", "compat=0.10"]), ("qcow2", ["-o", "compat=1.1"]), ("qcow2", ["-o", "lazy_refcounts=on"]),
    ("qcow2", ["-o", "compression_type=zstd"]), ("qcow2", ["-o", "preallocation=metadata"]),
    ("vmdk", []), ("vmdk", ["-o", "subformat=monolithicSparse"]), ("vmdk", ["-o", "compat6=on"]),
    ("vdi", []), ("vdi", ["-o", "static=on"]), ("vhdx", []), ("vhdx", ["-o", "block_size=1M"]),
    ("vpc", []), ("vpc", ["-o", "force_size=on"]), ("raw", []),
]
UNSAFE = [
    ("qcow2", ["-o", "data_file=other.img"]), ("qcow2", ["-o", "extended_l2=on,cluster_size=128k"]),
    ("qcow2", ["-b", "base.img", "-F", "raw"]), ("qed", []),
    ("vmdk", ["-o", "subformat=monolithicFlat"]), ("vmdk", ["-o", "subformat=twoGbMaxExtentSparse"]),
    ("vmdk", ["-o", "subformat=twoGbMaxExtentFlat"]), ("vmdk", ["-b", "base.vmdk", "-F", "vmdk"]),
]
SIZES = ["1M", "64M", "65537k", "3G"]


@pytest.fixture(scope="module", name="inspector")
def fixture_inspector(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("inspector"), {"image_format": {"disk_formats": FORMATS}}).start()
    yield running
    running.stop()


def qemu_img(directory, *arguments):
    return subprocess.run(["qemu-img", *arguments], cwd=directory, capture_output=True, text=True, timeout=120,
                          check=True).stdout


def info(path, kind):
    return json.loads(qemu_img(path.parent, "info", "-f", kind, "--output=json", path.name))


def upload(server, path, disk_format):
    """Returns the answer's status and the image's virtual size."""
    image_id = server.create(disk_format=disk_format)["id"]
    with path.open("rb") as data:
        status = server.upload(image_id, data).status_code
    wait_until(lambda: server.status_of(image_id) != "saving", "the upload to end")
    size = server.show(image_id)["virtual_size"]
    server.request("DELETE", f"/v2/images/{image_id}")
    return status, size


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind, options", GOOD, ids=str)
def test_qemu_images_are_taken_with_the_size_that_qemu_sees(inspector, tmp_path, kind, options, size):
    if size == "3G" and kind in ("raw", "vdi"):
        size = "128M"  # as large a file
    image = tmp_path / "disk.img"
    qemu_img(tmp_path, "create", "-q", "-f", kind, *options, image.name, size)

    answer = upload(inspector, image, NAMES.get(kind, kind))

    assert answer == (204, info(image, kind)["virtual-size"])


def test_luks_is_taken(inspector, tmp_path):
    image = tmp_path / "disk.img"
    create = ("create", "-q", "-f", "luks", *SECRET, "-o", "key-secret=key,iter-time=100", image.name, "3M")
    for _ in range(10):  # qemu-img measures how fast its digest is, and fails where the machine is busy
        with contextlib.suppress(subprocess.CalledProcessError):
            qemu_img(tmp_path, *create)
            break

    assert upload(inspector, image, "luks") == (204, info(image, "luks")["virtual-size"])


def test_stream_optimized_vmdk_is_taken(inspector, tmp_path):
    (tmp_path / "disk.raw").write_bytes(bytes(3 << 20) + b"data" * 100000)
    image = tmp_path / "disk.vmdk"
    qemu_img(tmp_path, "convert", "-O", "vmdk", "-o", "subformat=streamOptimized", "disk.raw", image.name)

    answer = upload(inspector, image, "vmdk")

    assert answer == (204, info(image, "vmdk")["virtual-size"])


def test_images_with_data_in_them_are_taken(inspector, tmp_path):
    (tmp_path / "disk.raw").write_bytes(bytes(range(256)) * 20000)
    for kind in ("qcow2", "vmdk", "vdi", "vhdx", "vpc"):
        image = tmp_path / f"disk.{kind}"
        qemu_img(tmp_path, "convert", "-O", kind, "disk.raw", image.name)

        assert upload(inspector, image, NAMES.get(kind, kind)) == (204, info(image, kind)["virtual-size"]), kind


@pytest.mark.parametrize("kind, options", UNSAFE, ids=str)
def test_qemu_images_that_lead_elsewhere_are_refused(inspector, tmp_path, kind, options):
    qemu_img(tmp_path, "create", "-q", "-f", "raw", "base.img", "1M")
    qemu_img(tmp_path, "create", "-q", "-f", "vmdk", "base.vmdk", "1M")
    image = tmp_path / "disk.img"
    qemu_img(tmp_path, "create", "-q", "-f", kind, *options, image.name, "1M")

    for disk_format in (kind, "raw"):
        assert upload(inspector, image, disk_format) == (415, None)


def test_a_fixed_vhd_looks_raw(inspector, tmp_path):
    image = tmp_path / "disk.vhd"
    qemu_img(tmp_path, "create", "-q", "-f", "vpc", "-o", "subformat=fixed,force_size=on", image.name, "1M")

    assert upload(inspector, image, "vhd") == (415, None)
    assert upload(inspector, image, "raw") == (204, image.stat().st_size)


def theirs(path):
    """What Debian's Glance finds: the format, and whether it is safe."""
    inspector = format_inspector.detect_file_format(str(path))
    name = "qed" if isinstance(inspector, format_inspector.QEDInspector) else str(inspector)
    try:
        return name, inspector.safety_check(), inspector.virtual_size
    except (format_inspector.ImageFormatError, ValueError, struct.error):
        return name, False, 0


def test_what_debians_glance_recognises_or_refuses_so_do_we(tmp_path):
    compared = 0
    for sample in make_samples(tmp_path).values():
        name, is_safe, size = theirs(sample.path)
        if name == "raw":
            continue  # it knows fewer formats, and takes what it cannot read for raw
        assert name in sample.formats, sample.name
        # Version 2 has no features; what stands there belongs to something else.
        if sample.name != "qcow2 version 2 with anything behind its header":
            assert is_safe or not sample.is_good, sample.name
        # It reads the type with its capitals.
        if sample.is_good and sample.name != "vmdk in other letters":
            assert (size or None) == sample.virtual_size, sample.name
            compared += 1
    assert compared >= 12
