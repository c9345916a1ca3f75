"""Both servers with one configuration, and a request to each of them."""

import contextlib
import json
import pathlib
import shutil
import sqlite3
import tempfile

from differential.compare import NO_ANSWER
from differential.names import FreshIds, Names, named
from differential.request import PERSONAS, UNKNOWN, get
from support.debian_glance import DebianGlance
from support.raw import Connection, Response
from support.server import Server

# The operator's own properties, found beside the configuration file.
SCHEMA_IMAGE = {
    "kernel_id": {"type": ["null", "string"], "description": "A kernel.",
                  "pattern": "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$"},
    "architecture": {"type": "string", "description": "A processor."},
    "deletion_policy": {"type": "string", "description": "What goes with the image.", "enum": ["all", "nothing"]},
}
# Who may create, read, update and delete which properties, in this order.
PROTECTIONS = "".join(
    f"[{names}]\ncreate = {create}\nread = {read}\nupdate = {update}\ndelete = {delete}\n"
    for names, create, read, update, delete in (
        ("^x_billing", "admin, Billing", "admin,member", "billing", "!"),
        ("^x_secret", "admin", "admin", "admin", "admin"),
        ("^x_blind", "@", "admin", "@", "@"),
        ("^x_none", "", "@", "", ""),
        ("open", "@", "@", "@", "@"),
    ))
# What an image consists of: its tables, and the column that names it.
IMAGE_TABLES = {"images": "id", "image_locations": "image_id", "image_properties": "image_id", "image_tags": "image_id",
                "image_members": "image_id"}
# Without identity the caller has no roles, and Debian's Glance would refuse it what these rules leave to
# administrators.
OPEN_RULES = ("publicize_image", "tasks_api_access", "stores_info_detail", "delete_image_location", "modify_member")
PATIENCE = 30  # seconds
COMMON = {"DEFAULT": {"enabled_import_methods": "[]"}}
SETTINGS = {
    "plain": {},
    "limits": {
        "DEFAULT": {"image_property_quota": 3, "image_tag_quota": 3, "image_member_quota": 2, "image_size_cap": 100,
                    "limit_param_default": 2, "api_limit_max": 4},
        "image_format": {"disk_formats": "raw,qcow2", "container_formats": "bare"},
    },
    "stores": {
        "DEFAULT": {"enabled_backends": "alpha:file,beta:file", "show_multiple_locations": True,
                    "show_image_direct_url": True, "image_location_quota": 2,
                    "public_endpoint": "https://images.example.org/"},
        "glance_store": {"default_backend": "alpha", "stores": None, "default_store": None,
                         "filesystem_store_datadir": None},
        "alpha": {"filesystem_store_datadir": "{home}/alpha", "store_description": "the first"},
        "beta": {"filesystem_store_datadir": "{home}/beta", "weight": 5},
        "os_glance_staging_store": {"filesystem_store_datadir": "{home}/staging"},
        "os_glance_tasks_store": {"filesystem_store_datadir": "{home}/tasks"},
    },
    "proxied": {
        "oslo_middleware": {"enable_proxy_headers_parsing": True},
        "cors": {"allowed_origin": "https://dashboard.example.org"},
    },
    "quota": {"DEFAULT": {"user_storage_quota": "100B"}},
    # 25.1 counts its older defaults, too, unless all of these are set.
    "identified": {"paste_deploy": {"flavor": "trusted-auth"},
                   "DEFAULT": {"enforce_secure_rbac": True},
                   "oslo_policy": {"enforce_new_defaults": True, "enforce_scope": True}},
    "protected": {"paste_deploy": {"flavor": "trusted-auth"},
                  "DEFAULT": {"enforce_secure_rbac": True,
                              "property_protection_file": "{home}/protections.conf"},
                  "oslo_policy": {"enforce_new_defaults": True, "enforce_scope": True}},
}

# Under these settings callers say who they are.
IDENTIFIED = ("identified", "protected")


