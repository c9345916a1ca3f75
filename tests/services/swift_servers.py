#!/usr/bin/python3 -I
"""Starts servers of Swift, one process each, and ends when they run.

    swift_servers.py HOME NAME…     HOME has etc/, run/ and log/; the name of a proxy begins with "proxy"

swift.conf is looked for in /etc/swift unless told otherwise from inside a process. So all servers start from here:
the code is imported once, then there is a fork for each.
"""

import os
import sys

from swift.common import constraints, utils


def write_rings(etc, address, first_port):
    """One device for everything. The ports of object, container and account server follow each other."""
    from swift.common.ring import RingBuilder  # pylint: disable=import-outside-toplevel
    for number, kind in enumerate(("object", "container", "account")):
        builder = RingBuilder(4, 1, 0)
        builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1.0, "device": "sda1", "meta": "",
                         "ip": address, "port": first_port + number,
                         "replication_ip": address, "replication_port": first_port + number})
        builder.rebalance()
        builder.get_ring().save(f"{etc}/{kind}.ring.gz")


def serve(home, name):
    """Never returns."""
    from swift.common.wsgi import run_wsgi  # pylint: disable=import-outside-toplevel
    os.setsid()
    log = os.open(f"{home}/log/{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    with open(f"{home}/run/{name}.pid", "w", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    section = "proxy-server" if name.startswith("proxy") else f"{name}-server"
    suffix = "" if name.startswith("proxy") else "-server"
    sys.exit(run_wsgi(f"{home}/etc/{name}{suffix}.conf", section, verbose=True))


def main(home, *names):
    utils.set_swift_dir(f"{home}/etc")
    constraints.reload_constraints()
    # pylint: disable=import-outside-toplevel,unused-import
    import keystonemiddleware.auth_token  # noqa: F401
    import swift.account.server  # noqa: F401
    import swift.container.server  # noqa: F401
    import swift.obj.server  # noqa: F401
    import swift.proxy.server  # noqa: F401
    if not os.path.exists(f"{home}/etc/account.ring.gz"):
        write_rings(f"{home}/etc", "127.0.0.1", int(os.environ["SWIFT_BACKEND_PORT"]))
    for name in names:
        if os.fork() == 0:
            serve(home, name)


main(*sys.argv[1:])
