"""A Galera cluster of real MariaDB servers, each of which takes changes."""

import contextlib
import pathlib
import shutil

from services.databases import MariaDB, enterable_home
from support.server import free_port

PACKAGES = "galera-4 rsync"
LIBRARY = pathlib.Path("/usr/lib/galera/libgalera_smm.so")


class GaleraNode(MariaDB):
    """A node that founds a cluster, or joins that of another one."""

    def __init__(self, home, joined=None):
        super().__init__(home)
        self.joined = joined
        self.ports = {name: free_port() for name in ("group", "changes", "state")}

    def prepare(self):
        if self.joined is None:
            super().prepare()
            return
        self.own_home()
        self.make_certificate()
        data = self.home / "data"  # filled by the node that it joins
        data.mkdir()
        shutil.chown(data, self.home.owner(), self.home.group())

    def start(self):
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
            "--wsrep-sst-method=rsync", f"--wsrep-sst-receive-address=127.0.0.1:{self.ports['state']}")
        if self.joined is None:
            self.add_user()
        return self

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
