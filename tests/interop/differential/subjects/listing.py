"""GET /v2/images: filters, operators, order, pages. The images have dates of their own, so that order is certain."""

from differential.request import Statement, UNKNOWN, create, get, patch, post, replace, upload
from urllib.parse import quote

IMAGES = [
    {"name": "alpha", "disk_format": "raw", "container_format": "bare", "visibility": "public", "tags": ["one", "two"],
     "os_distro": "debian"},
    {"name": "beta", "disk_format": "qcow2", "container_format": "bare", "visibility": "private", "tags": ["one"],
     "min_ram": 512},
    {"name": "gamma", "disk_format": "raw", "container_format": "ovf", "visibility": "shared", "owner": "somebody",
     "os_distro": "fedora"},
    {"name": "alpha", "visibility": "community", "protected": True, "min_disk": 7},
    {"name": "with, comma", "disk_format": "iso", "container_format": "bare", "os_hidden": True},
    {"name": "with: colon", "disk_format": "vmdk", "container_format": "ova", "owner": "somebody",
     "visibility": "public"},
    {"disk_format": "raw", "container_format": "bare", "tags": ["zwölf", "a b"]},
    {"name": "ünïcode", "disk_format": "ami", "container_format": "ami", "os_distro": "debian", "empty": ""},
    {"name": "", "min_ram": 1024, "min_disk": 7, "tags": ["two"]},
    {"name": "quo\"te", "disk_format": "raw", "container_format": "bare", "visibility": "community", "owner": "other"},
    {"name": "eq:alpha", "disk_format": "qcow2", "container_format": "docker", "status_text": "in:x"},
    {"name": "Alpha", "disk_format": "raw", "container_format": "bare", "kernel_id": UNKNOWN},
]
COUNT = len(IMAGES)
DATES = "".join(
    f"UPDATE images SET created_at = '2020-01-{number + 1:02} 12:00:00.000000', "
    f"updated_at = '2021-0{number % 9 + 1}-{number + 1:02} 12:30:{number:02}.000000' WHERE id = '{{image:i{number}}}';"
    for number in range(COUNT))

