"""A Galera cluster of real MariaDB servers, each of which takes changes."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess

from services.databases import MariaDB, enterable_home
from support.server import free_port

PACKAGES = "galera-4"
METHOD = "position"  # by which the state gets to a node that joins
LIBRARY = pathlib.Path("/usr/lib/galera/libgalera_smm.so")


class GaleraNode(MariaDB):
    """A node that founds a cluster, or joins that of another one."""

    def __init__(self, home, joined=None):
        super().__init__(home)
        self.joined = joined
        self.ports = {name: free_port() for name in ("group", "changes")}

    def prepare(self):
        if self.joined is None:
            super().prepare()
            return
        self.own_home()
        self.make_certificate()
        # A copy of the other's data, so that it need not be sent, by scripts that only the package with a daemon has.
        self.joined.stop()
        subprocess.run(["cp", "-a", self.joined.home / "data", self.home], check=True, timeout=60)
        self.joined.launch_in_cluster()

    def start(self):
        self.launch_in_cluster()
        if self.joined is None:
            self.add_user()
        return self

    def launch_in_cluster(self):
        others = f"127.0.0.1:{self.joined.ports['group']}" if self.joined else ""
        provider = {"gmcast.listen_addr": f"tcp://127.0.0.1:{self.ports['group']}",
                    "ist.recv_addr": f"127.0.0.1:{self.ports['changes']}", "gcache.size": "16M",
                    # A node that is gone is noticed in a second instead of five.
                    "evs.suspect_timeout": "PT1S", "evs.inactive_timeout": "PT3S", "evs.inactive_check_period": "PT0.2S",
                    "evs.keepalive_period": "PT0.3S"}
        self.launch_with(
            "--wsrep-on=1", f"--wsrep-provider={LIBRARY}", f"--wsrep-cluster-address=gcomm://{others}",
            f"--wsrep-node-address=127.0.0.1:{self.ports['group']}", "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2",
            "--wsrep-provider-options=" + ";".join(f"{name}={value}" for name, value in provider.items()),
            f"--wsrep-sst-method={METHOD}", f"--wsrep-start-position={self.position()}")

    def position(self):
        """How far it was in the cluster's history, also if it was killed; looked up as the package with a daemon does."""
        log = self.home / "position.log"
        log.unlink(missing_ok=True)
        self.run([self.binary, "--no-defaults", f"--datadir={self.home}/data", f"--log-error={log}", "--wsrep-recover",
                  "--wsrep-on=1", f"--wsrep-provider={LIBRARY}", "--wsrep-cluster-address=gcomm://", "--binlog-format=ROW",
                  f"--socket={self.socket}", "--skip-networking", "--innodb-use-native-aio=0",
                  "--innodb-log-file-size=16M"])
        found = re.search(r"Recovered position: (\S+)", log.read_text())
        return found[1] if found else "00000000-0000-0000-0000-000000000000:-1"  # it was in no cluster yet

    def launch(self, command):
        # It looks for its scripts where programs are, as a user who may not see where this one is.
        shutil.copy(pathlib.Path(__file__).with_name(f"wsrep_sst_{METHOD}"), self.home)
        return super().launch(["/usr/bin/env", f"PATH={self.home}:{os.environ['PATH']}", *command])

    def status(self, name):
        return self.query(f"SHOW GLOBAL STATUS LIKE '{name}'").split()[-1]

    def overtaken(self):
        """How many of its transactions had to give way to one of another node."""
        return int(self.status("wsrep_local_cert_failures")) + int(self.status("wsrep_local_bf_aborts"))

    def is_in_primary_component(self):
        return self.status("wsrep_cluster_status") == "Primary"

    def found_anew(self):
        """Declares the nodes that it sees to be the cluster."""
        self.query("SET GLOBAL wsrep_provider_options = 'pc.bootstrap=true'")


@contextlib.contextmanager
def galera_cluster():
    """Two nodes."""
    with enterable_home() as home, GaleraNode(home / "first") as first, GaleraNode(home / "second", first) as second:
        yield first, second
