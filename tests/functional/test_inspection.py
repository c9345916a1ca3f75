"""Uploads are inspected: what is of the wrong format, or unsafe, is refused, and nothing of it stays."""

import pytest

from support.disk_images import make_samples
from support.server import Server, wait_until

FORMATS = "raw,qcow2,vmdk,vhd,vhdx,vdi,iso,gpt,luks,qed,ami,ploop"
OFFERED = {"image_format": {"disk_formats": FORMATS}}
UNSAFE = "Image failed safety checks"


@pytest.fixture(scope="module", name="samples")
def fixture_samples(tmp_path_factory):
    return make_samples(tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module", name="inspector")
def fixture_inspector(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("inspector"), OFFERED).start()
    yield running
    running.stop()


def refuse(server, data, disk_format, container_format="bare"):
    """Uploads what is to be refused, sees that nothing of it is left, and returns the answer's text."""
    before = server.stored_files()
    image_id = server.create(disk_format=disk_format, container_format=container_format)["id"]

    answer = server.upload(image_id, data)

    assert answer.status_code == 415, (answer.status_code, answer.text)
    wait_until(lambda: server.status_of(image_id) == "queued", "the image to be queued")
    image = server.show(image_id)
    assert (image["size"], image["virtual_size"], image["checksum"], image["os_hash_value"]) == (None,) * 4
    server.assert_nothing_left_of(image_id)
    assert server.stored_files() == before
    return answer.text


def virtual_size(server, data, **fields):
    """Uploads what is to be taken; returns the virtual size that it has then."""
    return server.show(server.create_with_data(data, **fields))["virtual_size"]


def test_good_images_are_taken_with_the_size_of_their_disk(inspector, samples):
    good = [sample for sample in samples.values() if sample.is_good]
    assert len(good) > 30

    for sample in good:
        assert virtual_size(inspector, sample.data, disk_format=sample.formats[0]) == sample.virtual_size, sample.name


def test_unsafe_images_are_refused_whatever_they_claim_to_be(inspector, samples):
    unsafe = [sample for sample in samples.values() if len(sample.formats) == 1 and sample.failures]
    assert len(unsafe) > 40

    for sample in unsafe:
        for disk_format in (sample.formats[0], "raw"):
            assert UNSAFE in refuse(inspector, sample.data, disk_format), (sample.name, disk_format)


def test_images_that_cannot_be_inspected_are_refused(inspector, samples):
    broken = [sample for sample in samples.values() if sample.has_fault]
    assert len(broken) > 20

    for sample in broken:
        text = refuse(inspector, sample.data, sample.formats[0])
        assert "Incomplete file cannot be safety checked" in text or "Image format inspection failed" in text, sample.name


def test_data_of_several_formats_is_refused(inspector, samples):
    several = [sample for sample in samples.values() if len(sample.formats) > 1]
    assert len(several) > 5

    for sample in several:
        for disk_format in (*sample.formats, "raw"):
            text = refuse(inspector, sample.data, disk_format)
            assert f"Multiple formats detected: {','.join(sample.formats)}" in text


@pytest.mark.parametrize("data, disk_format", [
    ("qcow2", "vmdk"), ("zeros", "qcow2"), ("nothing", "qcow2"), ("vhd of fixed size", "vhd"), ("qcow2", "ami"),
    ("mbr", "iso"), ("iso that boots as a disk", "gpt"), ("text", "vmdk"),
])
def test_data_of_another_format_is_refused(inspector, samples, data, disk_format):
    sample = samples[data]

    text = refuse(inspector, sample.data, disk_format)

    assert f"Image disk_format {disk_format} does not match stream data {sample.formats[0]}" in text


def test_anything_safe_is_raw_if_its_owner_says_so(inspector, samples):
    for sample in samples.values():
        if sample.is_good:
            data = sample.data
            assert virtual_size(inspector, data, disk_format="raw") == (len(data) or None), sample.name


@pytest.mark.parametrize("disk_format", ["ami", "ploop"])
def test_formats_that_nobody_can_tell_are_taken_without_a_size(inspector, disk_format):
    assert virtual_size(inspector, b"anything", disk_format=disk_format) is None


def test_what_is_in_a_container_is_not_inspected(inspector, samples):
    unsafe = samples["qcow2 with a backing file"].data

    assert virtual_size(inspector, unsafe, disk_format="qcow2", container_format="ovf") is None
    assert virtual_size(inspector, b"no vmdk", disk_format="vmdk", container_format="ova") is None


def test_a_refused_image_takes_good_data_afterwards(inspector, samples):
    image_id = inspector.create(disk_format="qcow2")["id"]
    assert inspector.upload(image_id, samples["qcow2 with a data file"].data).status_code == 415

    assert inspector.upload(image_id, samples["qcow2"].data).status_code == 204

    assert inspector.show(image_id)["virtual_size"] == samples["qcow2"].virtual_size
    assert inspector.download(image_id).content == samples["qcow2"].data


def test_data_in_chunks_of_any_size_is_inspected_alike(inspector, samples):
    good, bad = samples["vhdx"], samples["vmdk with a footer that points to another"]
    image_id = inspector.create(disk_format="vhdx")["id"]
    pieces = (good.data[start:start + 1013] for start in range(0, len(good.data), 1013))

    assert inspector.upload(image_id, pieces).status_code == 204
    refused = refuse(inspector, (bytes([byte]) for byte in bad.data), "vmdk")

    assert inspector.show(image_id)["virtual_size"] == good.virtual_size
    assert UNSAFE in refused


def test_a_long_upload_is_refused_long_before_its_end(inspector):
    image_id = inspector.create(disk_format="qcow2")["id"]
    with inspector.connect() as connection:
        connection.send(f"PUT /v2/images/{image_id}/file HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream"
                        f"\r\nContent-Length: {64 << 20}\r\n\r\n".encode() + bytes(4 << 20))
        answer = connection.response()

    assert answer.status == 415
    wait_until(lambda: inspector.status_of(image_id) == "queued", "the image to be queued")
    inspector.assert_nothing_left_of(image_id)


def test_the_log_says_which_check_failed_and_why(inspector, samples):
    refuse(inspector, samples["vmdk with a path"].data, "vmdk")

    assert "vmdk data that fails the safety check descriptor: its descriptor names an extent with a path" in \
        inspector.log_text()
    assert "/etc/passwd" not in inspector.log_text()


def test_mismatches_may_be_logged_alone_but_not_failed_checks(make_server, samples):
    server = make_server({"image_format": {"disk_formats": FORMATS, "require_image_format_match": "false"}}).start()

    assert virtual_size(server, b"no qcow2", disk_format="qcow2") is None
    assert virtual_size(server, samples["qcow2 and mbr"].data, disk_format="qcow2") is None
    assert virtual_size(server, samples["vdi too large for a catalog"].data, disk_format="vdi") is None
    assert "Image disk_format qcow2 does not match stream data raw" in server.log_text()
    assert UNSAFE in refuse(server, samples["qcow2 with a backing file"].data, "qcow2")
    assert UNSAFE in refuse(server, samples["qcow2 with a backing file"].data, "vmdk")
    assert UNSAFE in refuse(server, samples["qcow2 with a backing file and iso"].data, "iso")


def test_checks_of_partition_tables_may_be_logged_alone(make_server, samples):
    server = make_server({"image_format": {"disk_formats": FORMATS, "gpt_safety_checks_nonfatal": "mbr"}}).start()
    data = samples["mbr without partitions"].data

    assert virtual_size(server, data, disk_format="raw") == len(data)
    assert "fails the safety check mbr: it has no partition" in server.log_text()
    assert UNSAFE in refuse(server, samples["luks version 2"].data, "luks")
