"""A storage quota of 100 bytes, met and then passed. Without identity every image is nobody's."""

from differential.request import create, delete, get, upload

KIND = {"disk_format": "raw", "container_format": "bare"}

STEPS = [
    *[create(f"image {name}", save=name, **KIND) for name in "abcdefg"],
    create("another project's image", save="other", owner="somebody", **KIND),
    upload("another project's data", "other", b"d" * 100),
    upload("sixty bytes", "a", b"d" * 60),
    upload("a byte too many", "b", b"d" * 41),
    get("after a byte too many", "/v2/images/{image:b}"),
    upload("a byte too many in chunks", "c", b"d" * 41, is_chunked=True),
    get("after a byte too many in chunks", "/v2/images/{image:c}"),
    upload("an empty body below the quota", "d", b""),
    upload("to the last byte, in chunks", "b", b"d" * 40, is_chunked=True),
    upload("one byte more", "e", b"d"),
    upload("one byte more in chunks", "e", b"d", is_chunked=True),
    upload("an empty body at the quota", "e", b""),
    get("after three refusals", "/v2/images/{image:e}"),
    upload("to an image that has its data", "a", b"d" * 60),
    delete("make room", "/v2/images/{image:a}"),
    upload("into that room", "e", b"d" * 60),
    upload("more than all of it", "f", b"d" * 101),
    delete("delete what was refused", "/v2/images/{image:f}"),
]
