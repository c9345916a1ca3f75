"""Every difference that may be. INTENDED stays; what stands in NOT_BUILT has to go.

An entry names requests and what of them differs, and as far as it can both values. An entry whose requests are those of
one subject fails the test when nothing needs it any more.
"""

from differential.compare import ABSENT
from differential.differences import Explained

DEFECT_OF_GLANCE = "bad input makes Glance fail with 500; we refuse it"
NEWER = "newer than Debian's Glance 25.1 with its API 2.16"
NUL = "a NUL fails on PostgreSQL, so no database is given one"
HEAD = "the answer to HEAD has the headers of the one to GET (RFC 9110, section 9.3.2)"
MEDIA_TYPE = "media types have no case (RFC 9110, section 8.3.1)"
RANGE = "what is no range by RFC 9110, section 14, is none; Glance reads what it can of it"
REQUEST_ID = "Glance takes the client's request id only where it asks for identity; we always do"
REFUSED_ID = "whom we do not know gets a request id, too; Glance's filter ends before it gives one"
LOST = "a change keeps the properties that its caller may not read; Glance loses them"
STUCK = "what is too much for the quota can be tried again, less of it; Glance leaves the image in saving"
INSPECTED = "data must be of the image's format, as with Glances newer than Debian's, and else nothing of it is kept"
HASHES = "Glance keeps these as properties that nobody can see; we refuse them like other read-only fields"
INTERNAL_NAMES = "attributes of Glance's own objects, which to us are ordinary properties"

NULL_ORDER = "what is not set sorts as an empty text or as 0, as it does at a marker; Glance's pages lose images there"
LAST_VALUE = "of a repeated parameter the last value counts; Glance takes the first and reads the last as a property"

PATH_TEXT = "a path is UTF-8 in URL encoding; Glance reads its bytes as Latin-1, and half an escape as text"
UNSTORABLE = "what not every database of ours could store is refused; SQLite under Glance takes it"

