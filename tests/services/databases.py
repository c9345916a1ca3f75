"""Real database servers, Debian's MariaDB and PostgreSQL, each with everything that it keeps below one folder."""

import concurrent.futures
import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid

from support.server import Running, free_port, wait_until

PACKAGES = "mariadb-server-core mariadb-client-core postgresql"
PASSWORD = "p@ss/w:rd%"  # what a URL has to escape
ESCAPED_PASSWORD = "p%40ss%2Fw%3Ard%25"
MEMORY = "/dev/shm"


def has_stopped(process):
    """Every thread of it, some time after SIGSTOP."""
    return all(path.read_text().rsplit(")", 1)[1].split()[0] == "T"
               for path in pathlib.Path(f"/proc/{process}/task").glob("*/stat"))


def database_of(url):
    """The name of the database that a URL leads to."""
    return url.split("/")[-1].split("?")[0]


class DatabaseServer(Running):
    """What both have in common. Tuned to forget everything when the machine stops, and nothing when it is killed. After
    stop() or kill() start() goes on with the same databases and port."""

    engine = None
    user = None  # the system's user that it runs as if this is root, whom some servers refuse

    def __init__(self, home):
        self.home = pathlib.Path(home)
        self.port = free_port()
        self.process = None

    @property
    def socket(self):
        raise NotImplementedError

    def as_user(self):
        """Arguments by which a program runs as the server's user."""
        if os.geteuid() != 0:
            return {}
        account = pwd.getpwnam(self.user)
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def own_home(self):
        self.home.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            account = pwd.getpwnam(self.user)
            os.chown(self.home, account.pw_uid, account.pw_gid)

    def make_certificate(self):
        """Makes one that is its own authority, for the address that the service connects to."""
        self.run(["/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                  "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2",
                  "-keyout", self.home / "key.pem", "-out", self.authority])
        (self.home / "key.pem").chmod(0o600)
        self.authority.chmod(0o644)

    def client_certificate(self, folder, user):
        """Makes one for a user of the database, by the server's own authority; returns it and its key."""
        key, request, certificate = (folder / f"{user}.{part}" for part in ("key", "request", "pem"))
        for command in (["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                         f"/CN={user}", "-keyout", key, "-out", request],
                        ["x509", "-req", "-in", request, "-CA", self.authority, "-CAkey", self.home / "key.pem",
                         "-set_serial", "1", "-days", "2", "-out", certificate]):
            subprocess.run(["/usr/bin/openssl", *map(str, command)], check=True, capture_output=True)
        return certificate, key

    @property
    def authority(self):
        return self.home / "certificate.pem"

    def run(self, command, patience=120, **options):
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=patience,
                                check=False, cwd=self.home, **self.as_user(), **options)
        if result.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{result.stdout}{result.stderr}")
        return result.stdout

    def launch(self, command):
        with open(self.home / "server.log", "ab") as log:
            self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, cwd=self.home, start_new_session=True, **self.as_user())
        wait_until(self.answers, f"{self.engine} to answer; see {self.home}/server.log", 60)
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.engine} ended: {(self.home / 'server.log').read_text()[-2000:]}")
        try:
            self.query("SELECT 1")
            return True
        except RuntimeError:
            return False

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def _end(self, number):
        if not self.process:
            return
        self.signal(number)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def kill(self):
        self._end(signal.SIGKILL)

    @contextlib.contextmanager
    def frozen(self):
        """It does nothing any more, and does not say so."""
        processes = [self.process.pid, *self.children()]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        wait_until(lambda: all(has_stopped(process) for process in processes), "the server to stop")
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def children(self):
        """PostgreSQL has a process for each connection."""
        return [int(word) for word in pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
                .read_text().split()]

    def new_database(self):
        """Makes an empty database and returns its URL, as an operator writes it for Python's Glance."""
        name = f"glance_{uuid.uuid4().hex[:12]}"
        self.create(name)
        return self.url(name)


