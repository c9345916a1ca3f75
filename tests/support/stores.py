"""A server with several file stores below one folder."""

import contextlib
import json
import shutil
import sqlite3

from support.server import wait_until

RESERVED = ["os_glance_staging_store", "os_glance_tasks_store"]


class Stores:
    """Directories for stores with these ids, the first one the default. `options` maps an id to what its group says
    besides; `more` maps other groups to their options. `web`: the id of a store of type http, behind the others."""

    def __init__(self, root, ids, options=None, more=None, web=None):
        self.root = root
        self.ids = ids
        self.web = web
        self.options = options or {}
        self.more = more or {}

    def directory(self, store):
        return self.root / store

    def settings(self):
        """What a Server is to be made with."""
        kinds = [f"{store}:file" for store in self.ids] + ([f"{self.web}:http"] if self.web else [])
        settings = {
            "DEFAULT": {"enabled_backends": ", ".join(kinds)},
            "glance_store": {"stores": None, "default_store": None, "filesystem_store_datadir": None,
                             "default_backend": self.ids[0]}}
        for store in [*self.ids, *RESERVED]:
            settings[store] = {"filesystem_store_datadir": self.directory(store)} | self.options.get(store, {})
        if self.web:
            settings[self.web] = dict(self.options.get(self.web, {}))
        for group, options in self.more.items():
            settings.setdefault(group, {}).update(options)
        return settings

    def file(self, store, image_id):
        return self.directory(store) / image_id

    def files(self):
        """Every blob as store/name, but for what the stores keep beside them."""
        return sorted(f"{store}/{path.name}" for store in self.ids
                      for path in self.directory(store).glob("*") if path.is_file())

    def add_copy(self, server, image_id, store):
        """Copies an image's data to another store, as an import would."""
        shutil.copy(self.file(self.ids[0], image_id), self.file(store, image_id))
        self.add_location(server, image_id, f"file://{self.file(store, image_id)}", {"store": store})

    @staticmethod
    def add_location(server, image_id, url, metadata):
        """Writes a location into the database beside the server."""
        execute(server, "INSERT INTO image_locations (image_id, value, meta_data, status, created_at, deleted) "
                "VALUES (?, ?, ?, 'active', '2026-03-01 09:30:00.000000', 0)", image_id, url, json.dumps(metadata))


def wait_for_store(server, store):
    """Until it can be used: one that takes its time is down until it has logged in."""
    def is_up():
        log = server.log_text()
        return log.count(f"Store {store} is down") == log.count(f"Store {store} can be used again")
    wait_until(is_up, f"the store {store}", seconds=60)


def execute(server, sql, *values):
    """Changes the database beside the server."""
    with contextlib.closing(sqlite3.connect(server.database, timeout=30)) as database, database:
        database.execute(sql, values)
