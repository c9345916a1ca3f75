"""What is asked about each rule."""

import dataclasses

from policy_matrix.personas import P, Q

V21 = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
BYTES = {"Content-Type": "application/octet-stream"}
ABSENT = "00000000-0000-4000-8000-0123456789ab"
IMAGE = "/v2/images/{image}"
KIND = {"disk_format": "raw", "container_format": "bare"}
VISIBILITIES = ("private", "shared", "community", "public")

# Kinds of images: how they are made, and what is done to them. All are P's.
FILLED, SHARED, OFF, COPIED = "filled", "shared with Q", "deactivated", "in a second store, too"
IMAGES = {visibility: ({"visibility": visibility}, (FILLED,)) for visibility in ("private", "community", "public")} | {
    "shared": ({"visibility": "shared"}, (FILLED, SHARED)),
    "queued": ({"visibility": "private"}, ()),
    "queued public": ({"visibility": "public"}, ()),
    "deactivated": ({"visibility": "private"}, (FILLED, OFF)),
    "deactivated public": ({"visibility": "public"}, (FILLED, OFF)),
    "protected": ({"visibility": "private", "protected": True}, (FILLED,)),
    "two copies": ({"visibility": "private"}, (FILLED, COPIED)),
    "two copies public": ({"visibility": "public"}, (FILLED, COPIED)),
    "of nobody": ({"visibility": "private", "owner": None}, (FILLED,)),
}


@dataclasses.dataclass(frozen=True)
class Probe:
    """One request, and the rules that decide about it. `newer`: Debian's Glance 25.1 does not know it or decides in
    another way; then it is the statuses by caller, in each of the setups."""
    name: str
    rules: tuple
    method: str
    path: str
    image: str | None = None
    json: object = None
    data: bytes | None = None
    headers: dict = dataclasses.field(default_factory=dict)
    newer: tuple | None = None


def probe(rules, name, method, path, image=None, **options):
    rules = (rules,) if isinstance(rules, str) else rules
    return Probe(f"{name} ({image})" if image else name, rules, method, path, image, **options)


def patch(rules, name, image, *operations):
    return probe(rules, name, "PATCH", IMAGE, image, json=list(operations), headers=V21)


def change(path, value):
    return {"op": "replace", "path": path, "value": value}


def on_each(make):
    return [make(visibility) for visibility in VISIBILITIES]


def statuses(**by_persona):
    return {name.replace("_", " ").replace("other member", "other project's member"): status
            for name, status in by_persona.items()}


MEMBERS = IMAGE + "/members"
MEMBER = f"{MEMBERS}/{Q}"

# What newer releases answer, worked out by hand for the new defaults, the old ones, and roles of one's own: download
# from a store asks for a member in any case, locations are for administrators and services, and services may see the
# details of stores.
EVERY, STRANGER, DEFAULT_ADMIN = ("owner with every role", "stranger with every role",
                                 "administrator by default only")
FROM_STORE = (
    statuses(admin=200, member=200, reader=403, service=404, other_member=404, stranger=404, no_role=404,
             no_project=404, system_admin=404, anonymous=401),
    statuses(admin=200, member=200, reader=403, service=404, other_member=404, stranger=404, no_role=403,
             no_project=404, system_admin=404, anonymous=401),
    {EVERY: 200, STRANGER: 404, DEFAULT_ADMIN: 404, "owner without download_from_store": 403,
     "owner with download_from_store only": 404})
LOCATIONS = (
    statuses(admin=200, member=403, reader=403, service=200, other_member=403, stranger=403, no_role=404,
             no_project=403, system_admin=404, anonymous=401),
    statuses(admin=200, member=403, reader=403, service=200, other_member=403, stranger=403, no_role=403,
             no_project=403, system_admin=404, anonymous=401),
    {EVERY: 200, STRANGER: 200, DEFAULT_ADMIN: 404, "owner without fetch_image_location": 403,
     "owner with fetch_image_location only": 200})
# Whom the rule lets pass, hears that the location is not one to be asked for.
NEW_LOCATION = (
    statuses(admin=400, member=400, reader=403, service=400, other_member=403, stranger=403, no_role=404,
             no_project=403, system_admin=404, anonymous=401),
    statuses(admin=400, member=400, reader=403, service=400, other_member=403, stranger=403, no_role=403,
             no_project=403, system_admin=404, anonymous=401),
    {EVERY: 400, STRANGER: 400, DEFAULT_ADMIN: 404, "owner without add_image_location": 403,
     "owner with add_image_location only": 400})