class MariaDB(DatabaseServer):
    engine = "mariadb"
    without_tls = ""  # behind a URL; this client's default
    separator = "\t"  # of the columns that query() returns
    user = "nobody"  # as the package without a daemon makes none
    binary = "/usr/sbin/mariadbd"

    @property
    def socket(self):
        return self.home / "socket"

    def prepare(self):
        self.own_home()
        self.make_certificate()
        self.run(["/usr/bin/mariadb-install-db", "--no-defaults", f"--datadir={self.home}/data", "--skip-test-db",
                  "--auth-root-authentication-method=normal", "--skip-name-resolve", "--innodb-log-file-size=16M",
                  "--innodb-use-native-aio=0"])

    def start(self):
        self.launch_with()
        self.add_user()
        return self

    def add_user(self):
        self.query(f"CREATE USER IF NOT EXISTS glance@'%' IDENTIFIED BY '{PASSWORD}'")

    def launch_with(self, *options):
        self.launch([self.binary, "--no-defaults", f"--datadir={self.home}/data", f"--socket={self.socket}",
                     "--bind-address=127.0.0.1", f"--port={self.port}", f"--pid-file={self.home}/pid",
                     f"--ssl-cert={self.authority}", f"--ssl-key={self.home}/key.pem", f"--ssl-ca={self.authority}",
                     "--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync", "--innodb-doublewrite=0",
                     "--sync-frm=0", "--skip-log-bin", "--performance-schema=0", "--innodb-buffer-pool-size=128M",
                     "--innodb-log-file-size=16M", "--innodb-use-native-aio=0",
                     "--max-connections=200", "--skip-name-resolve", *options])

    def query(self, statement, database="mysql", **options):
        """Runs it as the server's administrator and returns what it printed."""
        return self.run(["/usr/bin/mariadb", "--no-defaults", "-uroot", f"--socket={self.socket}", "-N", "-B",
                         "--default-character-set=utf8mb4", database, "-e", statement], **options)

    def create(self, name):
        self.query(f"CREATE DATABASE {name} CHARACTER SET utf8; GRANT ALL ON {name}.* TO glance@'%'")

    def drop(self, name):
        self.query(f"DROP DATABASE {name}")

    def url(self, name):
        return f"mysql+pymysql://glance:{ESCAPED_PASSWORD}@127.0.0.1:{self.port}/{name}?charset=utf8"

    def harden_password(self):
        """It is kept as it is by default."""

    def tls_url(self, name, authority):
        return f"{self.url(name)}&ssl_ca={authority}"

    def socket_url(self, name):
        return f"mysql://glance:{ESCAPED_PASSWORD}@localhost/{name}?unix_socket={self.socket}"

    def admit_by_certificate(self, user, name):
        self.query(f"CREATE USER {user}@'%' REQUIRE SUBJECT '/CN={user}'; GRANT ALL ON {name}.* TO {user}@'%'")

    def certificate_url(self, user, name):
        return f"mysql://{user}@127.0.0.1:{self.port}/{name}?ssl_ca={self.authority}"

    def connections(self, name):
        """What numbers the service's connections to a database have."""
        return set(self.query(f"SELECT id FROM information_schema.processlist WHERE db = '{name}'").split())

    def cut_connections(self):
        """Ends every session of the service, as a proxy or an administrator may."""
        for number in self.query("SELECT id FROM information_schema.processlist WHERE user = 'glance'").split():
            with contextlib.suppress(RuntimeError):
                self.query(f"KILL CONNECTION {number}")

    def set_read_only(self, is_read_only):
        self.query(f"SET GLOBAL read_only = {int(is_read_only)}")

    def stop(self):
        self._end(signal.SIGTERM)


