"""PUT and GET /v2/images/{id}/file."""

from differential.request import UNKNOWN, active, create, delete, download, get, patch, put, replace, send, upload

OCTETS = {"Content-Type": "application/octet-stream"}
RANGES = ["bytes=0-0", "bytes=0-9", "bytes=2-5", "bytes=5-", "bytes=9-9", "bytes=9-", "bytes=-1", "bytes=-3",
          "bytes=-10", "bytes=-11",
          "bytes=-100", "bytes=-0", "bytes=0-100", "bytes=10-", "bytes=10-11", "bytes=100-200", "bytes=5-2", "bytes=",
          "bytes=-", "bytes=a-b",
          "bytes", "0-5", "bytes=0-1,3-4", "bytes=0-1,", "bytes=0-1, 3-4", "bytes= 0-1", "bytes=0 - 1", "bytes = 0-1",
          "BYTES=0-1", "lines=0-1",
          "items=0-1", "bytes=0-99999999999999999999", "bytes=99999999999999999999-", "bytes=-99999999999999999999",
          "bytes=+1-2", "bytes=0x1-2",
          "bytes=1--2", "bytes=--1", "bytes=0-1;", "", "hello", "bytes=1.5-2"]
CONTENT_RANGES = ["bytes 0-0/10", "bytes 2-5/10", "bytes 2-5/*", "bytes 0-9/10", "bytes 0-100/*", "bytes 0-100/10",
                  "bytes 10-11/*", "bytes 5-2/10",
                  "bytes 2-5", "bytes */10", "bytes */*", "bytes=2-5/10", "lines 2-5/10", "hello", "", "bytes 2-5/11",
                  "bytes a-b/10"]
SIZES = {"right": "10", "too small": "9", "too large": "11", "no number": "ten", "negative": "-1", "empty": "",
         "zero": "0", "fraction": "10.0",
         "with a plus": "+10", "huge": "99999999999999999999"}
CONTENT_TYPES = {"none": None, "empty": "", "JSON": "application/json", "text": "text/plain",
                 "a parameter": "application/octet-stream; x=y",
                 "capitals": "APPLICATION/OCTET-STREAM", "a longer name": "application/octet-stream2",
                 "a form": "multipart/form-data"}
KIND = {"disk_format": "raw", "container_format": "bare"}


def of_type(content_type):
    return {} if content_type is None else {"Content-Type": content_type}


def tries(names, prefix):
    """An image for each try, as one that was filled cannot be filled again."""
    return [create(f"an image for {prefix} {name}", save=f"{prefix}{number}", **KIND) for number,
            name in enumerate(names)]


STEPS = [
    create("without formats", save="bare"),
    upload("to an image without formats", "bare", b"data"),
    create("with one format", save="half", disk_format="raw"),
    upload("to an image with one format", "half", b"data"),
    create("empty", save="empty", **KIND),
    download("before any data", "empty"),
    download("a range before any data", "empty", {"Range": "bytes=0-1"}),
    download("a malformed range before any data", "empty", {"Range": "nonsense"}),
    download("two ranges before any data", "empty", {"Range": "bytes=1-2,4-5"}),
    upload("no data", "empty", b""),
    get("show after no data", "/v2/images/{image:empty}"),
    download("an empty image", "empty"),
    download("a range of no data", "empty", {"Range": "bytes=0-0"}),
    download("the end of no data", "empty", {"Range": "bytes=-1"}),
    *active("a"),
    get("show after data", "/v2/images/{image:a}"),
    upload("twice", "a", b"other data"),
    download("whole", "a"),
    *[download(f"whole, Accept {kind}", "a", {"Accept": kind})
      for kind in ("*/*", "application/json", "text/html", "image/png")],
    *[download(f"range '{value}'", "a", {"Range": value}) for value in RANGES],
    *[download(f"content range '{value}'", "a", {"Content-Range": value}) for value in CONTENT_RANGES],
    download("range and content range", "a", {"Range": "bytes=0-1", "Content-Range": "bytes 2-3/10"}),
    download("with a body", "a", {"Content-Type": "application/json"}, body=b"{}"),
    download("with a query", "a"),
    get("a preference without several stores", "/v2/images/{image:a}/file?prefer=one"),
    *tries(CONTENT_TYPES, "type"),
    *[upload(f"content type: {name}", f"type{number}", b"0123456789", {"Content-Type": kind}) if kind is not None else
      send("PUT", f"content type: {name}", f"/v2/images/{{image:type{number}}}/file", {}, b"0123456789")
      for number, (name, kind) in enumerate(CONTENT_TYPES.items())],
    *tries(SIZES, "size"),
    *[upload(f"announced size: {name}", f"size{number}", b"0123456789", {"x-openstack-image-size": value})
      for number, (name, value) in enumerate(SIZES.items())],
    create("for chunks", save="chunks", **KIND),
    upload("in chunks", "chunks", b"in chunks", is_chunked=True),
    download("what came in chunks", "chunks"),
    create("for no chunks", save="nochunks", **KIND),
    upload("no chunks", "nochunks", b"", is_chunked=True),
    create("for chunks and a size", save="sized", **KIND),
    upload("in chunks of another size", "sized", b"in chunks", {"x-openstack-image-size": "5"}, is_chunked=True),
    create("for chunks and their size", save="rightsized", **KIND),
    upload("in chunks of the right size", "rightsized", b"in chunks", {"x-openstack-image-size": "9"}, is_chunked=True),
    create("qcow2 by name", save="qcow", disk_format="qcow2", container_format="bare"),
    upload("to qcow2, what is no qcow2", "qcow", b"no qcow2" * 100),
    create("in a container", save="ovf", disk_format="vmdk", container_format="ovf"),
    upload("into a container", "ovf", b"anything"),
    upload("to no such image", "nothing", b"data"),
    download("of no such image", "nothing"),
    send("PUT", "no body", "/v2/images/{image:half}/file", {"Content-Type": "application/octet-stream"}),
    put("a store without several stores", "/v2/images/{image:half}/file", {}, OCTETS | {"X-Image-Meta-Store": "one"}),
    create("for one store", save="stored", **KIND),
    upload("names a store without several stores", "stored", b"data", {"X-Image-Meta-Store": "one"}),
    send("PUT", "stage without import", "/v2/images/{image:half}/stage", OCTETS, b"data"),
    send("POST", "import without import", "/v2/images/{image:half}/import", {"Content-Type": "application/json"},
         b'{"method": {"name": "glance-direct"}}'),
    send("POST", "deactivate", "/v2/images/{image:a}/actions/deactivate"),
    download("of a deactivated image by an administrator", "a"),
    upload("to a deactivated image", "a", b"data"),
    patch("rename a deactivated image", "a", replace("/name", "x")),
    delete("delete", "/v2/images/{image:a}"),
    download("of a deleted image", "a"),
    upload("to a deleted image", "a", b"data"),
    get("of an unknown image", f"/v2/images/{UNKNOWN}/file"),
]