FILTERS = [
    "name=alpha", "name=eq:alpha", "name=eq:eq:alpha", "name=neq:alpha", "name=in:alpha,beta", "name=in:alpha",
    "name=in:", 'name=in:"with, comma",beta', 'name=in:"with, comma"', 'name="with, comma"', "name=with, comma",
    "name=with: colon", "name=eq:with: colon", 'name=in:"with: colon"', "name=in:with: colon", 'name=in:"a',
    'name=in:a"b"', 'name=in:"a"b', 'name=in:"quo\\"te"', "name=", "name=in:,", "name=in:alpha,,beta", "name=xx:alpha",
    "name=gt:alpha", "name=like:alpha", "name=ünïcode", "name=ALPHA", "name=2020-01-01T00:00:00Z", "name=eq:",
    "name=%61lpha", "name=al+pha", "name=:alpha", "name=alpha:",
    "status=queued", "status=active", "status=in:queued,active", "status=neq:queued", "status=unknown", "status=killed",
    "status=deleted", "status=", "status=eq:active",
    "disk_format=raw", "disk_format=in:raw,iso", "disk_format=neq:raw", "disk_format=", "disk_format=gte:raw",
    "container_format=bare", "container_format=in:ova,ovf", "container_format=eq:bare", "container_format=lt:bare",
    "id={image:i0}", "id=in:{image:i0},{image:i2}", "id=eq:{image:i1}", f"id={UNKNOWN}", "id=hello",
    "size=10", "size=eq:10", "size=abc", "size_min=1", "size_max=10", "size_min=10&size_max=10", "size_min=abc",
    "size_max=",
    "size_min=-1", "size_min=1.5", "size_min=99999999999999999999",
    "min_ram=512", "min_ram_min=1", "min_ram_max=512", "min_disk=7", "min_disk_min=7", "min_disk=x",
    "virtual_size=10", "virtual_size_min=1", "unknown_min=1", "unknown_max=1",
    "os_distro=debian", "os_distro=in:debian,fedora", "os_distro=",
    "no_such_property=x", "empty=", "status_text=in:x", "os_distro=debian&name=alpha", "architecture=x", "kernel_id=",
    "visibility=public", "visibility=private", "visibility=shared", "visibility=community", "visibility=all",
    "visibility=", "visibility=secret", "visibility=PUBLIC",
    "member_status=accepted", "member_status=pending", "member_status=rejected", "member_status=all",
    "member_status=unknown", "member_status=",
    "owner=somebody", "owner=", "owner=in:somebody,other", "owner=somebody&visibility=shared",
    "os_hidden=true", "os_hidden=false", "os_hidden=True", "os_hidden=1", "os_hidden=", "os_hidden=yes",
    "protected=true", "protected=false", "protected=True", "protected=1", "protected=",
    "tag=one", "tag=one&tag=two", "tag=", "tag= one ", "tag=zwölf", "tag=a b", "tag=unknown", "tag=one,two",
    "tag=in:one,two",
    "checksum=781e5e245d69b566979b86e28d23f2c7", "checksum=x", "checksum=",
    "os_hash_algo=sha512", "os_hash_value=x",
    "created_at=2020-01-03T12:00:00Z", "created_at=eq:2020-01-03T12:00:00Z", "created_at=neq:2020-01-03T12:00:00Z",
    "created_at=gt:2020-01-03T12:00:00Z", "created_at=gte:2020-01-03T12:00:00Z", "created_at=lt:2020-01-03T12:00:00Z",
    "created_at=lte:2020-01-03T12:00:00Z", "created_at=gt:2020-01-03T13:00:00+01:00", "created_at=gt:2020-01-03",
    "created_at=gt:2020", "created_at=gt:yesterday", "created_at=in:2020-01-03T12:00:00Z", "created_at=",
    "created_at=gt:", "created_at=xx:2020-01-03T12:00:00Z", "created_at=lt:2020-01-03T12:00:00",
    "created_at=gt:2020-01-03T12:00:00.5Z", "created_at=gt:20200103T120000Z", "created_at=gt:2020-02-30T12:00:00Z",
    "updated_at=gt:2021-03-01T00:00:00Z", "updated_at=lt:2021-03-01T00:00:00Z", "updated_at=2021-01-01T12:30:00Z",
    "updated_at=lte:tomorrow", "changes-since=2020-01-01T00:00:00Z", "changes-since=",
    "deleted=true", "deleted=false", "is_public=true", "properties=x", "locations=x", "members=x", "tags=one",
    "image_id=x", "self=x", "name[]=x", "=x", "&", "name", "a%00b=c", "name=a%00b", "name=%F0%9F%98%80", "name=%ff",
    "%ff=x", "tag=%ff", "no%ffsuch=1", "name=" + "n" * 3000,
]
PAGES = [
    "limit=0", "limit=1", "limit=5", "limit=1000", "limit=1001", "limit=99999999999999999999", "limit=-1", "limit=x",
    "limit=", "limit=1.5", "limit=%201", "limit=+1", "limit=01", "limit=1_0", "limit=3&marker={image:i5}",
    "marker={image:i0}", "marker={image:i11}", f"marker={UNKNOWN}", "marker=", "marker=hello", "marker={image:i4}",
    "limit=2&name=alpha", "limit=2&tag=one&tag=two", "limit=1&tag=one", "limit=2&sort=name:asc&marker={image:i2}",
    "limit=2&sort=size:asc&marker={image:i3}", "limit=2&sort_key=size&sort_dir=desc&marker={image:i0}",
    "limit=2&sort=disk_format:asc&marker={image:i3}", "limit=2&sort=name&marker={image:i6}", "limit=3&os_hidden=true",
    "limit=2&sort_key=disk_format&sort_key=name&marker={image:i9}", "limit=1&name=in:alpha,beta",
    "limit=2&visibility=all", "limit=1&name=a b&x=%C3%A4", "limit=12", "limit=11", "limit=13",
    "limit=1&sort=created_at:asc&status=queued&",
]
ORDERS = [
    *[f"sort={key}:{direction}" for key in ("name", "status", "container_format", "disk_format", "size", "id",
                                            "created_at", "updated_at")
      for direction in ("asc", "desc")],
    "sort_key=name", "sort_key=name&sort_dir=asc", "sort_dir=asc", "sort_dir=desc", "sort_key=size&sort_key=name",
    "sort_key=size&sort_key=name&sort_dir=asc", "sort_key=size&sort_key=name&sort_dir=asc&sort_dir=desc",
    "sort_key=size&sort_key=name&sort_dir=asc&sort_dir=desc&sort_dir=asc", "sort_key=size&sort_dir=asc&sort_dir=desc",
    "sort=name", "sort=name:asc,size:desc", "sort=disk_format,name:asc", "sort= name : asc , size ", "sort=name:up",
    "sort=owner",
    "sort=unknown", "sort=", "sort=,", "sort=name,", "sort=name:asc:desc", "sort=:asc", "sort=name:", "sort=NAME",
    "sort=name:ASC",
    "sort_key=owner", "sort_key=min_ram", "sort_key=", "sort_dir=up", "sort_dir=", "sort=name&sort_key=name",
    "sort=name&sort_dir=asc",
    "sort=name,name", "sort_key=name&sort_key=name", "sort=created_at:asc,id:desc", "sort_key=checksum",
]
REPEATED = [
    "name=alpha&name=beta", "limit=1&limit=2", "marker={image:i0}&marker={image:i1}",
    "visibility=public&visibility=private", "status=queued&status=active", "os_hidden=true&os_hidden=false",
    "sort=name&sort=size", "member_status=all&member_status=pending", "protected=true&protected=false",
    "size_min=1&size_min=11", "os_distro=debian&os_distro=fedora", "created_at=gt:2020-01-03&created_at=lt:2020-01-06",
    "owner=somebody&owner=other", "checksum=x&checksum=781e5e245d69b566979b86e28d23f2c7",
]


def listed(subject, queries):
    return [get(f"{subject} {query}"[:120], "/v2/images?" + quote(query, safe="%&=+{}:")) for query in queries]


STEPS = [
    get("no images", "/v2/images"),
    *[post(f"make {number}", "/v2/images", {"id": f"{{new:i{number}}}"} | fields) for number,
      fields in enumerate(IMAGES)],
    upload("fill 0", "i0", b"0123456789"),
    upload("fill 2", "i2", b"01234567890"),
    upload("fill 11", "i11", b""),
    patch("a property more", "i1", {"op": "add", "path": "/os_distro", "value": "debian"}),
    Statement("dates", DATES),
    get("all images", "/v2/images"),
    *listed("filter", FILTERS),
    *listed("page", PAGES),
    *listed("order", ORDERS),
    *listed("repeated", REPEATED),
    patch("unprotected", "i3", replace("/protected", False)),
    create("one more", name="late"),
    get("a body is ignored", "/v2/images", {"Content-Type": "application/json"}, body=b"{}"),
]
