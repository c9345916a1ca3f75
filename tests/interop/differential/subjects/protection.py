"""Custom properties that only some may create, read, update or delete; see PROTECTIONS in pair.py."""

from differential.request import V20, add, create, get, patch, remove, replace

CALLERS = ("ann", "billing of a", "admin")
NAMES = ("x_billing", "x_secret", "x_blind", "x_none", "open", "unnamed")
STEPS_OF_A_PATCH = (lambda name: add(f"/{name}", "new"), lambda name: replace(f"/{name}", "new"),
                    lambda name: remove(f"/{name}"))


def older(step):
    """The same in the dialect of API 2.0."""
    return {step["op"]: step["path"]} | {key: step[key] for key in ("value",) if key in step}


def tries():
    """Each step on each property by each caller, on an image of its own, and what an administrator sees then."""
    for caller in CALLERS:
        for name in NAMES:
            for make in STEPS_OF_A_PATCH:
                step = make(name)
                image = f"{step['op']}_{name}_{caller.replace(' ', '_')}"
                tried = f"{caller} tries to {step['op']} {name}"
                yield create(f"for {tried}", id=f"{{new:{image}}}", owner="project-a", x_billing="1", x_secret="s",
                             x_blind="b", open="o")
                yield patch(tried, image, step, persona=caller)
                yield patch(f"{tried} as of old", image, older(step), media_type=V20, persona=caller)
                yield get(f"seen after {tried}", f"/v2/images/{{image:{image}}}")


STEPS = [
    *[create(f"{caller} makes an image with {name}", persona=caller,
             id=f"{{new:{name}_{caller.replace(' ', '_')}}}", **{name: "1"})
      for caller in CALLERS for name in NAMES],
    create("an image with all", id="{new:a}", owner="project-a", x_billing="1", x_secret="s", x_blind="b", open="o"),
    *[get(f"{caller} looks", "/v2/images/{image:a}", persona=caller) for caller in CALLERS],
    *[get(f"{caller} lists", "/v2/images?sort=id", persona=caller) for caller in CALLERS],
    *[get(f"{caller} asks for a hidden value", "/v2/images?x_secret=s", persona=caller) for caller in CALLERS],
    patch("a forbidden step behind two allowed ones", "a", replace("/open", "p"), add("/open2", "q"),
          replace("/x_billing", "r"), persona="ann"),
    get("seen after a forbidden step", "/v2/images/{image:a}"),
    *tries(),
]
