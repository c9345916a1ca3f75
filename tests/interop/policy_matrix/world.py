"""One server with images for the probes, and what it answers."""

import re
import shutil

from policy_matrix.personas import ADMIN, BOSS, P, Q, boss, role_for
from policy_matrix.probes import COPIED, FILLED, IMAGES, KIND, OFF, SHARED, VISIBILITIES
from support.debian_glance import PASTE, DebianGlance
from support.server import Server, run
from support.stores import RESERVED, Stores

STORES = ("alpha", "beta")
# The ways to say who may do what: whether only the new defaults count, and whether a file replaces them.
SETUPS = {"new defaults": (True, False), "old defaults": (False, False), "own roles": (True, True)}
RULE = re.compile(r"^\| `(\w+)`", re.MULTILINE)
# Rules that a file for roles of their own leaves alone, as others are made of them.
SHARED_RULES = ("default", "context_is_admin", "service_api", "metadef_default", "metadef_admin")


def all_rules():
    """Every rule that we know of."""
    rules = RULE.findall(run("policy", "reference").stdout)
    assert len(rules) > 60
    return rules


def own_roles(rules):
    """A policy file in which every rule asks for a role of its own."""
    own = {rule: f"role:{role_for(rule)}" for rule in rules if rule not in SHARED_RULES}
    return "".join(f'"{rule}": "{check}"\n' for rule, check in ({"context_is_admin": f"role:{BOSS}"} | own).items())


class World:
    """A server that believes what a request says about its caller, and images for probes. An image is used until a
    probe has changed it."""

    def __init__(self, home, kind, has_new_defaults, policy=None, admin=None):
        self.server = kind(home, self._settings(home, has_new_defaults))
        self.admin = admin or ADMIN
        self.images = {}
        if policy:
            (home / "policy.yaml").write_text(policy)
        if kind is Server:
            (home / "glance-api-paste.ini").write_text(PASTE.format(config=self.server.config))

    @staticmethod
    def _settings(home, has_new_defaults):
        return {
            "DEFAULT": {"enabled_backends": ", ".join([*(f"{store}:file" for store in STORES), "web:http"]),
                        "show_multiple_locations": True, "enforce_secure_rbac": has_new_defaults,
                        "enabled_import_methods": "[glance-direct,copy-image]"},
            "glance_store": {"stores": None, "default_store": None, "filesystem_store_datadir": None,
                             "default_backend": STORES[0]},
            "paste_deploy": {"flavor": "trusted-auth", "config_file": home / "glance-api-paste.ini"},
            "oslo_policy": {"enforce_new_defaults": has_new_defaults, "enforce_scope": True},
        } | {store: {"filesystem_store_datadir": home / store} for store in (*STORES, *RESERVED)} | {"web": {}}

    def fill(self):
        """Makes what lists show, under names that are the same on every server."""
        for owner in (P, Q, None):
            for visibility in VISIBILITIES:
                image = self._create(name=f"{visibility} of {owner}", visibility=visibility, owner=owner,
                                     tags=["standing"])
                if (owner, visibility) in ((P, "shared"), (Q, "shared")):
                    self._share(image, Q if owner == P else P)
        return self

    def ask(self, probe, caller):
        """What the caller is answered: the status, and of a list what is in it."""
        image = self._image(probe.image) if probe.image else ""
        answer = self.server.request(probe.method, probe.path.replace("{image}", image), json=probe.json,
                                     data=probe.data, headers=probe.headers | caller)
        # Of a copy that it refuses to remove, Debian's Glance may have removed the data.
        if probe.image and probe.method != "GET" and (answer.ok or COPIED in IMAGES[probe.image][1]):
            del self.images[probe.image]
        return answer.status_code, self._listed(answer)

    @staticmethod
    def _listed(answer):
        if answer.status_code != 200 or "json" not in answer.headers.get("Content-Type", ""):
            return None
        document = answer.json()
        for things, key in (("images", "name"), ("members", "member_id")):
            if isinstance(document, dict) and things in document:
                return sorted(thing[key] for thing in document[things])
        return None

    def _image(self, kind):
        if kind not in self.images:
            fields, deeds = IMAGES[kind]
            image = self.images[kind] = self._create(**{"owner": P} | fields)
            if FILLED in deeds:
                self._do("PUT", f"/v2/images/{image}/file", data=b"data",
                         headers={"Content-Type": "application/octet-stream"})
            if COPIED in deeds:
                self._copy(image)
            if SHARED in deeds:
                self._share(image, Q)
            if OFF in deeds:
                self._do("POST", f"/v2/images/{image}/actions/deactivate")
        return self.images[kind]

    def _create(self, **fields):
        return self._do("POST", "/v2/images", json=KIND | fields).json()["id"]

    def _share(self, image, project):
        self._do("POST", f"/v2/images/{image}/members", json={"member": project})

    def _copy(self, image):
        """What copying to the second store would do, beside the server."""
        first, second = (self.server.home / store / image for store in STORES)
        shutil.copy(first, second)
        Stores.add_location(self.server, image, f"file://{second}", {"store": STORES[1]})

    def _do(self, method, path, **options):
        options["headers"] = options.get("headers", {}) | self.admin
        answer = self.server.request(method, path, **options)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer


class Worlds:
    """The same world twice: ours, and that of Debian's Glance. `setup` is one of SETUPS."""

    def __init__(self, home, setup):
        has_new_defaults, self.has_own_roles = SETUPS[setup]
        self.setup = list(SETUPS).index(setup)
        rules = all_rules()
        policy, admin = (own_roles(rules), boss(rules)) if self.has_own_roles else (None, None)
        self.ours = World(home / "ours", Server, has_new_defaults, policy, admin)
        self.theirs = World(home / "theirs", DebianGlance, has_new_defaults, policy, admin)

    def start(self):
        for world in (self.ours, self.theirs):
            world.server.sync().launch()
        for world in (self.ours, self.theirs):
            world.server.wait_until_ready(seconds=120)
            world.fill()
        return self

    def stop(self):
        for world in (self.ours, self.theirs):
            world.server.stop()
