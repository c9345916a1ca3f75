"""Image services on a database of one of the servers of services/databases.py."""

from services.databases import database_of
from support.server import Server


class DatabaseServerHouse(Server):
    """A Server whose records lie in a database of a server; rows() asks that one."""

    def __init__(self, home, peer, settings=None):
        self.peer = peer
        self.connection = peer.new_database()
        self.name = database_of(self.connection)
        self.is_synced = False
        settings = {group: dict(options) for group, options in (settings or {}).items()}
        settings["database"] = {"connection": self.connection} | settings.get("database", {})
        super().__init__(home, settings)

    def sync(self):
        self.is_synced = True
        return super().sync()

    def start(self, prefix=(), **options):
        if not self.is_synced:
            self.sync()
        self.launch(prefix, **options)
        return self.wait_until_ready()

    def rows(self, sql, *values):
        for value in values:
            sql = sql.replace("?", f"'{value}'", 1)
        text = self.peer.query(sql.replace("deleted = 0", "deleted = FALSE"), self.name)
        return [tuple(line.split(self.peer.separator)) for line in text.splitlines()]
