"""The example in the documentation is a configuration that the service starts with."""

from support.server import REPOSITORY, run

EXAMPLE = REPOSITORY / "docs/operators/examples/several-stores.conf"


def test_the_service_runs_with_the_documented_example(make_server):
    server = make_server()
    ours = {"bind_port = 9292": f"bind_port = {server.port}",
            "sqlite:////var/lib/vitrine/vitrine.sqlite": f"sqlite:///{server.database}",
            "/var/lib/vitrine": str(server.home)}
    text = EXAMPLE.read_text()
    for documented, here in ours.items():
        assert documented in text
        text = text.replace(documented, here)
    server.config.write_text(text)

    checked = run("config", "check", "--config-file", server.config)
    assert checked.returncode == 0, checked.stdout
    server.start()

    stores = server.get("/v2/info/stores/detail").json()["stores"]
    assert [store["id"] for store in stores] == ["fast", "cheap", "archive", "reliable", "web"]
    image = server.create()["id"]
    assert server.upload(image, b"data", **{"X-Image-Meta-Store": "archive"}).status_code == 204
    assert (server.home / "archive-1" / image).read_bytes() == b"data"
    assert server.show(image)["stores"] == "archive"
    assert server.download(image).content == b"data"
    listed = run("store", "list", "--config-file", server.config)
    assert listed.returncode == 0, listed.stdout
