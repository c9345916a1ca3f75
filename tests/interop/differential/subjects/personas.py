"""Who may do what: an owner, a member of a shared image, others, readers, and nobody."""

from differential.request import add, create, delete, download, get, patch, post, put, replace, send, upload

VISIBILITIES = ("public", "private", "shared", "community")
CALLERS = ("ann", "bob", "eve", "reader of a", "nobody", "admin")
KIND = {"disk_format": "raw", "container_format": "bare"}


def path(visibility):
    return f"/v2/images/{{image:{visibility}}}"


def by_each(make):
    """The requests that `make` returns for every caller and every visibility."""
    return [make(caller, visibility) for caller in CALLERS for visibility in VISIBILITIES]


STEPS = [
    *[post(f"ann's {visibility} image", "/v2/images", KIND | {"id": f"{{new:{visibility}}}", "name": visibility,
                                                              "owner": "project-a",
                                                             "visibility": visibility}) for visibility in VISIBILITIES],
    *[create(f"{caller} makes an image", save="own_" + caller.replace(" ", "_"), persona=caller,
             id=f"{{new:own_{caller.replace(' ', '_')}}}")
      for caller in CALLERS],
    *[create(f"{caller} makes a {visibility} image", persona=caller, visibility=visibility,
             id=f"{{new:{visibility}_{caller.replace(' ', '_')}}}")
      for caller in CALLERS for visibility in ("public", "community")],
    *[create(f"{caller} makes an image for another", persona=caller, owner="project-b",
             id=f"{{new:for_b_{caller.replace(' ', '_')}}}")
      for caller in CALLERS],
    upload("ann fills her shared image", "shared", b"shared", persona="ann"),
    upload("ann fills her private image", "private", b"private", persona="ann"),
    post("ann shares with bob", path("shared") + "/members", {"member": "project-b"}, persona="ann"),
    *by_each(lambda caller, visibility: get(f"{caller} looks at the {visibility} image", path(visibility),
                                            persona=caller)),
    *[get(f"{caller} lists {query}", "/v2/images?sort=id&" + query, persona=caller) for caller in CALLERS
      for query in ("", "visibility=all", "visibility=community", "visibility=shared", "visibility=private",
                    "member_status=pending",
                    "member_status=all", "owner=project-a", "marker={image:private}")],
    *by_each(lambda caller, visibility: patch(f"{caller} renames the {visibility} image", visibility,
                                              replace("/name", caller), persona=caller)),
    *by_each(lambda caller, visibility: patch(f"{caller} changes nothing of the {visibility} image", visibility,
                                              persona=caller)),
    *[patch(f"{caller} gives the shared image away", "shared", replace("/owner", "project-e"), persona=caller)
      for caller in CALLERS if caller != "admin"],
    *[patch(f"{caller} publishes the shared image", "shared", replace("/visibility", "public"), persona=caller)
      for caller in CALLERS if caller != "admin"],
    *[send("PUT", f"{caller} tags the {visibility} image", path(visibility) + "/tags/t", persona=caller)
      for caller in CALLERS for visibility in VISIBILITIES],
    *[get(f"{caller} sees the members of the {visibility} image", path(visibility) + "/members", persona=caller)
      for caller in CALLERS for visibility in VISIBILITIES],
    *[get(f"{caller} sees bob's membership", path("shared") + "/members/project-b", persona=caller)
      for caller in CALLERS],
    *[put(f"{caller} accepts for bob", path("shared") + "/members/project-b", {"status": "accepted"}, persona=caller)
      for caller in CALLERS],
    *[post(f"{caller} shares with eve", path("shared") + "/members", {"member": "project-e"}, persona=caller)
      for caller in CALLERS],
    *[delete(f"{caller} takes eve's share away", path("shared") + "/members/project-e", persona=caller)
      for caller in CALLERS],
    get("bob lists what he accepted", "/v2/images?sort=id", persona="bob"),
    *[download(f"{caller} downloads the {visibility} image", visibility, persona=caller) for caller in CALLERS
      for visibility in ("shared", "private")],
    *[upload(f"{caller} fills the public image", "public", b"x", persona=caller) for caller in CALLERS],
    *[send("POST", f"{caller} deactivates the shared image", path("shared") + "/actions/deactivate", persona=caller)
      for caller in CALLERS],
    *[download(f"{caller} downloads what is deactivated", "shared", persona=caller) for caller in CALLERS],
    *[send("POST", f"{caller} reactivates the shared image", path("shared") + "/actions/reactivate", persona=caller)
      for caller in CALLERS],
    *[get(f"{caller} lists tasks", "/v2/tasks", persona=caller) for caller in CALLERS],
    *[get(f"{caller} lists tasks of the shared image", path("shared") + "/tasks", persona=caller)
      for caller in CALLERS],
    *[get(f"{caller} reads a schema", "/v2/schemas/image", persona=caller) for caller in CALLERS],
    *[get(f"{caller} asks for usage", "/v2/info/usage", persona=caller) for caller in CALLERS],
    patch("ann adds a property", "shared", add("/colour", "red"), persona="ann"),
    *by_each(lambda caller, visibility: delete(f"{caller} deletes the {visibility} image", path(visibility),
                                               persona=caller)),
]
