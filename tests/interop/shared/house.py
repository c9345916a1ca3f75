"""A node of ours and one of Debian's Glance behind one load balancer, on one MariaDB and the same folders."""

import contextlib
import itertools

from differential.request import PERSONAS
from services.databases import MariaDB, database_of, running
from services.haproxy import HAProxy
from support.debian_glance import DebianGlance
from support.origin import ADMITTED
from support.server import Running, Server
from support.stores import Stores

OURS, GLANCE = "ours", "glance"
TWO_OF_OURS = {"first": Server, "second": Server}
ADMIN = {"X-Identity-Status": "Confirmed"} | PERSONAS["admin"]
SETTINGS = {
    "DEFAULT": {"enabled_import_methods": "[glance-direct,web-download,copy-image]", "enforce_secure_rbac": True},
    "paste_deploy": {"flavor": "trusted-auth"},
    "oslo_policy": {"enforce_new_defaults": True, "enforce_scope": True},
}


class SharedHouse(Running):
    """Two nodes by name; `kinds` says what makes them. They work with one database server, or each with its own of a
    cluster."""

    def __init__(self, root, *peers, kinds=None, database_options=None):
        self.peer = peers[0]
        self.database = database_of(self.peer.new_database())
        self.stores = Stores(root / "stores", ["alpha", "beta"], more=ADMITTED)
        self.nodes = {name: kind(root / name) for name, kind in (kinds or {OURS: Server, GLANCE: DebianGlance}).items()}
        for server, peer in zip(self.nodes.values(), itertools.cycle(peers)):
            server.write_config(self._settings({"connection": peer.url(self.database)} | (database_options or {})))
        self.balancer = HAProxy(root / "balancer", {name: server.port for name, server in self.nodes.items()})

    def _settings(self, database):
        settings = self.stores.settings() | {"database": database}
        for group, options in SETTINGS.items():
            settings.setdefault(group, {}).update(options)
        return settings

    def start(self):
        next(iter(self.nodes.values())).sync()
        for server in self.nodes.values():
            server.launch()
        for server in self.nodes.values():
            server.wait_until_ready(seconds=120)
        self.balancer.start()
        return self

    def stop(self):
        self.balancer.stop()
        for server in self.nodes.values():
            server.stop()

    def switch_off(self, name):
        self.nodes[name].stop()
        self.balancer.wait_for(*(set(self.nodes) - {name}))

    def switch_on(self, name):
        self.nodes[name].launch().wait_until_ready(seconds=120)
        self.balancer.wait_for(*self.nodes)

    def rows(self, sql):
        return [tuple(line.split("\t")) for line in self.peer.query(sql, self.database).splitlines()]

    def disagreements(self):
        """Everything in which files and records do not say the same, as lines for people."""
        places = {f"file://{self.stores.file(*name.split('/', 1))}": name for name in self.stores.files()}
        live = dict(self.rows("SELECT value, image_id FROM image_locations WHERE deleted = 0"))
        found = [f"no record names the file {name}" for place, name in places.items() if place not in live]
        found += [f"the file of image {image_id} is missing: {place}" for place, image_id in live.items()
                  if place not in places]
        uploading = {image_id for (image_id,) in self.rows("SELECT id FROM images WHERE status = 'uploading'")}
        staging = self.stores.directory("os_glance_staging_store")
        staged = {path.name for path in staging.glob("*")} if staging.exists() else set()
        found += [f"{name} is staged for no import" for name in sorted(staged - uploading)]
        found += [f"the staged data of {image_id} is missing" for image_id in sorted(uploading - staged)]
        found += [f"image {image_id} stays {status}" for image_id, status in self.rows(
            "SELECT id, status FROM images WHERE status IN ('saving', 'importing') AND deleted = 0")]
        found += [f"image {image_id} stays locked" for (image_id,) in self.rows(
            "SELECT image_id FROM image_properties WHERE name = 'os_glance_import_task' AND deleted = 0")]
        found += [f"image {image_id} is {status} without data" for image_id, status in self.rows(
            "SELECT id, status FROM images WHERE status IN ('active', 'deactivated') AND id NOT IN "
            "(SELECT image_id FROM image_locations WHERE deleted = 0)")]
        for table in ("image_locations", "image_properties", "image_tags", "image_members"):
            found += [f"{table} keeps a live row of the deleted image {image_id}" for (image_id,) in self.rows(
                f"SELECT DISTINCT image_id FROM {table} JOIN images ON images.id = image_id "
                f"WHERE images.deleted = 1 AND {table}.deleted = 0")]
        found += [f"the tag {value} of {image_id} is there twice" for image_id, value in self.rows(
            "SELECT image_id, value FROM image_tags WHERE deleted = 0 GROUP BY image_id, BINARY value "
            "HAVING count(*) > 1")]
        return found


@contextlib.contextmanager
def shared_house(root):
    with running(MariaDB) as (peer,), SharedHouse(root, peer) as house:
        yield house
