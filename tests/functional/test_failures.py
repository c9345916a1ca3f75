"""Uploads that fail halfway: the image can be tried again and nothing is left over."""

import concurrent.futures
import os
import subprocess

import pytest

OCTETS = "Content-Type: application/octet-stream"
SIZE = 8 << 20


def begin_upload(server, image_id, sent=SIZE // 2, size=SIZE):
    """Announces `size` bytes, sends some of them and waits until the server is at work."""
    connection = server.connect()
    connection.request("PUT", f"/v2/images/{image_id}/file", [OCTETS, f"Content-Length: {size}"], b"a" * sent)
    server.wait_for_status(image_id, "saving")
    return connection


def assert_usable_again(server, image_id):
    """Queued, without size or digests, nothing stored; and the next upload works."""
    image = server.show(image_id)
    assert [image[key] for key in ("status", "size", "checksum", "os_hash_value")] == ["queued", None, None, None]
    server.assert_nothing_left_of(image_id)
    assert server.upload(image_id, b"second try").status_code == 204
    assert server.download(image_id).content == b"second try"


@pytest.mark.parametrize("leave", ["close", "reset"])
def test_client_gone(server, leave):
    image_id = server.create()["id"]
    connection = begin_upload(server, image_id)

    getattr(connection, leave)()

    server.wait_for_status(image_id, "queued")
    assert_usable_again(server, image_id)


def test_nothing_is_visible_under_the_name_of_the_image_before_it_is_complete(server):
    image_id = server.create()["id"]
    with begin_upload(server, image_id) as connection:
        assert image_id not in server.stored_files()

        connection.send(b"a" * (SIZE - SIZE // 2))

        assert connection.response().status == 204
    assert image_id in server.stored_files()


def test_an_image_is_not_downloaded_before_it_is_complete(server):
    image_id = server.create()["id"]
    with begin_upload(server, image_id):
        assert server.download(image_id).status_code == 204
    server.wait_for_status(image_id, "queued")


def test_image_deleted_meanwhile(server):
    image_id = server.create()["id"]
    with begin_upload(server, image_id) as connection:
        assert server.request("DELETE", f"/v2/images/{image_id}").status_code == 204

        connection.send(b"a" * (SIZE - SIZE // 2))

        assert connection.response().status == 410
    assert server.get(f"/v2/images/{image_id}").status_code == 404
    server.assert_nothing_left_of(image_id)


def test_the_second_of_two_uploads_is_refused_at_once(server):
    image_id = server.create()["id"]
    with begin_upload(server, image_id) as first:
        assert server.upload(image_id, b"second").status_code == 409

        first.send(b"a" * (SIZE - SIZE // 2))

        assert first.response().status == 204
    assert server.show(image_id)["size"] == SIZE


def test_exactly_one_of_many_simultaneous_uploads_wins(server):
    image_id = server.create()["id"]
    bodies = [bytes([number]) * 300000 for number in range(8)]

    def upload(body):
        with server.connect() as connection:
            connection.request("PUT", f"/v2/images/{image_id}/file", [OCTETS, f"Content-Length: {len(body)}"], body)
            return connection.response().status

    with concurrent.futures.ThreadPoolExecutor(len(bodies)) as pool:
        statuses = list(pool.map(upload, bodies))

    assert sorted(statuses) == [204] + [409] * (len(bodies) - 1)
    assert server.download(image_id).content == bodies[statuses.index(204)]


def test_killed_during_an_upload(fresh_server):
    image_id = fresh_server.create()["id"]
    with begin_upload(fresh_server, image_id):
        assert len(fresh_server.journal()) == 1
        fresh_server.kill()

    fresh_server.start()

    assert_usable_again(fresh_server, image_id)
    assert fresh_server.stored_files() == [image_id]


def test_killed_again_and_again(fresh_server):
    ids = [fresh_server.create()["id"] for _ in range(3)]
    for image_id in ids:
        with begin_upload(fresh_server, image_id):
            fresh_server.kill()
        fresh_server.start()

    for image_id in ids:
        assert_usable_again(fresh_server, image_id)


def test_a_restart_leaves_finished_images_alone(fresh_server):
    image_id = fresh_server.create_with_data(b"data")
    fresh_server.kill()

    fresh_server.start()

    assert fresh_server.status_of(image_id) == "active"
    assert fresh_server.download(image_id).content == b"data"


def test_file_size_limit_reached(make_server):
    server = make_server().sync()
    server.start(prefix=["prlimit", f"--fsize={4 << 20}"])
    image_id = server.create()["id"]

    answer = server.upload(image_id, b"a" * SIZE)

    assert answer.status_code == 413
    assert_usable_again(server, image_id)


@pytest.fixture(scope="module")
def namespace():
    """A command prefix that gives a process mounts of its own."""
    for prefix in (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]):
        if subprocess.run([*prefix, "mount", "-t", "tmpfs", "none", "/mnt"], check=False,
                          capture_output=True).returncode == 0:
            return prefix
    pytest.skip("this machine does not let us mount a small disk")
    return None


def on_small_disk(server, namespace, size, fill=0):
    """A command prefix under which the store's folder is a disk of `size` bytes, `fill` of them taken."""
    server.images.mkdir()
    script = 'mount -t tmpfs -o size="$1" none "$2" && head -c "$3" /dev/zero > "$2/ballast" && shift 3 && exec "$@"'
    return [*namespace, "sh", "-c", script, "sh", str(size), str(server.images), str(fill)]


def files_seen_by(server):
    """What lies on the small disk, which only the server's processes see."""
    return sorted(os.listdir(f"/proc/{server.process.pid}/root{server.images}"))


@pytest.mark.parametrize("is_announced", [True, False])
def test_disk_full(make_server, namespace, is_announced):
    server = make_server()
    server.start(prefix=on_small_disk(server, namespace, size=4 << 20))
    image_id = server.create()["id"]

    answer = server.upload(image_id, b"a" * SIZE if is_announced else iter([b"a" * (1 << 20)] * 8))

    assert answer.status_code == 413
    assert files_seen_by(server) == ["ballast"]
    assert_usable_again(server, image_id)


def test_disk_full_at_start(make_server, namespace):
    server = make_server()
    server.start(prefix=on_small_disk(server, namespace, size=1 << 20, fill=1 << 20))
    image_id = server.create()["id"]

    answer = server.upload(image_id, b"a" * 100000)

    assert answer.status_code == 413
    assert server.status_of(image_id) == "queued"
    assert files_seen_by(server) == ["ballast"]