INTENDED = (
    # What the protocol asks for.
    Explained("large answers may come compressed, and caches must know", ("*",), "header.vary", "Accept-Encoding",
              ABSENT),
    Explained("large answers may come compressed, and caches must know", ("proxied: *",), "header.vary",
              "Origin, Accept-Encoding", "Origin"),
    Explained("204 has no Content-Length (RFC 9110, section 8.6)", ("*",), "length", "no body", "announced"),
    Explained("the phrase of 416 is wording", ("*",), "body.1", "416 Requested Range Not Satisfiable",
              "416 Request Range Not Satisfiable"),
    Explained(HEAD, ("routes: HEAD *",), "header.content-type", "text/plain; charset=UTF-8",
              "text/html; charset=UTF-8"),
    Explained(HEAD, ("routes: HEAD *",), "length", "52", "0"),
    Explained(HEAD, ("versions: health by HEAD",), "header.content-type", "text/plain; charset=UTF-8", ABSENT),
    Explained("204 has no Content-Length (RFC 9110, section 8.6)", ("versions: health by HEAD",), "length", "no body",
              "0"),
    Explained(MEDIA_TYPE, ("data: content type: capitals",), "status", 204, 415),
    Explained(MEDIA_TYPE, ("patching: media type: capitals",), "status", 200, 415),
    Explained(RANGE, ("data: range 'bytes=1--2'", "data: range 'bytes=0-1;'"), "status", 416, 206),

    Explained(REFUSED_ID, ("personas: nobody *",), "header.x-openstack-request-id", "<request id>", ABSENT),

    # What upstream has added or settled since.
    Explained(NEWER, ("*",), "body.versions.v2.15.status", "SUPPORTED", "CURRENT"),
    Explained(NEWER, ("*",), "body.versions.v2.17", theirs=ABSENT),
    Explained(NEWER, ("versions: HEAD of the list of versions", "versions: HEAD of the root"), "length", "1103",
              "1003"),
    Explained(NEWER, ("versions: no slash after the version", "versions: a minor version without a path",
                      "proxied: redirect", "headers: redirect for a named host",
                      "stores: redirect to the public endpoint"), "header.content-type", "text/plain",
              "text/plain; charset=utf8"),
    Explained(f"x-openstack-image-size is {NEWER}", (
        "data: announced size: too small", "data: announced size: too large", "data: announced size: no number",
        "data: announced size: negative", "data: announced size: fraction", "data: announced size: with a plus",
        "data: announced size: huge", "data: in chunks of another size"), "status", 400, 204),
    Explained(f"x-openstack-image-size is {NEWER}", ("limits: announced too large",), "status", 413, 204),

    Explained(LOST, ("protection: * tries to *",), "then *.x_*", theirs=ABSENT),
    Explained(LOST, ("protection: seen after *",), "body.x_*", theirs=ABSENT),
    Explained("a property that its maker may not read is stored all the same; Glance drops it", (
        "protection: * makes an image with x_blind",), "then *.x_blind", "1", ABSENT),
    Explained("a property that its maker may not read is stored all the same; Glance drops it", (
        "protection: admin lists",), "body.images.*.x_blind", "1", ABSENT),
    Explained("a property that its caller may create but not read stays one property; Glance makes two and fails",
              ("protection: * tries to add x_blind*",), "status", 200, 500),
    Explained(INSPECTED, ("data: to qcow2, what is no qcow2",), "status", 415, 204),
    Explained(STUCK, ("quota: after a byte too many in chunks",), "body.status", "queued", "saving"),

    Explained(f"the new locations API is {NEWER}", ("routes: * /v2/images/{image:a}/locations",), "status", 405, 404),
    Explained(f"the new locations API is {NEWER}", ("routes: FOO /v2/images/{image:a}/locations",), "status", 405, 501),
    Explained(f"prefer is {NEWER}", ("data: a preference without several stores", "stores: prefer an unknown store"),
              "status", 400, 200),
    Explained(f"the weight of a store is {NEWER}", ("stores: stores in detail",), "body.stores.*.weight",
              theirs=ABSENT),

    # What Glance gets wrong.
    Explained(DEFECT_OF_GLANCE, (
        "create: body of an empty list", "create: body of a list", "create: body of half a surrogate pair",
        "create: body of deep lists", "create: body of deep objects", "patching: bad: the path null",
        "patching: bad: the path 1",
        'patching: bad: the path ["name"]', "patching: old dialect: a path that is a number", "patching: body of deep",
        "patching: body of half a surrogate pair", "listing: filter size_min=99999999999999999999",
        "listing: filter unknown_min=1", "listing: filter unknown_max=1"), "status", 400, 500),
    Explained(DEFECT_OF_GLANCE, ("routes: an id of bad UTF-8",), "status", 404, 500),
    Explained(DEFECT_OF_GLANCE, ("data: range 'bytes=-'", "data: range 'bytes=--1'", "data: content range 'bytes */10'",
                                 "data: content range 'bytes */*'"), "status", 416, 500),
    Explained("no data is no content, whatever part of it is asked for", ("data: a range before any data",), "status",
              204, 500),
    Explained("no data is no content, whatever part of it is asked for", ("sequence: download *",), "status", 204, 500),
    Explained("of no data the last bytes are all of it; Glance announces them as 0--1", ("data: the end of no data",),
              "status", 200, 206),
    Explained("of no data the last bytes are all of it; Glance announces them as 0--1", ("sequence: download *",),
              "status", 200, 206),
    Explained("the first of several proxies counts; Glance makes one host of their list", ("proxied: several proxies",),
              "body.versions.*.href"),
    Explained(NUL, ("create: body of an escaped NUL", "create: body of an escaped NUL in a property"), "status", 400,
              201),
    Explained(NUL, ("patching: bad: a NUL in a value",), "status", 400, 200),
    Explained("every part of a patch must be good by itself; Glance looks only at what comes out",
              ("patching: bad: a number too large, and then a good one",
               "patching: bad: a number too small, and then a good one"), "status", 400, 200),
    Explained(HASHES, ("create: reserved: os_hash_algo", "create: reserved: os_hash_value"), "status", 403, 201),
    Explained("tags are a set, so a tag given twice counts once", ("create: body of a list of 100000 tags",
                                                                  "limits: tags given twice count once"), "status", 201,
              413),
    Explained("no database but SQLite takes a name that long", ("patching: bad: a property name of 256 characters",),
              "status", 400, 200),
    Explained("an owner that is empty is stored as none, and shown as what is stored",
              ("patching: good: owner becomes empty",),
              "body.owner", None, ""),
    Explained("a property named stores would hide behind the image's stores",
              ("patching: bad: add the read-only stores",),
              "status", 403, 200),
    Explained("a name that cannot be filtered by is one that no image has", (
        "listing: filter changes-since=", "listing: filter properties=x", "listing: filter locations=x",
        "listing: filter members=x"), "status", 200, 500),
    Explained("to Glance the filter tags is a list of letters; to us it is the filter tag",
              ("listing: filter tags=one",),
              "body.images", theirs=[]),
    Explained("numbers have no underscores outside Python", ("listing: page limit=1_0",), "status", 400, 200),
    Explained(NULL_ORDER, (
        "listing: page limit=2&sort=size:asc&marker={image:i3}", "listing: order sort_key=size&sort_key=name*",
        "listing: order sort=name:asc,size:desc", "listing: order sort= name : asc , size "), "body.images"),
    Explained(NULL_ORDER, ("listing: page limit=2&sort=size:asc&marker={image:i3}",), "body.next", theirs=ABSENT),
    Explained(LAST_VALUE, ("listing: repeated *",), "body.images", theirs=[]),
    Explained(LAST_VALUE, ("listing: repeated limit=1&limit=2",), "body.next", theirs=ABSENT),
    Explained("no image may be put into the store for staging", ("stores: to the reserved staging store",), "status",
              400,
              204),
    Explained(INTERNAL_NAMES, ("patching: the internal name image_id",), "status", 200, 404),
    Explained(INTERNAL_NAMES, ("patching: the internal name extra_properties", "patching: the internal name base"),
              "status", 200, 500),
    Explained(INTERNAL_NAMES, ("patching: the internal name member",), "*member", "x", ABSENT),
    Explained(INTERNAL_NAMES, ("patching: the internal name delete",), "*delete", "x", ABSENT),
    Explained(INTERNAL_NAMES, ("patching: the internal name context",), "*context", "x", ABSENT),
    Explained(REQUEST_ID, ("headers: request id*",), "header.x-openstack-request-id", theirs="<request id>"),
    Explained(REQUEST_ID, ("headers: request id: 65 characters", "headers: request id: 1000 characters"), "status", 431,
              200),
    Explained("links keep every value of a repeated parameter; Glance's lose all but the last, and so the filter",
              ("listing: *", "tags: list by a tag"), "body.first"),

    Explained(f"the task type location_import is {NEWER}", ("discovery: the schema of task*",),
              "body.properties.*type.enum"),
    Explained("a task that has expired is listed to nobody; Glance looks at the caller's own ones only",
              ("tasks: a list with an expired task",), "body.tasks"),

    # What stands in a path or in a document is what the client wrote.
    Explained(PATH_TEXT, ("tags: add one beyond ASCII", "tags: list by a tag", "tags: remove*"), "*a.tags.*", "grüß"),
    Explained(PATH_TEXT, ("tags: list by a tag",), "body.images.0.tags.*", "grüß"),
    Explained(PATH_TEXT, ("tags: remove a tag from the start beyond ASCII",), "status", 204, 404),
    Explained(PATH_TEXT, ("sharing: show one beyond ASCII",), "status", 200, 404),
    Explained(PATH_TEXT, ("tags: refused: half an escape", "tags: refused: a bad escape"), "status", 404, 204),
    Explained(UNSTORABLE, ("tags: refused: a tag of four-byte characters", "tags: refused: a tag with a NUL",
                           "sharing: bad member: a NUL", "sharing: bad member: 256 characters"), "status", 400),
    Explained("Glance fails on bad UTF-8 in a path", ("tags: refused: a tag of bad UTF-8",), "status", 400, 500),
    Explained("a member is a text", ("sharing: bad member: a number", "sharing: bad member: true"), "status", 400, 200),
    Explained("a member is a text, and Glance fails on a list", ("sharing: bad member: a list",), "status", 400, 500),
    Explained("links keep every value of a repeated parameter; Glance's lose all but the last, and so the filter",
              ("listing: page limit=2&tag=one&tag=two", "listing: page limit=2&sort_key=*"), "body.next"),
)

NOT_BUILT = ()

EXPLANATIONS = INTENDED + NOT_BUILT