class PostgreSQL(DatabaseServer):
    engine = "postgresql"
    without_tls = "?sslmode=disable"  # behind a URL
    separator = "|"  # of the columns that query() returns
    user = "postgres"

    @property
    def socket(self):
        return self.home / f".s.PGSQL.{self.port}"

    @property
    def programs(self):
        return max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))

    def prepare(self):
        self.own_home()
        self.make_certificate()
        self.run([self.programs / "initdb", "-D", self.home / "data", "--auth-local=trust", "--auth-host=md5",
                  "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-U", "admin"])

    def start(self):
        self.launch([self.programs / "postgres", "-D", self.home / "data", "-k", self.home, "-p", self.port,
                     "-c", "listen_addresses=127.0.0.1",
                     "-c", "ssl=on", "-c", f"ssl_cert_file={self.authority}", "-c", f"ssl_key_file={self.home}/key.pem",
                     "-c", f"ssl_ca_file={self.authority}",
                     "-c", "fsync=off",
                     "-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "shared_buffers=64MB"])
        with contextlib.suppress(RuntimeError):  # there since the last start
            # The default's thousands of rounds take sanitizers a tenth of a second for each connection.
            self.query(f"SET password_encryption = 'md5'; CREATE ROLE glance LOGIN PASSWORD '{PASSWORD}'")
        return self

    def harden_password(self):
        """Keeps it as a server does by default."""
        self.query(f"SET password_encryption = 'scram-sha-256'; ALTER ROLE glance PASSWORD '{PASSWORD}'")

    def query(self, statement, database="postgres", **options):
        """Runs it as the server's administrator and returns what it printed."""
        return self.run([self.programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.home,
                         "-p", self.port, "-U", "admin", "-d", database, "-c", statement],
                        env=os.environ | {"PGCLIENTENCODING": "UTF8"}, **options)

    def create(self, name):
        self.query(f"CREATE DATABASE {name} OWNER glance")

    def drop(self, name):
        self.query(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name):
        return f"postgresql+psycopg2://glance:{ESCAPED_PASSWORD}@127.0.0.1:{self.port}/{name}"

    def tls_url(self, name, authority):
        return f"{self.url(name)}?sslmode=verify-full&sslrootcert={authority}"

    def socket_url(self, name):
        return f"postgresql://glance@/{name}?host={self.home}&port={self.port}"

    def admit_by_certificate(self, user, name):
        rules = self.home / "data" / "pg_hba.conf"
        rules.write_text(f"hostssl {name} {user} 127.0.0.1/32 cert\n" + rules.read_text())
        self.query(f"CREATE ROLE {user} LOGIN")
        self.query("SELECT pg_reload_conf()")

    def certificate_url(self, user, name):
        return f"postgresql://{user}@127.0.0.1:{self.port}/{name}?sslmode=verify-full&sslrootcert={self.authority}"

    def connections(self, name):
        """What numbers the service's connections to a database have."""
        return set(self.query(f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}'").split())

    def cut_connections(self):
        """Ends every session of the service, as a proxy or an administrator may."""
        self.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'glance'")

    def set_read_only(self, is_read_only):
        self.query(f"ALTER SYSTEM SET default_transaction_read_only = {'on' if is_read_only else 'off'}")
        self.query("SELECT pg_reload_conf()")

    def stop(self):
        self._end(signal.SIGINT)


SERVERS = (MariaDB, PostgreSQL)


@contextlib.contextmanager
def enterable_home(on_disk=False):
    """A folder that the servers' users may enter. In memory, if the machine has such a folder: a busy disk makes a server's
    first start take a minute."""
    memory = MEMORY if os.access(MEMORY, os.W_OK) and not on_disk else None
    home = pathlib.Path(tempfile.mkdtemp(prefix="databases.", dir=memory))
    home.chmod(0o711)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def running(*kinds, on_disk=False):
    """One server of each kind, started side by side."""
    with enterable_home(on_disk) as home:
        servers = [kind(home / kind.engine) for kind in kinds]
        try:
            with concurrent.futures.ThreadPoolExecutor() as threads:
                for started in [threads.submit(server.__enter__) for server in servers]:
                    started.result()
            yield servers
        finally:
            for server in servers:
                server.stop()
