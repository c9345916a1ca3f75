"""Several nodes of one service: one database and the same stores, but staging and state of their own."""

from support.origin import ADMITTED
from support.server import Server
from support.stores import RESERVED, Stores


class Nodes:
    """So many servers, the first of which has prepared the database. `kinds`: what makes each of them; `settings` adds
    to what all of them get. Tasks count as dead after ten seconds of silence."""

    def __init__(self, root, kinds=(Server, Server), settings=None):
        self.root = root
        self.stores = Stores(root / "stores", ["fast", "cheap", "heavy"], more=ADMITTED, web="web")
        self.all = [kind(root / f"node{number}", {"DEFAULT": {}}) for number, kind in enumerate(kinds)]
        for server in self.all:
            server.database = self.all[0].database
            server.write_config(self._settings(server, settings or {}))

    def _settings(self, server, more):
        settings = self.stores.settings() | {"database": {"connection": f"sqlite:///{server.database}"}}
        settings["DEFAULT"] |= {"worker_self_reference_url": server.url("")}
        settings["vitrine"] = {"task_heartbeat": 1}
        for reserved in RESERVED:
            settings[reserved] = {"filesystem_store_datadir": server.home / reserved}
        for group, options in more.items():
            settings.setdefault(group, {}).update(options)
        return settings

    def start(self):
        try:
            if not self.all[0].database.exists():
                self.all[0].sync()
            for server in self.all:
                server.launch()
            for server in self.all:
                server.wait_until_ready(seconds=90)
        except BaseException:
            self._kill()
            raise
        return self

    def _kill(self):
        for server in self.all:
            if server.is_running():
                server.kill()

    def stop(self):
        for server in self.all:
            server.stop()

    def __iter__(self):
        return iter(self.all)


def staged_files(server):
    """What waits on this node for its import."""
    directory = server.home / RESERVED[0]
    return sorted(path.name for path in directory.iterdir()) if directory.exists() else []