STORES_IN_DETAIL = 2 * (
    statuses(admin=200, member=403, reader=403, service=200, other_member=403, stranger=403, no_role=403,
             no_project=403, system_admin=403, anonymous=401),) + (
    {EVERY: 200, STRANGER: 200, DEFAULT_ADMIN: 403, "owner without stores_info_detail": 403,
     "owner with stores_info_detail only": 200},)

PROBES = (
    # Making images.
    *[probe("add_image", f"create{for_whom}", "POST", "/v2/images", json=KIND | fields) for for_whom, fields in (
        ("", {}), (" for P", {"owner": P}), (" for Q", {"owner": Q}), (" for nobody", {"owner": None}))],
    probe(("publicize_image", "add_image"), "create public", "POST", "/v2/images", json={"visibility": "public"}),
    probe(("publicize_image", "add_image"), "create public for P", "POST", "/v2/images",
          json={"visibility": "public", "owner": P}),
    probe(("communitize_image", "add_image"), "create community", "POST", "/v2/images",
          json={"visibility": "community"}),
    probe(("communitize_image", "add_image"), "create community for Q", "POST", "/v2/images",
          json={"visibility": "community", "owner": Q}),

    # Looking at them.
    *[probe(("get_images", "get_image"), f"list{query}", "GET", f"/v2/images?tag=standing{query}") for query in (
        "", "&visibility=all", "&visibility=private", "&visibility=shared&member_status=all", "&visibility=community",
        f"&owner={P}")],
    *on_each(lambda visibility: probe("get_image", "show", "GET", IMAGE, visibility)),
    probe("get_image", "show", "GET", IMAGE, "of nobody"),
    *on_each(lambda visibility: probe("get_image", "tasks of an image", "GET", IMAGE + "/tasks", visibility)),
    *on_each(lambda visibility: probe(("download_image", "get_image"), "download", "GET", IMAGE + "/file", visibility)),
    *[probe(("download_image", "get_image"), "download", "GET", IMAGE + "/file", kind)
      for kind in ("deactivated", "deactivated public", "queued")],
    probe(("download_from_store",), "download from a store", "GET", IMAGE + "/file?prefer=alpha", "private",
          newer=FROM_STORE),

    # Changing them.
    *on_each(lambda visibility: patch(("modify_image", "get_image"), "rename", visibility, change("/name", "new"))),
    patch("modify_image", "rename", "of nobody", change("/name", "new")),
    patch("modify_image", "add a property", "private", {"op": "add", "path": "/colour", "value": "red"}),
    patch("modify_image", "give away", "private", change("/owner", Q)),
    patch("modify_image", "change nothing", "private"),
    patch("modify_image", "protect", "private", change("/protected", True)),
    *[patch(("publicize_image", "modify_image", "get_image"), "publicize", kind, change("/visibility", "public"))
      for kind in VISIBILITIES],
    *[patch(("communitize_image", "modify_image", "get_image"), "communitize", kind,
            change("/visibility", "community")) for kind in VISIBILITIES],
    patch(("modify_image", "publicize_image"), "make private", "public", change("/visibility", "private")),
    patch(("publicize_image", "modify_image"), "rename and publicize", "private", change("/name", "new"),
          change("/visibility", "public")),
    *on_each(lambda visibility: probe(("modify_image", "get_image"), "tag", "PUT", IMAGE + "/tags/t", visibility)),
    *on_each(lambda visibility: probe(("modify_image", "get_image"), "remove a tag", "DELETE", IMAGE + "/tags/absent",
                                      visibility)),
    *[probe(("upload_image", "get_image"), "upload", "PUT", IMAGE + "/file", kind, data=b"new", headers=BYTES)
      for kind in ("queued", "queued public", "private", "public")],
    *[probe(("deactivate", "get_image"), "deactivate", "POST", IMAGE + "/actions/deactivate", kind)
      for kind in (*VISIBILITIES, "queued")],
    *[probe(("reactivate", "get_image"), "reactivate", "POST", IMAGE + "/actions/reactivate", kind)
      for kind in ("deactivated", "deactivated public", "private")],

    # Where their data lies.
    *[patch(("set_image_location", "get_image"), "replace locations", kind, change("/locations", []))
      for kind in ("queued", "queued public", "private")],
    *[patch(("set_image_location", "get_image"), "add a location", kind,
            {"op": "add", "path": "/locations/-", "value": {"url": "nonsense://x", "metadata": {}}})
      for kind in VISIBILITIES],
    *[patch(("delete_image_location", "get_image"), "remove a location", kind,
            {"op": "remove", "path": "/locations/0"}) for kind in ("two copies", "two copies public", "private")],
    *[probe(("delete_image_location", "get_image_location", "get_image"), "delete from a store", "DELETE",
            "/v2/stores/beta/{image}", kind) for kind in ("two copies", "two copies public", "private")],
    probe((), "delete from an unknown store", "DELETE", "/v2/stores/gamma/{image}", "private"),
    probe(("fetch_image_location",), "locations", "GET", IMAGE + "/locations", "public", newer=LOCATIONS),
    probe(("add_image_location",), "register a location", "POST", IMAGE + "/locations", "queued public",
          json={"url": "http://127.0.0.1:1/blob"}, newer=NEW_LOCATION),
    probe(("stores_info_detail",), "stores in detail", "GET", "/v2/info/stores/detail", newer=STORES_IN_DETAIL),
    # Whom the rules let pass, hears that there is nothing to copy, or that nothing can be imported.
    *[probe(("copy_image", "get_image"), "copy", "POST", IMAGE + "/import", kind,
            json={"method": {"name": "copy-image"}, "stores": ["beta"]}) for kind in ("two copies", "two copies public")],
    *[probe(("modify_image", "get_image"), "stage", "PUT", IMAGE + "/stage", kind, data=b"new", headers=BYTES)
      for kind in ("private", "public")],
    probe((), "stores", "GET", "/v2/info/stores"),
    probe((), "import methods", "GET", "/v2/info/import"),
    probe((), "usage", "GET", "/v2/info/usage"),
    probe((), "schema", "GET", "/v2/schemas/image"),

    # Sharing.
    *on_each(lambda visibility: probe(("get_members", "get_member", "get_image"), "members", "GET", MEMBERS,
                                      visibility)),
    *on_each(lambda visibility: probe(("get_member", "get_image"), "member", "GET", MEMBER, visibility)),
    *on_each(lambda visibility: probe(("add_member", "get_image"), "share", "POST", MEMBERS, visibility,
                                      json={"member": "project-e"})),
    *on_each(lambda visibility: probe(("modify_member", "get_member", "get_image"), "accept", "PUT", MEMBER, visibility,
                                      json={"status": "accepted"})),
    *on_each(lambda visibility: probe(("delete_member", "get_member", "get_image"), "stop sharing", "DELETE", MEMBER,
                                      visibility)),

    # Tasks. The first four rules exist and are never asked.
    probe(("tasks_api_access", "get_tasks"), "tasks", "GET", "/v2/tasks"),
    probe(("tasks_api_access", "get_task"), "task", "GET", f"/v2/tasks/{ABSENT}"),
    probe(("tasks_api_access", "add_task"), "make a task", "POST", "/v2/tasks", json={"type": "nonsense", "input": {}}),
    probe(("tasks_api_access", "modify_task"), "delete a task", "DELETE", f"/v2/tasks/{ABSENT}"),

    # The end.
    *[probe(("delete_image", "get_image"), "delete", "DELETE", IMAGE, kind)
      for kind in (*VISIBILITIES, "queued", "deactivated", "protected", "of nobody")],
    *[probe(("get_image",), f"{method} of no image", method, f"/v2/images/{ABSENT}") for method in ("GET", "DELETE")],
)

# Rules without a request of their own: what the others are made of.
PARTS = {"default", "context_is_admin", "service_api", "metadef_default", "metadef_admin"}

# Routes that are not there yet: a request for each, and which rules wait for it.
NOT_BUILT = {
    ("GET", "/v2/metadefs/namespaces"): lambda rule: "metadef" in rule,
    ("GET", "/v2/cache"): lambda rule: rule.startswith("cache_") or rule in ("list_cached_nodes", "manage_image_cache"),
}