class Side:
    """One of the two servers, and what names mean to it."""

    def __init__(self, kind, home, settings):
        home.mkdir(parents=True)
        self.server = kind(home, settings_for(home, settings))
        self.names = Names(home)
        self.is_identified = settings in IDENTIFIED
        (home / "schema-image.json").write_text(json.dumps(SCHEMA_IMAGE))
        (home / "protections.conf").write_text(PROTECTIONS)
        if isinstance(self.server, DebianGlance) and not self.is_identified:
            (home / "policy.yaml").write_text("".join(f'"{rule}": "@"\n' for rule in OPEN_RULES))

    def ask(self, request):
        """Sends the request on a connection of its own and returns the answer."""
        names = self.names
        headers = {"Host": "localhost"} | dict(request.headers) | {"Connection": "close"}
        if self.is_identified and (identity := PERSONAS[request.persona]):
            headers |= {"X-Identity-Status": "Confirmed"} | identity
        body = request.body or b""
        if b"{" in body:
            body = names.fill(body.decode("latin-1")).encode("latin-1")
        if request.is_chunked:
            headers["Transfer-Encoding"] = "chunked"
            body = (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
        elif request.body is not None:
            headers.setdefault("Content-Length", len(body))
        lines = [f"{request.method} {names.fill(request.path)} HTTP/1.1",
                 *[f"{name}: {names.fill(str(value))}" for name, value in headers.items()], "", ""]
        try:
            with Connection(self.server.port, timeout=PATIENCE) as connection:
                connection.send("\r\n".join(lines).encode() + body)
                return connection.response(request.method)
        except (OSError, EOFError) as error:
            return Response(NO_ANSWER, repr(error), {}, b"")

    def show(self, image):
        """The image as an administrator sees it, with chance taken out; None if there is none."""
        answer = self.ask(get("look", f"/v2/images/{{image:{image}}}"))
        return self.names.canonical(json.loads(answer.body)) if answer.status == 200 else None

    def execute(self, sql):
        with self._database() as database:
            database.executescript(self.names.fill(sql))

    def records(self, images):
        """The rows that these images consist of."""
        with self._database() as database:
            return {image: {table: database.execute(f"SELECT * FROM {table} WHERE {column} = ?",
                                                    [self.names.ids.get(image, UNKNOWN)]).fetchall()
                            for table, column in IMAGE_TABLES.items()} for image in images}

    def restore(self, records, made):
        """Puts images back to the rows that they had, and takes away the images that were made since."""
        with self._database() as database:
            for image in [*records, *made]:
                for table, column in reversed(IMAGE_TABLES.items()):
                    database.execute(f"DELETE FROM {table} WHERE {column} = ?", [self.names.ids.get(image, UNKNOWN)])
            for tables in records.values():
                for table, rows in tables.items():
                    for row in rows:
                        database.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)

    @contextlib.contextmanager
    def _database(self):
        with contextlib.closing(sqlite3.connect(self.server.database, timeout=30)) as database, database:
            yield database


def settings_for(home, name):
    """What is said under that name, with the server's own folder in it."""
    groups = {}
    for part in (COMMON, SETTINGS[name]):
        for group, options in part.items():
            groups.setdefault(group, {}).update(
                {option: value.format(home=home) if isinstance(value, str) else value
                 for option, value in options.items()})
    return groups


@contextlib.contextmanager
def temporary_home():
    """A folder for servers, in memory where that is possible: databases that wait for a disk take most of the time."""
    memory = pathlib.Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="differential-", dir=memory if memory.is_dir() else None) as home:
        yield pathlib.Path(home)


class Pair:
    """Ours and theirs, under one configuration."""

    def __init__(self, home, settings="plain", kinds=(Server, DebianGlance)):
        self.settings = settings
        self.ours = Side(kinds[0], home / "ours", settings)
        self.theirs = Side(kinds[1], home / "theirs", settings)
        self.ids = FreshIds()

    @property
    def sides(self):
        return (self.ours, self.theirs)

    def prepare(self, like=None):
        """Makes the databases, or copies those of a pair that is prepared and not yet launched, which is faster."""
        for index, side in enumerate(self.sides):
            if like:
                shutil.copy(like.sides[index].server.database, side.server.database)
            else:
                side.server.sync()
        return self

    def launch(self):
        """Starts both and does not wait, so that several pairs can get ready at once."""
        for side in self.sides:
            side.server.launch()
        return self

    def wait(self):
        for side in self.sides:
            side.server.wait_until_ready(seconds=120)  # several Pythons may be starting at once
        return self

    def stop(self):
        for side in self.sides:
            side.server.stop()

    def empty(self):
        """Forgets every image and task on both sides, so that subjects do not see each other's."""
        for side in self.sides:
            side.execute("".join(f"DELETE FROM {table};" for table in ("task_info", "tasks", *reversed(IMAGE_TABLES))))
            side.names = Names(side.server.home)

    def allot(self, request):
        """Gives the names that the request introduces with {new:…} one id, the same on both sides."""
        for name in named("new", request):
            identity = self.ids.next()
            for side in self.sides:
                side.names.ids[name] = identity
